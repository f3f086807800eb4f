import { type AddressedEvent, type IssueNames, namesOf } from '../../lifecycle/issue.ts';
import { compareEvents, type IssueEvent } from '../../lifecycle/issue-event.ts';
import type { EncodedReport } from '../../lifecycle/packed-events.ts';
import { EncodedEvents } from '../intake/encoded-events.ts';
import type { EventList } from './store.ts';
import type { UidHash } from './uid-hash.ts';
import type { UidHasher } from './uid-hasher.ts';

/** Those of a request's events whose uid is new, in the order of their histories. */
export class FreshEvents implements EventList {
  readonly #events: EventList;
  readonly #places: readonly number[];

  /** @param places in the request, of those that are new */
  constructor(events: EventList, places: readonly number[]) {
    this.#events = events;
    this.#places = isInOrder(events, places) ? places : [...places].sort((a, b) => compareAt(events, a, b));
  }

  get length(): number {
    return this.#places.length;
  }

  at(place: number): AddressedEvent | undefined {
    const placeInRequest = this.#places[place];
    return placeInRequest === undefined ? undefined : this.#events.at(placeInRequest);
  }

  /** The event, or as much as is known of it before it is read; then only until the next call. */
  peek(place: number): IssueEvent | EncodedReport {
    const placeInRequest = this.#places[place] ?? -1;
    const encoded = this.#events instanceof EncodedEvents ? this.#events.report(placeInRequest) : undefined;
    return encoded ?? eventAt(this.#events, placeInRequest).event;
  }

  names(place: number): IssueNames {
    const placeInRequest = this.#places[place] ?? -1;
    const known = this.#events instanceof EncodedEvents ? this.#events.names(placeInRequest) : undefined;
    return known ?? namesAt(this.#events, placeInRequest);
  }

  /** The hash of the event's uid, good until the next one. */
  hashUid(place: number, hasher: UidHasher): UidHash {
    return hashUid(this.#events, this.#places[place] ?? -1, hasher);
  }

  *[Symbol.iterator](): Generator<AddressedEvent> {
    for (const place of this.#places) yield eventAt(this.#events, place);
  }

  /** Effective time of the newest, unix ns; 0n for none. */
  get newestTime(): bigint {
    return this.length === 0 ? 0n : this.peek(this.length - 1).effectiveTime;
  }

  /** When the last of them was taken, unix ns; 0n for none. */
  get newestTaken(): bigint {
    if (this.#events instanceof EncodedEvents) return this.length === 0 ? 0n : this.#events.arrival;
    let newest = 0n;
    for (const { event } of this) if (event.takenAt > newest) newest = event.takenAt;
    return newest;
  }
}

/** The hash of the uid of the event at this place of a request, good until the next one. */
export function hashUid(events: EventList, place: number, hasher: UidHasher): UidHash {
  if (events instanceof EncodedEvents) {
    const uid = events.uidPlace(place);
    const names = events.names(place);
    if (uid !== undefined && names !== undefined) return hasher.hashBytes(events.bytes, uid.at, uid.length, names);
  }
  return hasher.hash(eventAt(events, place));
}

/** True for most requests of one sender, without a look at the uids. */
function isInOrder(events: EventList, places: readonly number[]): boolean {
  let last: bigint | undefined;
  for (const place of places) {
    const at = timeAt(events, place);
    if (last !== undefined && at <= last) return false;
    last = at;
  }
  return true;
}

/** As `compareEvents`; only events of one instant are read for it. */
function compareAt(events: EventList, a: number, b: number): number {
  const [timeA, timeB] = [timeAt(events, a), timeAt(events, b)];
  if (timeA !== timeB) return timeA < timeB ? -1 : 1;
  return compareEvents(eventAt(events, a).event, eventAt(events, b).event);
}

function timeAt(events: EventList, place: number): bigint {
  return events instanceof EncodedEvents ? events.effectiveTime(place) : eventAt(events, place).event.effectiveTime;
}

function namesAt(events: EventList, place: number): IssueNames {
  const { names, identity } = eventAt(events, place);
  return names ?? namesOf(identity);
}

function eventAt(events: EventList, place: number): AddressedEvent {
  const event = events.at(place);
  if (event === undefined) throw new RangeError(`there is no event ${place}`);
  return event;
}
