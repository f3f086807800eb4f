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

  answerMetrics: (batch: readonly ScopeMetricData[]) => SendOutcome = () => ACCEPTED;

  metrics(batch: readonly ScopeMetricData[]): Promise<SendOutcome> {
    const outcome = this.answerMetrics(batch);
    if (outcome.kind === 'accepted') this.metricBatches.push(batch);
    return Promise.resolve(outcome);
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

  /** A metric of the last snapshot, which may come in several requests, by name, its points over all resources. */
  metric(name: string): MetricData | undefined {
    const found = this.lastSnapshot.flatMap(({ metrics }) => metrics.filter((metric) => metric.name === name));
    const [first] = found;
    return first && { ...first, points: found.flatMap(({ points }) => points) };
  }

  get lastSnapshot(): readonly ScopeMetricData[] {
    const scopes = this.metricBatches.flat();
    const at = timeOf(scopes.at(-1));
    return scopes.filter((scope) => timeOf(scope) === at);
  }

  get snapshotTimes(): readonly bigint[] {
    return [...new Set(this.metricBatches.flat().map(timeOf))];
  }

  #keep<T extends ScopeLogs | ScopeSpans>(batch: readonly T[], kept: (readonly T[])[]): Promise<SendOutcome> {
    this.attempts++;
    const outcome = this.answer(batch);
    if (outcome.kind === 'accepted') kept.push(batch);
    return Promise.resolve(outcome);
  }
}

function timeOf(scope: ScopeMetricData | undefined): bigint {
  return scope?.metrics[0]?.points[0]?.timeUnixNano ?? 0n;
}
