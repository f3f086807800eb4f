import { gzipSync } from 'node:zlib';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeLogs, encodeTraces } from '../../../src/translator/otlp/encode.ts';
import type { Message } from '../../laws/support/message.ts';
import { logsOf, spansOf } from '../../laws/support/wire.ts';
import type { Random } from './random.ts';

/** What a client knows at the end. */
export interface Sent {
  /** What was sent, all of it acknowledged unless it gave up. */
  readonly messages: readonly Message[];
  /** Requests that were answered 200, and the issue events in them. */
  readonly answered: number;
  readonly acknowledgedEvents: number;
  /** Attempts that got no 200: refused for now, cut off, or nobody there. */
  readonly failures: number;
  /** Statuses other than 200 and 503: none is allowed. */
  readonly oddStatuses: readonly number[];
}

export interface ClientOptions {
  readonly url: string;
  readonly random: Random;
  /** Called after each 200. */
  readonly onAnswered?: () => void;
  /** Called after each attempt without one. */
  readonly onFailed?: () => void;
  /** Begins no new request when it says so. */
  readonly isOver?: () => boolean;
  /** Gives up even a request that has begun. */
  readonly giveUp?: AbortSignal;
}

const REQUEST_MAX = 8;
const RETRY_MILLIS = 15;
const ATTEMPT_MILLIS = 20_000;

/**
 * Sends all messages in random requests, each again until it is answered 200, as a Collector does; sometimes a request
 * that was answered comes once more.
 */
export async function sendAll(messages: Iterable<Message>, options: ClientOptions): Promise<Sent> {
  const { random, giveUp, onAnswered = () => undefined, onFailed = () => undefined, isOver = () => false } = options;
  const sent = {
    messages: [] as Message[],
    answered: 0,
    acknowledgedEvents: 0,
    failures: 0,
    oddStatuses: [] as number[],
  };
  const source = messages[Symbol.iterator]();
  let rest: readonly Message[] = [];
  let again: readonly Message[] = [];
  while (!isOver()) {
    rest = [...rest, ...pull(source, REQUEST_MAX - rest.length)];
    if (rest.length === 0 && again.length === 0) break;
    const request = again.length > 0 ? again : oneSignal(rest.slice(0, 1 + random.below(REQUEST_MAX)));
    if (again.length === 0) {
      rest = rest.slice(request.length);
      sent.messages.push(...request);
    }
    for (;;) {
      const status = await post(options.url, request, random.below(2) === 0);
      if (status === 200) break;
      if (giveUp?.aborted === true) return sent;
      sent.failures++;
      onFailed();
      if (status !== 0 && status !== 503) sent.oddStatuses.push(status);
      await delay(RETRY_MILLIS);
    }
    sent.answered++;
    sent.acknowledgedEvents += request.length;
    again = again.length === 0 && random.below(10) === 0 ? request : [];
    onAnswered();
  }
  return sent;
}

/** The status, or 0 when there was no answer. */
export async function post(url: string, request: readonly Message[], gzip: boolean): Promise<number> {
  const isLog = request[0]?.carrier === 'log';
  const body = isLog ? encodeLogs(logsOf(request)) : encodeTraces(spansOf(request));
  try {
    const response = await fetch(`${url}/v1/${isLog ? 'logs' : 'traces'}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', ...(gzip && { 'content-encoding': 'gzip' }) },
      body: Uint8Array.from(gzip ? gzipSync(body) : body),
      signal: AbortSignal.timeout(ATTEMPT_MILLIS),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

function pull(source: Iterator<Message>, count: number): readonly Message[] {
  const pulled: Message[] = [];
  while (pulled.length < count) {
    const next = source.next();
    if (next.done === true) break;
    pulled.push(next.value);
  }
  return pulled;
}

function oneSignal(messages: readonly Message[]): readonly Message[] {
  const isLog = messages[0]?.carrier === 'log';
  const other = messages.findIndex(({ carrier }) => (carrier === 'log') !== isLog);
  return other === -1 ? messages : messages.slice(0, other);
}
