import {
  type AddressedEvent,
  type IssueRecord,
  type IssueUpdate,
  keyOf,
  passTime,
  takeEvent,
} from '../../lifecycle/issue.ts';
import { compareEvents } from '../../lifecycle/issue-event.ts';
import type { AccountingField } from '../accounting.ts';
import type { CommitRequest, Counters, Decide, Outgoing } from '../store/store.ts';
import { occurrenceSeries, transitionSeries } from './counter-series.ts';
import { lifecycleLog } from './lifecycle-log.ts';
import { lifecycleSpans } from './lifecycle-span.ts';

export interface DecideOptions {
  readonly windowNanos: bigint;
  /** Arrival of the request, unix ns. */
  readonly now: bigint;
  /** False when nothing is to be sent: then no row waits for ever. */
  readonly hasSink: boolean;
  /** Counted with the request, whatever becomes of its events. */
  readonly counted: Counters;
}

/** What a request of issue events does to the issues, the counters and the outbox. Pure, as the store wants it. */
export function decideRequest(request: CommitRequest, options: DecideOptions): Decide {
  return (fresh, records) => {
    const ledger = new Ledger(records, options);
    ledger.count('duplicate', request.events.length - fresh.length);
    // A request is a batch that was sent in any order: in the order of the history, less of it is news that came late.
    for (const addressed of [...fresh].sort((a, b) => compareEvents(a.event, b.event))) ledger.take(addressed);
    return ledger;
  };
}

/** What the passing of time does to these issues. */
export function decideDue(options: DecideOptions): Decide {
  return (_, records) => {
    const ledger = new Ledger(records, options);
    for (const record of records.values()) ledger.passTime(record);
    return ledger;
  };
}

class Ledger {
  readonly outgoing: Outgoing[] = [];
  readonly counted: Map<string, number>;
  readonly #options: DecideOptions;
  readonly #loaded: ReadonlyMap<string, IssueRecord>;
  readonly #changed = new Map<string, IssueRecord>();

  constructor(loaded: ReadonlyMap<string, IssueRecord>, options: DecideOptions) {
    this.#loaded = loaded;
    this.#options = options;
    this.counted = new Map(options.counted);
  }

  get records(): readonly IssueRecord[] {
    return [...this.#changed.values()];
  }

  count(name: AccountingField, by: number): void {
    this.#add(name, by);
  }

  take(addressed: AddressedEvent): void {
    const key = keyOf(addressed);
    const update = takeEvent(this.#changed.get(key) ?? this.#loaded.get(key), addressed, this.#options.windowNanos);
    this.count(update.result, 1);
    this.#keep(update);
  }

  passTime(record: IssueRecord): void {
    this.#keep(passTime(record, this.#options.now));
  }

  #keep({ record, told, untoldRecurrences, addedOccurrences, shortened }: IssueUpdate): void {
    if (record === undefined) return;
    this.#changed.set(record.key, record);
    this.count('windowShortened', shortened);
    this.#add(occurrenceSeries(record), addedOccurrences);
    this.#add(transitionSeries(record, 'recurred'), untoldRecurrences);
    for (const transition of told) {
      this.#add(transitionSeries(record, transition.transition), 1);
      if (!this.#options.hasSink) continue;
      this.outgoing.push({ signal: 'logs', batch: lifecycleLog(record, transition, this.#options.now) });
      this.outgoing.push({ signal: 'traces', batch: lifecycleSpans(record, transition) });
    }
  }

  #add(name: string, by: number): void {
    if (by !== 0) this.counted.set(name, (this.counted.get(name) ?? 0) + by);
  }
}
