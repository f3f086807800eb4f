import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openMemoryStore } from '../../../src/translator/store/memory.ts';
import { outboxCounter, type Outgoing, type Store } from '../../../src/translator/store/store.ts';
import type { SendOutcome } from '../../../src/translator/outbox/derived-sink.ts';
import { decodeLogs } from '../../../src/translator/otlp/decode.ts';
import { openOutbox, type Outbox } from '../../../src/translator/outbox/outbox.ts';
import { encodeLogs, encodeTraces } from '../../../src/translator/otlp/encode.ts';
import { issueLog, RESOURCE, SCOPE, SECOND, span, START } from '../issue-batches.ts';
import { ACCEPTED, AWAY, RecordingSink } from '../recording-sink.ts';

let store: Store;
let sink: RecordingSink;
let errors: Error[];
let outbox: Outbox;
let clock = START;

beforeEach(() => {
  vi.useFakeTimers();
  clock = START;
  store = openMemoryStore(START);
  sink = new RecordingSink();
  errors = [];
  outbox = openOutbox({
    store,
    sink,
    now: () => clock,
    limits: { maxRows: 100, maxAgeMillis: 60_000 },
    onError: (error) => errors.push(error),
  });
});

afterEach(async () => {
  await outbox.close();
  vi.useRealTimers();
});

function log(seconds: number): Outgoing {
  const batch = { resource: RESOURCE, scope: SCOPE, logRecords: [issueLog('report', seconds)] };
  return { signal: 'logs', body: encodeLogs([batch]), queuedAt: START + BigInt(seconds) * SECOND };
}

function trace(name: string): Outgoing {
  return {
    signal: 'traces',
    body: encodeTraces([{ resource: RESOURCE, scope: SCOPE, spans: [span({ name })] }]),
    queuedAt: START,
  };
}

async function enqueue(...outgoing: readonly Outgoing[]): Promise<void> {
  await store.commit({ events: [], keys: [] }, () => ({ records: [], outgoing, counted: new Map() }));
}

async function waitingLogs(): Promise<number> {
  return (await store.nextOutgoing('logs', 100)).length;
}

const sentSeconds = (): readonly bigint[] =>
  sink.logRecords.map(({ timeUnixNano }) => (timeUnixNano - START) / 1_000_000_000n);

