import type { Receipt, Receiver } from '../http/receiver.ts';
import type { IssueView } from '../issue-view.ts';
import type { ScopeLogs, ScopeSpans } from '../otlp/model.ts';
import type { DerivedSink } from '../outbox/derived-sink.ts';
import { openOtlpSink } from '../outbox/otlp-sink.ts';
import { startTimer, type Timer } from '../outbox/timer.ts';
import { createTranslator, type Translator } from '../translator.ts';
import { warnHost, withoutTracing } from './host-api.ts';
import { openEnvironmentSink } from './otlp-environment.ts';
import { readLogRecord, readResource, readSpan, type Taken } from './read-sdk.ts';
import type { LogRecordLike, SpanLike } from './sdk-types.ts';

export interface IssueLifecycleProcessorOptions {
  /** Base address of an OTLP/HTTP receiver. Default: the standard `OTEL_EXPORTER_OTLP_*` variables, else http://localhost:4318. */
  readonly url?: string;
  /** Sent with every request to `url`. Default: none; without `url`, those of `OTEL_EXPORTER_OTLP_HEADERS`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Takes what is derived, in place of an address. */
  readonly sink?: DerivedSink;
  /** How late an event may come and still find its place in its issue's history, in milliseconds. Default: 900 000 (15 min). */
  readonly reorderWindowMillis?: number;
  /** Longest time between two sends of the derived metrics, in milliseconds. Default: 30 000. */
  readonly snapshotIntervalMillis?: number;
}

type Signal = 'logs' | 'traces';

/** Records that wait for the fold, at most: what comes past it is lost, and said. */
const WAITING_MAX = 2048;
/** Of each signal, a kilobyte or so each: what is held for a receiver that is away is the host's memory. */
const OUTBOX_ROWS_MAX = 10_000;
const DRAIN_DELAY_MILLIS = 100;
const PROBLEMS_SAID_MAX = 20;

/**
 * The translator inside one process: give the same instance to the host's tracer provider, as a span processor, and to
 * its logger provider, as a log record processor, if it has one; so it sees an issue event whatever carries it. The life
 * of each issue is kept in memory, with the heartbeats by which it is `stale` or not, ends with the process, and is sent by an OTLP sender of its own: through the host's
 * providers it would take in its own output. A fleet, whose replicas share issues, wants `hiveloop translator` instead.
 *
 * No method throws or rejects; problems go to the host's `diag` logger, each once. Works with OpenTelemetry SDK 1.x, 2.x
 * and 3.x; with traces only, it knows of the issues that are reported in spans that are recorded.
 */
