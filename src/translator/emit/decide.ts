import { type IssueRecord, type IssueUpdate, keyOf, passTime, takeEvent } from '../../lifecycle/issue.ts';
import type { IssueEvent } from '../../lifecycle/issue-event.ts';
import type { Recurrences } from '../../lifecycle/recurrence.ts';
import type { Told } from '../../lifecycle/story.ts';
import { ATTR_ISSUE_ID } from '../../semconv.ts';
import type { AccountingField } from '../accounting.ts';
import { encodeLogs, encodeTraces } from '../otlp/encode.ts';
import type {
  CommitRequest,
  Counters,
  Decide,
  EventList,
  Outgoing,
  OutgoingSignal,
  RequestIssues,
} from '../store/store.ts';
import { timeToResolveBucket } from './counter-series.ts';
import type { Exemplars } from './exemplars.ts';
import { IssueSource, issueSource } from './issue-source.ts';
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
  readonly exemplars?: Pick<Exemplars, 'isWanted' | 'note'>;
}

/** What a request of issue events does to the issues, the counters and the outbox. Pure, as the store wants it. */
export function decideRequest(request: CommitRequest, options: DecideOptions): Decide {
  return (fresh, issues) => {
    const ledger = new Ledger(issues, options);
    ledger.count('duplicate', request.events.length - fresh.length);
    for (let place = 0; place < fresh.length; place++) ledger.take(fresh, place);
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
  /** Events that only recurred: all of them, and what the counters of each agent grow by. */
  #recurrences = 0;
  readonly #recurring = new Map<IssueSource, { recurred: number; occurrences: number }>();
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
    for (const [source, { recurred, occurrences }] of this.#recurring) {
      this.#add(source.recurred, recurred);
      this.#add(source.occurrences, occurrences);
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

  take(fresh: EventList, place: number): void {
    const { windowNanos } = this.#options;
    const recurrence = this.#issues.recur?.(place, windowNanos);
    if (recurrence !== undefined) {
      this.#countRecurrence(recurrence, fresh, place);
      return;
    }
    const addressed = fresh.at(place);
    if (addressed === undefined) return;
    const key = keyOf(addressed);
    const update = takeEvent(this.#changed.get(key) ?? this.#issues.get(key), addressed, windowNanos);
    this.count(update.result, 1);
    this.#keep(update, addressed.event);
  }

  passTime(record: IssueRecord): void {
    this.#keep(passTime(record, this.#options.now), undefined);
  }

  #countRecurrence(recurrences: Recurrences, fresh: EventList, place: number): void {
    const { record, notes, addedOccurrences, shortened } = recurrences;
    const source = notes instanceof IssueSource ? notes : issueSource(record);
    recurrences.notes = source;
    this.#recurrences++;
    if (shortened > 0) this.count('windowShortened', shortened);
    const known = this.#recurring.get(source);
    if (known !== undefined) {
      known.recurred++;
      known.occurrences += addedOccurrences;
      return;
    }
    const event = this.#wantsExemplar(source.recurred) ? fresh.at(place)?.event : undefined;
    if (event !== undefined) {
      this.#noteExemplar(record, source.recurred, 1, event);
      if (addedOccurrences > 0) this.#noteExemplar(record, source.occurrences, addedOccurrences, event);
    }
    this.#recurring.set(source, { recurred: 1, occurrences: addedOccurrences });
  }

  #keep(update: IssueUpdate, event: IssueEvent | undefined): void {
    const { record, told, checkpoint, untoldRecurrences, addedOccurrences, shortened } = update;
    if (record === undefined) return;
    this.#changed.set(record.key, record);
    this.count('windowShortened', shortened);
    const source = issueSource(record);
    this.#addExample(record, source.occurrences, addedOccurrences, event);
    this.#addExample(record, source.recurred, untoldRecurrences, event);
    for (const transition of told) this.#tell(record, transition);
    if (checkpoint === undefined || !this.#options.hasSink) return;
    this.#send('traces', encodeTraces([lifecycleSpans(describeTold(record, checkpoint), checkpoint)]));
  }

  #tell(record: IssueRecord, told: Told): void {
    const name = issueSource(record).transition(told.transition);
    this.#addExample(record, name, 1, { effectiveTime: told.at, span: told.report });
    if (told.episodeSpan !== undefined) this.#addTimeToResolve(record, told);
    if (!this.#options.hasSink) return;
    const common = describeTold(record, told);
    this.#send('logs', encodeLogs([lifecycleLog(common, told, this.#options.now)]));
    this.#send('traces', encodeTraces([lifecycleSpans(common, told)]));
  }

  #addTimeToResolve(record: IssueRecord, told: Told): void {
    const age = told.at - told.openedAt;
    const source = issueSource(record);
    const bucket = source.timeToResolve(told, timeToResolveBucket(seconds(age)));
    this.#add(bucket, 1);
    this.#add(source.timeToResolve(told, 'sum'), Number(age / MICROSECOND_NANOS));
    this.#noteExemplar(record, bucket, seconds(age), { effectiveTime: told.at, span: told.report });
  }

  #send(signal: OutgoingSignal, body: Uint8Array): void {
    this.outgoing.push({ signal, body, queuedAt: this.#options.now });
  }

  #addExample(record: IssueRecord, name: string, by: number, example: Example | undefined): void {
    if (by > 0 && example !== undefined && this.#wantsExemplar(name)) this.#noteExemplar(record, name, by, example);
    this.#add(name, by);
  }

  #wantsExemplar(name: string): boolean {
    const { exemplars, now } = this.#options;
    return exemplars?.isWanted(name, now) === true;
  }

  #noteExemplar({ identity }: IssueRecord, name: string, value: number, { effectiveTime, span }: Example): void {
    const { exemplars, now } = this.#options;
    if (exemplars === undefined || span.traceId === '') return;
    const attributes = { [ATTR_ISSUE_ID]: identity.issueId || identity.fingerprint };
    exemplars.note(name, { timeUnixNano: effectiveTime, value, ...span, attributes }, now);
  }

  #add(name: string, by: number): void {
    if (by !== 0) this.#counted.set(name, (this.#counted.get(name) ?? 0) + by);
  }
}

/** What an exemplar shows: an event's time and the span that it was sent in. */
type Example = Pick<IssueEvent, 'effectiveTime' | 'span'>;

const MICROSECOND_NANOS = 1000n;