describe('the outbox', () => {
  it('sends in order and lets go of what was accepted', async () => {
    await enqueue(log(1), trace('a'), log(2), log(3));
    await outbox.flush();
    expect(sentSeconds()).toEqual([1n, 2n, 3n]);
    expect(sink.spans).toHaveLength(1);
    expect(await waitingLogs()).toBe(0);
  });

  it('keeps all while the receiver is away, says so, and sends it when it is back', async () => {
    sink.answer = () => AWAY;
    await enqueue(log(1), log(2));
    await outbox.flush();
    expect(await waitingLogs()).toBe(2);
    expect(errors[0]?.message).toBe('derived logs could not be sent and stay in the store: away');
    sink.answer = () => ACCEPTED;
    await vi.advanceTimersByTimeAsync(500);
    expect(sentSeconds()).toEqual([1n, 2n]);
    expect(await waitingLogs()).toBe(0);
  });

  it('waits longer after each failure, at most 30 s', async () => {
    sink.answer = () => AWAY;
    await enqueue(log(1));
    await outbox.flush();
    const gaps: number[] = [];
    for (let attempts = sink.attempts, waited = 0; gaps.length < 9;) {
      await vi.advanceTimersByTimeAsync(500);
      waited += 500;
      if (sink.attempts === attempts) continue;
      attempts = sink.attempts;
      gaps.push(waited);
      waited = 0;
    }
    expect(gaps).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('waits as long as the receiver asks, and new telemetry does not cut it short', async () => {
    sink.answer = () => ({ kind: 'retryable', reason: 'busy', retryAfterMillis: 6000 });
    await enqueue(log(1));
    await outbox.flush();
    const { attempts } = sink;
    await enqueue(log(2));
    outbox.wake();
    await vi.advanceTimersByTimeAsync(5999);
    expect(sink.attempts).toBe(attempts);
    sink.answer = () => ACCEPTED;
    await vi.advanceTimersByTimeAsync(1);
    expect(sentSeconds()).toEqual([1n, 2n]);
  });

  it('sets aside the one record that is refused, and the others arrive', async () => {
    sink.answer = (batch) =>
      JSON.stringify(batch, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).includes(
        'report-3',
      )
        ? { kind: 'refused', reason: 'too old' }
        : ACCEPTED;
    await enqueue(log(1), log(2), log(3), log(4), log(5));
    await outbox.flush();
    expect(sentSeconds()).toEqual([1n, 2n, 4n, 5n]);
    expect(await waitingLogs()).toBe(0);
    expect(errors.map(({ message }) => message)).toEqual([
      '1 derived logs were refused and set aside, the first because: too old',
    ]);
  });

  it('does not let trouble with logs hold up traces', async () => {
    sink.answer = (batch) => (batch.some((item) => 'logRecords' in item) ? AWAY : ACCEPTED);
    await enqueue(log(1), trace('a'));
    await outbox.flush();
    expect(sink.spans.map(({ name }) => name)).toEqual(['a']);
    expect(await waitingLogs()).toBe(1);
  });

  it('sends what comes while it is sending', async () => {
    await enqueue(log(1));
    const flushed = outbox.flush();
    await enqueue(log(2));
    outbox.wake();
    await flushed;
    await vi.waitFor(() => expect(sentSeconds()).toEqual([1n, 2n]));
  });

  it('does not resend what was rejected by partial success, and counts it', async () => {
    sink.answer = () => ({ kind: 'accepted', rejected: 2, reason: 'too old' });
    await enqueue(log(1), log(2), log(3));
    await outbox.flush();
    expect(await waitingLogs()).toBe(0);
    expect(sink.attempts).toBe(1);
    expect((await store.counters()).get(outboxCounter('rejected', 'logs'))).toBe(2);
    expect(errors.map(({ message }) => message)).toEqual(['2 derived logs were rejected by the receiver: too old']);
  });

  it('sends the same bytes each time', async () => {
    const bodies: Buffer[] = [];
    const outcomes: SendOutcome[] = [AWAY, AWAY, ACCEPTED];
    const encoded = (_: string, body: Uint8Array): Promise<SendOutcome> => {
      bodies.push(Buffer.from(body));
      return Promise.resolve(outcomes.shift() ?? ACCEPTED);
    };
    const wire = openOutbox({
      store,
      sink: Object.assign(sink, { encoded }),
      now: () => clock,
      onError: () => undefined,
    });
    await enqueue(log(1), log(2));
    await wire.flush();
    await wire.flush();
    await wire.flush();
    await wire.close();
    expect(bodies).toHaveLength(3);
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).toEqual(bodies[0]);
    expect(decodeLogs(bodies[0] ?? Buffer.alloc(0), 'protobuf')).toHaveLength(2);
  });

  it('lets the oldest go when more waits than the limit, while the receiver is away', async () => {
    sink.answer = () => AWAY;
    await enqueue(...Array.from({ length: 130 }, (_, second) => log(second)));
    await outbox.flush();
    expect((await store.outboxDepth()).logs).toEqual({ rows: 100, oldestQueuedAt: START + 30n * SECOND });
    expect((await store.counters()).get(outboxCounter('agedOut', 'logs'))).toBe(30);
    expect(errors.map(({ message }) => message)).toContain('30 derived logs waited for too long and were dropped');
  });

  it('lets go what waits for too long, but tries to send it first', async () => {
    await enqueue(log(1), log(2));
    clock = START + 3600n * SECOND;
    await outbox.flush();
    expect(sentSeconds()).toEqual([1n, 2n]);
    sink.answer = () => AWAY;
    await enqueue(log(1), log(3599));
    clock += 60n;
    await outbox.flush();
    await vi.advanceTimersByTimeAsync(0);
    clock += 11n * SECOND;
    outbox.wake();
    await vi.waitFor(async () => expect(await waitingLogs()).toBe(1));
  });

  it('sends nothing once it is closed', async () => {
    await outbox.close();
    await enqueue(log(1));
    outbox.wake();
    await outbox.flush();
    expect(sink.attempts).toBe(0);
  });
});
