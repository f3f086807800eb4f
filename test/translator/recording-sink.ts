import { ATTR_ISSUE_TRANSITION } from '../../src/semconv.ts';
import type { DerivedSink, SendOutcome } from '../../src/translator/outbox/derived-sink.ts';
import type {
  AnyValue,
  LogRecord,
  MetricData,
  ScopeLogs,
  ScopeMetricData,
  ScopeSpans,
  Span,
} from '../../src/translator/otlp/model.ts';

export const ACCEPTED: SendOutcome = { kind: 'accepted' };
export const AWAY: SendOutcome = { kind: 'retryable', reason: 'away', retryAfterMillis: undefined };

/** An in-process sink that keeps what it accepts; `answer` decides about each batch of logs and traces. */
export class RecordingSink implements DerivedSink {
  answer: (batch: readonly (ScopeLogs | ScopeSpans)[]) => SendOutcome = () => ACCEPTED;
  attempts = 0;
  readonly logBatches: (readonly ScopeLogs[])[] = [];
  readonly spanBatches: (readonly ScopeSpans[])[] = [];
  readonly metricBatches: (readonly ScopeMetricData[])[] = [];

  logs(batch: readonly ScopeLogs[]): Promise<SendOutcome> {
    return this.#keep(batch, this.logBatches);
  }

  traces(batch: readonly ScopeSpans[]): Promise<SendOutcome> {
    return this.#keep(batch, this.spanBatches);
  }

  metrics(batch: readonly ScopeMetricData[]): Promise<SendOutcome> {
    this.metricBatches.push(batch);
    return Promise.resolve(ACCEPTED);
  }

  get logRecords(): readonly LogRecord[] {
    return this.logBatches.flat().flatMap(({ logRecords }) => logRecords);
  }

  get spans(): readonly Span[] {
    return this.spanBatches.flat().flatMap(({ spans }) => spans);
  }

  get transitions(): readonly AnyValue[] {
    return this.logRecords.map(({ attributes }) => attributes[ATTR_ISSUE_TRANSITION] ?? null);
  }

  /** A metric of the last snapshot, by name, its points over all resources. */
  metric(name: string): MetricData | undefined {
    const found = (this.metricBatches.at(-1) ?? []).flatMap(({ metrics }) =>
      metrics.filter((metric) => metric.name === name),
    );
    const [first] = found;
    return first && { ...first, points: found.flatMap(({ points }) => points) };
  }

  #keep<T extends ScopeLogs | ScopeSpans>(batch: readonly T[], kept: (readonly T[])[]): Promise<SendOutcome> {
    this.attempts++;
    const outcome = this.answer(batch);
    if (outcome.kind === 'accepted') kept.push(batch);
    return Promise.resolve(outcome);
  }
}
