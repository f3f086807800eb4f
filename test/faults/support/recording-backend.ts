import { createHash } from 'node:crypto';
import { openOtlpServer } from '../../../src/translator/http/server.ts';
import type { Receipt } from '../../../src/translator/http/receiver.ts';
import type { ScopeLogs, ScopeSpans } from '../../../src/translator/otlp/model.ts';
import { type Heard, readHeard } from '../../laws/support/told-sink.ts';

/** A real OTLP backend that keeps who told what, and never how often. */
export class RecordingBackend {
  /** Lifecycle events in the order in which each was heard first. */
  readonly heard: Heard[] = [];
  /** Ids of log events and spans that came with a second, different body. */
  readonly contradictions: string[] = [];
  /** Deliveries of what was known already: at least once is more than once, sometimes. */
  repeats = 0;
  /** Asked before each answer; true refuses for now, after the record was kept, as a lost answer would. */
  isAway: () => boolean = () => false;
  /** Called when a batch of lifecycle events is kept and not yet answered. */
  onBatch: () => Promise<void> = () => Promise.resolve();
  readonly #bodies = new Map<string, string>();
  #url = '';
  #close: () => Promise<void> = () => Promise.resolve();

  static async open(): Promise<RecordingBackend> {
    const backend = new RecordingBackend();
    const server = await openOtlpServer({
      host: '127.0.0.1',
      port: 0,
      receiver: {
        logs: (batch) => backend.#logs(batch),
        traces: (batch) => backend.#traces(batch),
        metrics: () => Promise.resolve({ kind: 'accepted', rejected: 0, message: '' }),
      },
    });
    backend.#url = server.url;
    backend.#close = () => server.close();
    return backend;
  }

  get url(): string {
    return this.#url;
  }

  get spanCount(): number {
    return [...this.#bodies.keys()].filter((id) => id.startsWith('span ')).length;
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #logs(batch: readonly ScopeLogs[]): Promise<Receipt> {
    for (const { resource, scope, logRecords } of batch) {
      for (const record of logRecords) {
        const heard = readHeard(record);
        if (this.#keep(`log ${heard.id}`, [resource, scope, record])) this.heard.push(heard);
      }
    }
    await this.onBatch();
    return this.#answer();
  }

  #traces(batch: readonly ScopeSpans[]): Promise<Receipt> {
    for (const { resource, scope, spans } of batch) {
      for (const span of spans) this.#keep(`span ${span.traceId} ${span.spanId}`, [resource, scope, span]);
    }
    return Promise.resolve(this.#answer());
  }

  /** True when it is new. */
  #keep(id: string, body: readonly object[]): boolean {
    const text = JSON.stringify(body, (_, value: unknown) => (typeof value === 'bigint' ? `${String(value)}n` : value));
    const hash = createHash('sha256').update(text).digest('hex');
    const known = this.#bodies.get(id);
    if (known === undefined) this.#bodies.set(id, hash);
    else if (known === hash) this.repeats++;
    else this.contradictions.push(id);
    return known === undefined;
  }

  #answer(): Receipt {
    if (!this.isAway()) return { kind: 'accepted', rejected: 0, message: '' };
    return { kind: 'retryable', message: 'away', retryAfterSeconds: 1 };
  }
}
