import type { IssueIdentity } from '../../lifecycle/identity.ts';
import {
  type AddressedEvent,
  type IssueRecord,
  type IssueUpdate,
  keyOf,
  passTime,
  type Reporter,
  takeEvent,
} from '../../lifecycle/issue.ts';
import type { IssueEvent } from '../../lifecycle/issue-event.ts';
import type { Recurrences } from '../../lifecycle/recurrence.ts';
import type { Told } from '../../lifecycle/story.ts';
import { ATTR_ISSUE_ID } from '../../semconv.ts';
import type { AccountingField } from '../accounting.ts';
import { encodeLogs, encodeTraces } from '../otlp/encode.ts';
import type { Exemplar } from '../otlp/model.ts';
import type { CommitRequest, Counters, Decide, Outgoing, OutgoingSignal, RequestIssues } from '../store/store.ts';
import { occurrenceSeries, timeToResolveBucket, timeToResolveSum, transitionSeries } from './counter-series.ts';
import { lifecycleLog } from './lifecycle-log.ts';
import { describeTold, lifecycleSpans } from './lifecycle-span.ts';
import { seconds } from './transition-attributes.ts';

export interface DecideOptions {
  readonly windowNanos: bigint;
  /** Arrival of the request, unix ns. */
  readonly now: bigint;
  /** False when nothing is to be sent: then no row waits for ever. */
  readonly hasSink: boolean;
  /** Counted with the request, whatever becomes of its events. */
  readonly counted: Counters;
  /**
   * Hears of an example of what a counter counted. A request that is decided again, or never committed, says the same
   * again or shows a report that the sender repeats: no harm. Default: nobody.
   */
  readonly noteExemplar?: (counter: string, exemplar: Exemplar) => void;
}

/** What a request of issue events does to the issues, the counters and the outbox. Pure, as the store wants it. */
export function decideRequest(request: CommitRequest, options: DecideOptions): Decide {
  return (fresh, issues) => {
    const ledger = new Ledger(issues, options);
    ledger.count('duplicate', request.events.length - fresh.length);
    for (const addressed of fresh) ledger.take(addressed);
    return ledger;
  };
}

/** What the passing of time does to these issues. */
export function decideDue(options: DecideOptions): Decide {
  return (_, issues) => {
    const ledger = new Ledger(issues, options);
    for (const record of issues.values()) ledger.passTime(record);
    return ledger;
  };
}

class Ledger {
  readonly outgoing: Outgoing[] = [];
  readonly #counted: Map<string, number>;
  /** Events that only recurred: all of them, and what the series of each agent grow by. */
  #recurrences = 0;
  readonly #recurring = new Map<ReportSeries, { recurred: number; occurrences: number }>();
  readonly #options: DecideOptions;
  readonly #issues: RequestIssues;
  readonly #changed = new Map<string, IssueRecord>();

  constructor(issues: RequestIssues, options: DecideOptions) {
    this.#issues = issues;
    this.#options = options;
    this.#counted = new Map(options.counted);
  }

