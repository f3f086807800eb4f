import type { IssueState } from './fold.ts';
import { compareEvents, type IssueEvent } from './issue-event.ts';
import { type EventMoments } from './pack-format.ts';
import { EventPack, packEvents } from './packed-events.ts';

const PACK_EVENTS = 32;
/**
 * Newest events that are at hand as objects, for those that come a little late. Beyond it each new one packs some of the
 * oldest. One that comes very late unpacks what comes after it, and that stays at hand: others mostly follow it.
 */
const LOOSE_EVENTS_MAX = 64;

/** The state before some of the newest events, so that a late one is not folded with all. */
interface Anchor {
  readonly state: IssueState;
  /** How many events there had ever been. */
  readonly added: number;
}

interface Parts {
  /** What is left of a pack that others of its events have left already; the oldest. */
  readonly opened: readonly IssueEvent[];
  readonly openedFrom: EventPack | undefined;
  readonly packs: readonly EventPack[];
  /** Grows at its end for the list that has all of it; the first `looseCount` are this list's. */
  readonly loose: IssueEvent[];
  readonly looseCount: number;
  readonly newest: IssueEvent | undefined;
  readonly length: number;
  /** How many events there have ever been. */
  readonly added: number;
  /** The farther one first. */
  readonly anchors: readonly Anchor[];
}

const NOTHING: Parts = {
  opened: [],
  openedFrom: undefined,
  packs: [],
  loose: [],
  looseCount: 0,
  newest: undefined,
  length: 0,
  added: 0,
  anchors: [],
};

/** Where to start when only the newest events are to be folded again. */
export interface Restart {
  readonly state: IssueState;
  readonly events: readonly IssueEvent[];
}

/**
 * Events in the order of `compareEvents`. A list never changes for whoever holds it; one that follows from it, by an
 * event at its end or some less at its front, shares its packs: so that either costs the same however long it is.
 */
export class EventTail implements Iterable<IssueEvent> {
  static readonly EMPTY: EventTail = new EventTail(NOTHING);
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param events in any order */
  static of(events: Iterable<IssueEvent>): EventTail {
    const loose = [...events].sort(compareEvents);
    const { length } = loose;
    return new EventTail({ ...NOTHING, loose, looseCount: length, newest: loose.at(-1), length, added: length });
  }

  get length(): number {
    return this.#parts.length;
  }

  get oldest(): IssueEvent | undefined {
    const { opened, packs } = this.#parts;
    return opened[0] ?? packs[0]?.oldest ?? this.#firstLoose;
  }

  /** Of the oldest event. */
  get oldestMoments(): EventMoments | undefined {
    const { opened, packs } = this.#parts;
    return opened[0] ?? packs[0]?.oldestMoments ?? this.#firstLoose;
  }

  get newest(): IssueEvent | undefined {
    return this.#parts.newest;
  }

  /** All events but those at hand, so all of a tail after {@link pack}; the oldest pack may hold some that have left. */
  get packs(): readonly EventPack[] {
    const { openedFrom, packs } = this.#parts;
    return openedFrom === undefined ? packs : [openedFrom, ...packs];
  }

  *[Symbol.iterator](): Generator<IssueEvent> {
    const { opened, packs } = this.#parts;
    yield* opened;
    for (const one of packs) yield* one.unpack();
    yield* this.#loose;
  }

  /** With an event that comes after all others. @param before the state before it */
  append(event: IssueEvent, before: IssueState): EventTail {
    const { packs, loose, looseCount, length, added, anchors } = this.#parts;
    const isFull = looseCount >= LOOSE_EVENTS_MAX;
    const isShared = !isFull && loose.length === looseCount;
    const grown = isShared ? loose : loose.slice(isFull ? PACK_EVENTS : 0, looseCount);
    grown.push(event);
    const nearer = anchors.at(-1);
    const isNear = nearer !== undefined && added - nearer.added < PACK_EVENTS;
    return new EventTail({
      opened: this.#parts.opened,
      openedFrom: this.#parts.openedFrom,
      packs: isFull ? [...packs, pack(loose.slice(0, PACK_EVENTS))] : packs,
      loose: grown,
      looseCount: grown.length,
      newest: event,
      length: length + 1,
      added: added + 1,
      anchors: isNear ? anchors : [...anchors.slice(-1), { state: before, added }],
    });
  }

  /**
   * With events that come after all others, in packs.
   * @param newest the last of them
   * @param before the state before them
   */
  appendPacks(added: readonly EventPack[], newest: IssueEvent, before: IssueState): EventTail {
    const parts = this.pack().#parts;
    const count = added.reduce((sum, pack) => sum + pack.count, 0);
    return new EventTail({
      ...parts,
      packs: [...parts.packs, ...added],
      newest,
      length: parts.length + count,
      added: parts.added + count,
      anchors: [...parts.anchors.slice(-1), { state: before, added: parts.added }],
    });
  }

