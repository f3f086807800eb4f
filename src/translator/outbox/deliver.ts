import { decodeLogs, decodeTraces } from '../otlp/decode.ts';
import { outboxCounter, type OutgoingRow, type OutgoingSignal, type Store } from '../store/store.ts';
import type { DerivedSink, SendOutcome } from './derived-sink.ts';

export interface Delivery {
  readonly signal: OutgoingSignal;
  readonly store: Store;
  readonly sink: DerivedSink;
  readonly onError: (error: Error) => void;
}

/** The receiver did not take it now; what was not sent stays in the store. */
export class NotSent extends Error {
  readonly retryAfterMillis: number | undefined;

  constructor(signal: OutgoingSignal, reason: string, retryAfterMillis: number | undefined) {
    super(`derived ${signal} could not be sent and stay in the store: ${reason}`);
    this.name = 'NotSent';
    this.retryAfterMillis = retryAfterMillis;
  }
}

/**
 * Sends rows, in order. A refused batch is halved until the row that is refused stands alone; that one is set aside,
 * so what follows goes on.
 * @throws NotSent when the sink asks to try again: rows before it have left the store, the others stay
 */
export async function deliverRows(rows: readonly OutgoingRow[], delivery: Delivery): Promise<void> {
  const refusals: string[] = [];
  try {
    await deliver(rows, delivery, refusals);
  } finally {
    const { signal, onError } = delivery;
    const [first] = refusals;
    if (first !== undefined) {
      onError(
        new Error(`${refusals.length} derived ${signal} were refused and set aside, the first because: ${first}`),
      );
    }
  }
}

async function deliver(rows: readonly OutgoingRow[], delivery: Delivery, refusals: string[]): Promise<void> {
  const { signal, store, onError } = delivery;
  const outcome = await send(rows, delivery);
  const [row] = rows;
  if (outcome.kind === 'accepted') {
    await store.acknowledge(rows);
    const { rejected = 0, reason = '' } = outcome;
    if (rejected === 0) return;
    // Partial success names no record, and what it rejected it rejects each time: a resend would only double the rest.
    await store.count(new Map([[outboxCounter('rejected', signal), rejected]]));
    onError(new Error(`${rejected} derived ${signal} were rejected by the receiver: ${reason}`));
  } else if (outcome.kind === 'retryable') {
    throw new NotSent(signal, outcome.reason, outcome.retryAfterMillis);
  } else if (rows.length > 1) {
    const middle = rows.length >> 1;
    await deliver(rows.slice(0, middle), delivery, refusals);
    await deliver(rows.slice(middle), delivery, refusals);
  } else if (row !== undefined) {
    await store.park(row, outcome.reason);
    refusals.push(outcome.reason);
  }
}

/** Requests in protobuf, one after the other, are one request: the fields of a message may come in pieces. */
function send(rows: readonly OutgoingRow[], { signal, sink }: Delivery): Promise<SendOutcome> {
  const body = Buffer.concat(rows.map(({ outgoing }) => outgoing.body));
  if (sink.encoded !== undefined) return sink.encoded(signal, body);
  return signal === 'logs' ? sink.logs(decodeLogs(body, 'protobuf')) : sink.traces(decodeTraces(body, 'protobuf'));
}
