import type { Route, RouteReply } from './route.ts';

/** How the translator is, for whoever runs it. */
export interface Health {
  readonly alive: true;
  /** False: send elsewhere, or wait. */
  readonly ready: boolean;
  /** Why it is not ready, a sentence each; may also warn while it is. */
  readonly reasons: readonly string[];
}

/** A store that hangs makes the answer "not ready", not no answer. */
const CHECK_MILLIS = 2_000;

/**
 * `/healthz`: 200 as long as the process turns, whatever is behind it, so that nobody restarts it for a full disk.
 * `/readyz`: 200 or 503. Both say why in JSON, and ask for no token.
 */
export function healthRoutes(health: () => Promise<Health>): readonly Route[] {
  return [
    { method: 'GET', path: '/healthz', access: 'public', handle: () => Promise.resolve(reply(200, { alive: true })) },
    { method: 'GET', path: '/readyz', access: 'public', handle: async () => readiness(await checked(health)) },
  ];
}

function readiness({ ready, reasons }: Health): RouteReply {
  return reply(ready ? 200 : 503, { ready, reasons });
}

async function checked(health: () => Promise<Health>): Promise<Health> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Health>((resolve) => {
    timer = setTimeout(() => resolve(notReady(`the check took longer than ${CHECK_MILLIS} ms`)), CHECK_MILLIS);
  });
  try {
    return await Promise.race([health(), tooLate]);
  } catch (error) {
    return notReady(`the check failed: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

function notReady(reason: string): Health {
  return { alive: true, ready: false, reasons: [reason] };
}

function reply(status: number, body: unknown): RouteReply {
  const headers = { 'cache-control': 'no-store' };
  return { status, contentType: 'application/json', body: `${JSON.stringify(body)}\n`, headers };
}
