import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openMemoryStore } from '../../../src/translator/store/memory.ts';
import type { Outgoing, Store } from '../../../src/translator/store/store.ts';
import { openOutbox, type Outbox } from '../../../src/translator/outbox/outbox.ts';
import { issueLog, RESOURCE, SCOPE, span, START } from '../issue-batches.ts';
import { ACCEPTED, AWAY, RecordingSink } from '../recording-sink.ts';

let store: Store;
let sink: RecordingSink;
let errors: Error[];
let outbox: Outbox;

beforeEach(() => {
  vi.useFakeTimers();
  store = openMemoryStore(START);
  sink = new RecordingSink();
  errors = [];
  outbox = openOutbox({ store, sink, onError: (error) => errors.push(error) });
});

afterEach(async () => {
  await outbox.close();
  vi.useRealTimers();
});

function log(seconds: number): Outgoing {
  return { signal: 'logs', batch: { resource: RESOURCE, scope: SCOPE, logRecords: [issueLog('report', seconds)] } };
}

function trace(name: string): Outgoing {
  return { signal: 'traces', batch: { resource: RESOURCE, scope: SCOPE, spans: [span({ name })] } };
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
      'one logs record of ours was refused and set aside: too old',
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

  it('sends nothing once it is closed', async () => {
    await outbox.close();
    await enqueue(log(1));
    outbox.wake();
    await outbox.flush();
    expect(sink.attempts).toBe(0);
  });
});
