import type { Counters } from './store/store.ts';

/**
 * Every event is accounted for at the door: `received` = `duplicate` + `applied` + `straggler` + `rejected`, decided in
 * the transaction that takes the request, and never moved later. Counted since the store was made.
 */
export interface Accounting {
  /** Issue events received. */
  readonly received: number;
  /** Of these: seen before, by agent and uid. */
  readonly duplicate: number;
  /** Taken into their issue's history. */
  readonly applied: number;
  /** Too late for their place in the history: counted, and no issue opened or closed by them. */
  readonly straggler: number;
  /** Never to be taken: no agent id, or no summary. */
  readonly rejected: number;
  /** Other records, spans and points of ours. */
  readonly other: number;
  /** Those of anybody else. */
  readonly foreign: number;
  /** Those that a translator wrote, ignored. */
  readonly ownInput: number;
  /** Events folded before the window was over, because an issue held more than 1 024 movable ones. */
  readonly windowShortened: number;
  /** Days of uids forgotten early, because there were too many: a sender that repeats an event of such a day counts twice. */
  readonly uidDaysDropped: number;
}

export type AccountingField = keyof Accounting;

export function readAccounting(counters: Counters): Accounting {
  const count = (field: AccountingField): number => counters.get(field) ?? 0;
  return {
    received: count('received'),
    duplicate: count('duplicate'),
    applied: count('applied'),
    straggler: count('straggler'),
    rejected: count('rejected'),
    other: count('other'),
    foreign: count('foreign'),
    ownInput: count('ownInput'),
    windowShortened: count('windowShortened'),
    uidDaysDropped: count('uidDaysDropped'),
  };
}
