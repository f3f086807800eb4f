import { afterEach, describe, expect, it, vi } from 'vitest';
import { healthRoutes, type Health } from '../../../src/translator/http/health-routes.ts';
import { openServer } from './open-server.ts';

async function ask(path: string, health: () => Promise<Health>): Promise<readonly [number, unknown]> {
  const { url } = await openServer({ routes: healthRoutes(health) });
  const response = await fetch(url + path);
  expect(response.headers.get('content-type')).toBe('application/json');
  return [response.status, await response.json()];
}
const ready: Health = { alive: true, ready: true, reasons: [] };

describe('/readyz', () => {
  it('is 200 while the translator can take events', async () => {
    expect(await ask('/readyz', () => Promise.resolve(ready))).toEqual([200, { ready: true, reasons: [] }]);
  });

  it('is 503 with each reason when it cannot', async () => {
    const reasons = ['the store cannot be written: disk full', 'the outbox has not moved for 900 s'];
    const health = (): Promise<Health> => Promise.resolve({ alive: true, ready: false, reasons });
    expect(await ask('/readyz', health)).toEqual([503, { ready: false, reasons }]);
  });

  it('is 503 with the reason when the check itself fails', async () => {
    const reasons = ['the check failed: database is locked'];
    expect(await ask('/readyz', () => Promise.reject(new Error('database is locked')))).toEqual([
      503,
      { ready: false, reasons },
    ]);
  });

  describe('when the check hangs', () => {
    afterEach(() => vi.useRealTimers());

    it('is 503 after 2 s', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const [, readyz] = healthRoutes(() => new Promise(() => undefined));
      const url = new URL('http://localhost/readyz');
      const answer = readyz?.handle(undefined as never, url, {}); // it reads nothing of the request
      await vi.advanceTimersByTimeAsync(2_000);
      expect(await answer).toMatchObject({ status: 503, body: expect.stringContaining('2000 ms') as string });
    });
  });
});

describe('/healthz', () => {
  it('is 200 whatever is behind it, so that nobody restarts a process for a full disk', async () => {
    expect(await ask('/healthz', () => Promise.reject(new Error('disk full')))).toEqual([200, { alive: true }]);
    expect(await ask('/healthz', () => new Promise(() => undefined))).toEqual([200, { alive: true }]);
  });
});