  /** With an event in its place, and from where to fold since it is there; undefined for the beginning. */
  insert(event: IssueEvent): { readonly tail: EventTail; readonly restart: Restart | undefined } {
    const { opened, openedFrom, packs, length, added, anchors } = this.#parts;
    const isAfter = (other: IssueEvent): boolean => compareEvents(event, other) < 0;
    // From the end on, packs until one begins before the event.
    let kept = packs.length;
    for (let first = this.#firstLoose; kept > 0 && (first === undefined || isAfter(first)); first = packs[kept]?.oldest)
      kept--;
    const first = packs[0]?.oldest ?? this.#firstLoose;
    const isDeep = kept === 0 && (first === undefined || isAfter(first));
    const loose = [...packs.slice(kept).flatMap(unpack), ...this.#loose];
    if (isDeep) loose.unshift(...opened);
    const place = loose.findLastIndex((other) => !isAfter(other)) + 1;
    const newer = loose.length - place;
    loose.splice(place, 0, event);
    const usable = anchors.filter((anchor) => added - anchor.added >= newer);
    // Few events at hand may not reach back to the nearest anchor; a walk from the beginning costs more than some packs.
    const nearest = usable.at(-1);
    for (; nearest !== undefined && kept > 0 && loose.length <= added - nearest.added; kept--)
      loose.unshift(...packs.slice(kept - 1, kept).flatMap(unpack));
    const tail = new EventTail({
      opened: isDeep ? [] : opened,
      openedFrom: isDeep ? undefined : openedFrom,
      packs: packs.slice(0, kept),
      loose,
      looseCount: loose.length,
      newest: loose.at(-1),
      length: length + 1,
      added: added + 1,
      anchors: usable,
    });
    return { tail, restart: tail.#restartIn(loose) };
  }

  /** With the state before the events at hand, for the next that comes late. @param before of all others */
  anchor(before: IssueState): EventTail {
    const { looseCount, added } = this.#parts;
    return new EventTail({ ...this.#parts, anchors: [{ state: before, added: added - looseCount }] });
  }

  /** Events at hand. */
  get looseCount(): number {
    return this.#parts.looseCount;
  }

  /** Without the oldest so many. */
  dropOldest(count: number): EventTail {
    let { opened, openedFrom, packs, loose, looseCount } = this.#parts;
    let rest = Math.min(count, this.length);
    const length = this.length - rest;
    while (rest > 0) {
      const [first] = packs;
      if (opened.length > 0) {
        const dropped = Math.min(rest, opened.length);
        opened = opened.slice(dropped);
        if (opened.length === 0) openedFrom = undefined;
        rest -= dropped;
      } else if (first === undefined) {
        loose = loose.slice(rest, looseCount);
        looseCount = loose.length;
        rest = 0;
      } else {
        packs = packs.slice(1);
        if (rest >= first.count) rest -= first.count;
        else [opened, openedFrom] = [first.unpack(), first];
      }
    }
    const newest = length === 0 ? undefined : this.newest;
    return new EventTail({ ...this.#parts, opened, openedFrom, packs, loose, looseCount, newest, length });
  }

  /** The same events, all of them in packs. */
  pack(): EventTail {
    const { packs, looseCount } = this.#parts;
    if (looseCount === 0) return this;
    const added: EventPack[] = [];
    for (let from = 0; from < looseCount; from += PACK_EVENTS)
      added.push(pack(this.#loose.slice(from, from + PACK_EVENTS)));
    return new EventTail({ ...this.#parts, packs: [...packs, ...added], loose: [], looseCount: 0 });
  }

  get #loose(): readonly IssueEvent[] {
    return this.#parts.loose.slice(0, this.#parts.looseCount);
  }

  get #firstLoose(): IssueEvent | undefined {
    return this.#parts.looseCount === 0 ? undefined : this.#parts.loose[0];
  }

  /** From the nearest anchor all of whose newer events are among these, the newest ones. */
  #restartIn(events: readonly IssueEvent[]): Restart | undefined {
    const { added, anchors } = this.#parts;
    const anchor = anchors.findLast((one) => added - one.added <= events.length);
    return anchor && { state: anchor.state, events: events.slice(events.length - (added - anchor.added)) };
  }
}

function pack(events: readonly IssueEvent[]): EventPack {
  return new EventPack(packEvents(events), events.length);
}

function unpack(pack: EventPack): readonly IssueEvent[] {
  return pack.unpack();
}