  get counted(): Counters {
    this.count('applied', this.#recurrences);
    for (const [series, { recurred, occurrences }] of this.#recurring) {
      this.#add(series.recurred, recurred);
      this.#add(series.occurrences, occurrences);
    }
    this.#recurrences = 0;
    this.#recurring.clear();
    return this.#counted;
  }

  get records(): readonly IssueRecord[] {
    return [...this.#changed.values()];
  }

  count(name: AccountingField, by: number): void {
    this.#add(name, by);
  }

  take(addressed: AddressedEvent): void {
    const key = keyOf(addressed);
    const { windowNanos } = this.#options;
    const changed = this.#changed.get(key);
    const recurrence = changed === undefined ? this.#issues.recur?.(addressed, windowNanos) : undefined;
    if (recurrence !== undefined) {
      this.#countRecurrence(recurrence, addressed.event);
      return;
    }
    const update = takeEvent(changed ?? this.#issues.get(key), addressed, windowNanos);
    this.count(update.result, 1);
    this.#keep(update, addressed.event);
  }

  passTime(record: IssueRecord): void {
    this.#keep(passTime(record, this.#options.now), undefined);
  }

  #countRecurrence({ after, addedOccurrences, shortened }: Recurrences, event: IssueEvent): void {
    if (!(after.notes instanceof ReportSeries)) after.notes = this.#seriesOf(after.record);
    const series = after.notes instanceof ReportSeries ? after.notes : this.#seriesOf(after.record);
    this.#recurrences++;
    if (shortened > 0) this.count('windowShortened', shortened);
    const known = this.#recurring.get(series);
    if (known !== undefined) {
      known.recurred++;
      known.occurrences += addedOccurrences;
      return;
    }
    // Of a request, the first example of a counter will do.
    this.#noteExemplar(after.record, series.recurred, 1, event);
    if (addedOccurrences > 0) this.#noteExemplar(after.record, series.occurrences, addedOccurrences, event);
    this.#recurring.set(series, { recurred: 1, occurrences: addedOccurrences });
  }

  #keep(update: IssueUpdate, event: IssueEvent | undefined): void {
    const { record, told, checkpoint, untoldRecurrences, addedOccurrences, shortened } = update;
    if (record === undefined) return;
    this.#changed.set(record.key, record);
    this.count('windowShortened', shortened);
    const series = this.#seriesOf(record);
    this.#addExample(record, series.occurrences, addedOccurrences, event);
    this.#addExample(record, series.recurred, untoldRecurrences, event);
    for (const transition of told) this.#tell(record, transition);
    if (checkpoint === undefined || !this.#options.hasSink) return;
    this.#send('traces', encodeTraces([lifecycleSpans(describeTold(record, checkpoint), checkpoint)]));
  }

  #tell(record: IssueRecord, told: Told): void {
    const name = told.transition === 'recurred' ? this.#seriesOf(record).recurred : transitionSeries(record, told);
    this.#addExample(record, name, 1, { effectiveTime: told.at, span: told.report });
    if (told.episodeSpan !== undefined) this.#addTimeToResolve(record, told);
    if (!this.#options.hasSink) return;
    const common = describeTold(record, told);
    this.#send('logs', encodeLogs([lifecycleLog(common, told, this.#options.now)]));
    this.#send('traces', encodeTraces([lifecycleSpans(common, told)]));
  }

  #addTimeToResolve(record: IssueRecord, told: Told): void {
    const age = told.at - told.openedAt;
    const bucket = timeToResolveBucket(record, told, seconds(age));
    this.#add(bucket, 1);
    this.#add(timeToResolveSum(record, told), Number(age / MICROSECOND_NANOS));
    this.#noteExemplar(record, bucket, seconds(age), { effectiveTime: told.at, span: told.report });
  }

  #send(signal: OutgoingSignal, body: Uint8Array): void {
    this.outgoing.push({ signal, body, queuedAt: this.#options.now });
  }

  /** The names of what each report counts: found once for an agent, since finding them costs more than the fold. */
  #seriesOf(record: IssueRecord): ReportSeries {
    const { reporter, identity } = record;
    const known = seriesByIdentity.get(identity);
    if (known?.reporter === reporter) return known;
    const occurrences = occurrenceSeries(record);
    const series = seriesByName.get(occurrences) ?? new ReportSeries(record, occurrences);
    if (seriesByName.size >= SERIES_MAX) seriesByName.clear();
    seriesByName.set(occurrences, series);
    seriesByIdentity.set(identity, series);
    return series;
  }

  /** Of a request, the first example of a counter will do. */
  #addExample(record: IssueRecord, name: string, by: number, example: Example | undefined): void {
    if (by > 0 && example !== undefined && !this.#counted.has(name)) this.#noteExemplar(record, name, by, example);
    this.#add(name, by);
  }

  #noteExemplar({ identity }: IssueRecord, name: string, value: number, { effectiveTime, span }: Example): void {
    const { noteExemplar } = this.#options;
    if (noteExemplar === undefined || span.traceId === '') return;
    const attributes = { [ATTR_ISSUE_ID]: identity.issueId || identity.fingerprint };
    noteExemplar(name, { timeUnixNano: effectiveTime, value, ...span, attributes });
  }

  #add(name: string, by: number): void {
    if (by !== 0) this.#counted.set(name, (this.#counted.get(name) ?? 0) + by);
  }
}

/** What an exemplar shows: an event's time and the span that it was sent in. */
type Example = Pick<IssueEvent, 'effectiveTime' | 'span'>;

/** What the reports of an agent are counted by. */
class ReportSeries {
  readonly reporter: Reporter;
  readonly occurrences: string;
  readonly recurred: string;

  constructor(record: IssueRecord, occurrences: string) {
    this.reporter = record.reporter;
    this.occurrences = occurrences;
    this.recurred = transitionSeries(record, { transition: 'recurred' });
  }
}

const SERIES_MAX = 10_000;
/** One for all issues of an agent: counters are then added up before they are looked up. */
const seriesByName = new Map<string, ReportSeries>();
/** An issue keeps its identity object from event to event. */
const seriesByIdentity = new WeakMap<IssueIdentity, ReportSeries>();

const MICROSECOND_NANOS = 1000n;
