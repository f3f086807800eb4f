import type { FoldTransition } from './fold.ts';
import { SEVERITIES, type Severity } from './issue-event.ts';

/** A transition as the issue itself remembers having told it. */
export interface RecentlyTold {
  readonly transition: FoldTransition | 'severity_changed';
  /** From 1; 0 for an `unmatched` of an issue that was never seen. */
  readonly episode: number;
  /** Effective time of the event that made it, unix ns. */
  readonly at: bigint;
  /** True when an event made it known that came after its place in the history. */
  readonly isLate: boolean;
  readonly occurrences: number;
  readonly severity: Severity;
}

/** Told transitions that an issue remembers, for people. */
export const RECENT_TOLD_MAX = 100;

/** Memory that a list has in common with those that follow from it. */
interface Shared {
  readonly bytes: Uint8Array;
  /** Entries that some list has; what comes after them is free. */
  written: number;
}

/**
 * The last {@link RECENT_TOLD_MAX} transitions that were told, oldest first, as bytes: less than objects take, nothing
 * for a garbage collector to walk, and what a row holds. A list never changes for whoever holds it. One that follows
 * from it writes into memory after it, as long as no other has done so; then it begins memory of its own.
 */
export class ToldList implements Iterable<RecentlyTold> {
  static readonly EMPTY: ToldList = new ToldList({ bytes: new Uint8Array(0), written: 0 }, 0, 0);
  readonly #shared: Shared;
  /** The first entry of this list in the memory, and the one after its last. */
  readonly #start: number;
  readonly #end: number;

  private constructor(shared: Shared, start: number, end: number) {
    this.#shared = shared;
    this.#start = start;
    this.#end = end;
  }

  /**
   * The list that {@link bytes} told.
   * @param bytes kept, not copied: nobody may change them any more
   * @throws when they are none that a list told
   */
  static fromBytes(bytes: Uint8Array): ToldList {
    const count = bytes.length / ENTRY_BYTES;
    if (!Number.isInteger(count)) throw new RangeError('told transitions are cut short: the file is damaged');
    for (let at = 0; at < bytes.length; at += ENTRY_BYTES) readHead(bytes[at]);
    if (count === 0) return ToldList.EMPTY;
    return new ToldList({ bytes, written: count }, Math.max(0, count - RECENT_TOLD_MAX), count);
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** The list as {@link fromBytes} reads it; a view, which nobody may change. */
  get bytes(): Uint8Array {
    return partOf(this.#shared.bytes, this.#start, this.#end);
  }

  *[Symbol.iterator](): Generator<RecentlyTold> {
    const { bytes } = this;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.length; at += ENTRY_BYTES) yield read(view, at);
  }

  /** With entries after all others, and without the oldest that are then too many. */
  add(entries: readonly RecentlyTold[]): ToldList {
    if (entries.length === 0) return this;
    const added = entries.length > RECENT_TOLD_MAX ? entries.slice(-RECENT_TOLD_MAX) : entries;
    const kept = Math.min(this.length, RECENT_TOLD_MAX - added.length);
    const { shared, end } = this.#makeRoom(kept, added.length);
    for (const [index, entry] of added.entries()) write(shared.bytes, (end + index) * ENTRY_BYTES, entry);
    shared.written = end + added.length;
    return new ToldList(shared, end - kept, shared.written);
  }

  /** Memory that has the newest `kept` entries up to `end`, and is free after that. */
  #makeRoom(kept: number, added: number): { readonly shared: Shared; readonly end: number } {
    const shared = this.#shared;
    const end = this.#end;
    const isNewest = shared.written === end;
    if (isNewest && (end + added) * ENTRY_BYTES <= shared.bytes.length) return { shared, end };
    const bytes = new Uint8Array(capacityFor(kept + added) * ENTRY_BYTES);
    if (kept > 0) bytes.set(partOf(shared.bytes, end - kept, end));
    return { shared: { bytes, written: kept }, end: kept };
  }
}

/** Entries beyond a full list that the memory has room for: so many are told before a full list is copied again. */
const SPARE_ENTRIES = 32;

/** For a list of so many: most issues have told little. */
function capacityFor(entries: number): number {
  return entries > RECENT_TOLD_MAX / 2 ? RECENT_TOLD_MAX + SPARE_ENTRIES : 2 * entries;
}

/** In rows, by their places: new ones come last. */
const TRANSITIONS = [
  'opened',
  'recurred',
  'resolved',
  'dismissed',
  'reopened',
  'unmatched',
  'severity_changed',
] as const satisfies readonly RecentlyTold['transition'][];

/** The head is one byte: the transition in its lowest bits, the severity, and whether it was late. */
const TRANSITION_MASK = 7;
const SEVERITY_SHIFT = 3;
const SEVERITY_MASK = 3;
const LATE = 32;
const HEAD_MAX = 63;

/** Of an entry: its head, and after it numbers of 8 bytes, little endian. */
const EPISODE_AT = 1;
const AT_AT = 9;
const OCCURRENCES_AT = 17;
const ENTRY_BYTES = 25;

/** An entry on its way into bytes: a view of each list's memory would cost more than all that is written. */
const scratch = new DataView(new ArrayBuffer(ENTRY_BYTES));
const scratchBytes = new Uint8Array(scratch.buffer);

/** Of the whole, itself: a view of a small array costs more than its bytes. */
function partOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const isWhole = start === 0 && end * ENTRY_BYTES === bytes.length;
  return isWhole ? bytes : bytes.subarray(start * ENTRY_BYTES, end * ENTRY_BYTES);
}

function write(bytes: Uint8Array, start: number, entry: RecentlyTold): void {
  const { transition, episode, at, isLate, occurrences, severity } = entry;
  const severityBits = SEVERITIES.indexOf(severity) << SEVERITY_SHIFT;
  scratch.setUint8(0, TRANSITIONS.indexOf(transition) | severityBits | (isLate ? LATE : 0));
  // Any safe integer: a count that an agent claims may be one.
  scratch.setFloat64(EPISODE_AT, episode, true);
  scratch.setBigInt64(AT_AT, at, true);
  scratch.setFloat64(OCCURRENCES_AT, occurrences, true);
  bytes.set(scratchBytes, start);
}

function read(view: DataView, start: number): RecentlyTold {
  return {
    ...readHead(view.getUint8(start)),
    episode: view.getFloat64(start + EPISODE_AT, true),
    at: view.getBigInt64(start + AT_AT, true),
    occurrences: view.getFloat64(start + OCCURRENCES_AT, true),
  };
}

/** @throws when it is none that was written */
function readHead(head = HEAD_MAX + 1): Pick<RecentlyTold, 'transition' | 'severity' | 'isLate'> {
  const transition = TRANSITIONS[head & TRANSITION_MASK];
  const severity = SEVERITIES[(head >> SEVERITY_SHIFT) & SEVERITY_MASK];
  if (head > HEAD_MAX || transition === undefined || severity === undefined)
    throw new RangeError('a told transition is of no known kind: the file is damaged');
  return { transition, severity, isLate: (head & LATE) !== 0 };
}