export class IssueLifecycleProcessor {
  readonly #translator: Promise<Translator | undefined>;
  readonly #logs: Taken<ScopeLogs>[] = [];
  readonly #traces: Taken<ScopeSpans>[] = [];
  /** The providers that have shown themselves. Each of them shuts the processor down; the last one closes it. */
  readonly #signals = new Set<Signal>();
  #shutdowns = 0;
  readonly #problems = new Set<string>();
  #timer: Timer | undefined;
  #draining: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: IssueLifecycleProcessorOptions = {}) {
    this.#translator = this.#open(options).catch((error: unknown) => {
      this.#isClosed = true;
      this.#say(`it is off: ${messageOf(error)}`);
      return undefined;
    });
  }

  onStart(): void {
    this.#signals.add('traces');
  }

  onEnd(span: SpanLike): void {
    this.#signals.add('traces');
    this.#guard(() => this.#take(this.#traces, readSpan(span)));
  }

  onEmit(record: LogRecordLike): void {
    this.#signals.add('logs');
    this.#guard(() => this.#take(this.#logs, readLogRecord(record)));
  }

  /** Folds what waits and sends what can be sent in one attempt. */
  async forceFlush(): Promise<void> {
    try {
      await this.#drain();
      await (await this.#translator)?.flush();
    } catch (error) {
      this.#say(messageOf(error));
    }
  }

  /** Flushes, and closes for good once every provider that uses it has called this. */
  async shutdown(): Promise<void> {
    this.#shutdowns++;
    await this.forceFlush();
    if (this.#shutdowns < this.#signals.size || this.#isClosed) return;
    this.#isClosed = true;
    this.#timer?.cancel();
    try {
      await (await this.#translator)?.close();
    } catch (error) {
      this.#say(messageOf(error));
    }
  }

  /** The issues of this process, as they stand with all that came so far; none when the processor is off or shut down. */
  async issues(): Promise<readonly IssueView[]> {
    try {
      await this.#drain();
      return this.#isClosed ? [] : ((await (await this.#translator)?.issues()) ?? []);
    } catch (error) {
      this.#say(messageOf(error));
      return [];
    }
  }

  async #open(options: IssueLifecycleProcessorOptions): Promise<Translator> {
    const { url, headers = {}, sink, reorderWindowMillis, snapshotIntervalMillis } = options;
    const given = sink ?? (url === undefined ? openEnvironmentSink(process.env) : openOtlpSink({ url, headers }));
    return createTranslator({
      store: 'memory:',
      sink: untraced(given),
      outbox: { maxRows: OUTBOX_ROWS_MAX },
      ...(reorderWindowMillis !== undefined && { reorderWindowMillis }),
      ...(snapshotIntervalMillis !== undefined && { snapshotIntervalMillis }),
      onError: (error) => this.#say(error.message),
    });
  }

  #take<Batch>(waiting: Taken<Batch>[], taken: Taken<Batch> | undefined): void {
    if (taken === undefined || this.#isClosed) return;
    if (waiting.length >= WAITING_MAX) {
      this.#say(`lost issue events: more than ${WAITING_MAX} records came at once`);
      return;
    }
    waiting.push(taken);
    this.#timer ??= startTimer(DRAIN_DELAY_MILLIS, () => void this.#drain());
  }

  /** Hands over what waits, one batch after the other. Never rejects. */
  #drain(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#draining = this.#draining
      .then(() => this.#handOver())
      .catch((error: unknown) => this.#say(`lost issue events: ${messageOf(error)}`));
    return this.#draining;
  }

  async #handOver(): Promise<void> {
    const logs = this.#logs.splice(0);
    const traces = this.#traces.splice(0);
    const receiver: Receiver | undefined = (await this.#translator)?.receiver;
    if (receiver === undefined) return;
    if (logs.length > 0) this.#check(await receiver.logs(await Promise.all(logs.map(finish))));
    if (traces.length > 0) this.#check(await receiver.traces(await Promise.all(traces.map(finish))));
  }

  #check(receipt: Receipt): void {
    if (receipt.kind !== 'accepted') this.#say(`lost issue events: ${receipt.message}`);
    else if (receipt.rejected > 0) this.#say(receipt.message);
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#say(`could not read a record: ${messageOf(error)}`);
    }
  }

  #say(problem: string): void {
    if (this.#problems.has(problem) || this.#problems.size >= PROBLEMS_SAID_MAX) return;
    this.#problems.add(problem);
    warnHost(`hiveloop-otel: issue lifecycle processor: ${problem}`);
  }
}

/** Reads the resource once the host's detectors are done. */
async function finish<Batch>({ resource, batch }: Taken<Batch>): Promise<Batch> {
  if (resource.asyncAttributesPending === true) await resource.waitForAsyncAttributes?.();
  return batch(readResource(resource));
}

/** What is sent must not be traced: the host's HTTP instrumentation would make spans of it, for ever. */
function untraced(sink: DerivedSink): DerivedSink {
  const send: DerivedSink = {
    logs: (batch) => withoutTracing(() => sink.logs(batch)),
    traces: (batch) => withoutTracing(() => sink.traces(batch)),
    metrics: (batch) => withoutTracing(() => sink.metrics(batch)),
  };
  if (sink.encoded === undefined) return send;
  const encoded = sink.encoded.bind(sink);
  return { ...send, encoded: (signal, body) => withoutTracing(() => encoded(signal, body)) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
