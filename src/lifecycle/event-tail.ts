import { compareEvents, type IssueEvent } from './issue-event.ts';

/** Events dropped at the front that a list may still hold, beyond as many as it has: so that dropping one copies nothing. */
const DROPPED_MAX = 64;

/**
 * Events in the order of `compareEvents`. A list never changes for whoever holds it; those that follow from it by an
 * event at the end or one less at the front share its memory, so that either costs the same however long it is.
 */
export class EventTail implements Iterable<IssueEvent> {
  static readonly EMPTY: EventTail = new EventTail([], 0, 0);
  /** Of all lists that share it: each sees `#from` to `#to`, and the one that ends where it ends may grow it. */
  readonly #events: IssueEvent[];
  readonly #from: number;
  readonly #to: number;

  private constructor(events: IssueEvent[], from: number, to: number) {
    this.#events = events;
    this.#from = from;
    this.#to = to;
  }

  /** @param events in any order */
  static of(events: Iterable<IssueEvent>): EventTail {
    const ordered = [...events].sort(compareEvents);
    return new EventTail(ordered, 0, ordered.length);
  }

  get length(): number {
    return this.#to - this.#from;
  }

  get oldest(): IssueEvent | undefined {
    return this.length === 0 ? undefined : this.#events[this.#from];
  }

  get newest(): IssueEvent | undefined {
    return this.length === 0 ? undefined : this.#events[this.#to - 1];
  }

  [Symbol.iterator](): Iterator<IssueEvent> {
    return this.first(this.length)[Symbol.iterator]();
  }

  /** The oldest so many. */
  first(count: number): readonly IssueEvent[] {
    return this.#events.slice(this.#from, Math.min(this.#from + count, this.#to));
  }

  /** The newest, after so many of the oldest. */
  after(count: number): readonly IssueEvent[] {
    return this.#events.slice(Math.min(this.#from + count, this.#to), this.#to);
  }

  /** With an event that comes after all others. */
  append(event: IssueEvent): EventTail {
    const isShared = this.#events.length === this.#to;
    const events = isShared ? this.#events : this.#events.slice(this.#from, this.#to);
    events.push(event);
    return new EventTail(events, isShared ? this.#from : 0, events.length);
  }

  /** With an event in its place. */
  insert(event: IssueEvent): EventTail {
    let place = this.#to;
    while (place > this.#from && this.#isBefore(event, place - 1)) place--;
    if (place === this.#to) return this.append(event);
    const events = this.#events.slice(this.#from, this.#to);
    events.splice(place - this.#from, 0, event);
    return new EventTail(events, 0, events.length);
  }

  /** Without the oldest so many. */
  dropOldest(count: number): EventTail {
    const from = Math.min(this.#from + count, this.#to);
    if (from <= DROPPED_MAX + this.#to - from) return new EventTail(this.#events, from, this.#to);
    const events = this.#events.slice(from, this.#to);
    return new EventTail(events, 0, events.length);
  }

  #isBefore(event: IssueEvent, place: number): boolean {
    const other = this.#events[place];
    return other !== undefined && compareEvents(event, other) < 0;
  }
}
