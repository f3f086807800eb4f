import type { AddressedEvent } from '../../lifecycle/issue.ts';
import type { AgentSign } from '../../lifecycle/silence.ts';
import { NAME_PREFIX, SCOPE_INSTRUMENTATION, SCOPE_TRANSLATOR } from '../../semconv.ts';
import type { Scope, Skipped } from '../otlp/model.ts';
import type { EventList } from '../store/store.ts';
import type { Arrival } from './address-event.ts';
import { type IssueCarrier, readCarrier } from './issue-carrier.ts';

/** What a request holds for the lifecycle, and what else was in it. */
export interface Intake {
  readonly events: EventList;
  /** Issue events that can never be taken: why, once for each. */
  readonly rejections: readonly string[];
  /** Heartbeats and stops of agents; they count as `other`. */
  readonly signs: readonly AgentSign[];
  /** Records, spans and points that are ours but no issue events. */
  readonly other: number;
  /** Those of anybody else. */
  readonly foreign: number;
  /** What a translator wrote: never read again. */
  readonly ownInput: number;
}

interface GrowingEvents extends EventList {
  push(event: AddressedEvent): void;
}

/** An intake while it is filled. */
export class Sorter implements Intake {
  readonly events: GrowingEvents;
  readonly rejections: string[] = [];
  readonly signs: AgentSign[] = [];
  other = 0;
  foreign = 0;
  ownInput = 0;
  readonly arrival: Arrival;

  /** @param events what it adds the events to. Default: an array */
  constructor(arrival: Arrival, events: GrowingEvents = []) {
    this.arrival = arrival;
    this.events = events;
  }

  /** Takes what a record carries; one that carries no issue event is counted by whose it is. */
  add(carrier: IssueCarrier | undefined, scope: Scope, name: string): void {
    if (carrier !== undefined) this.addCarrier(carrier);
    else if (scope.name === SCOPE_INSTRUMENTATION || name.startsWith(NAME_PREFIX)) this.other++;
    else this.foreign++;
  }

  /** Counts by whose it is what carries no issue event. */
  countSkipped(scope: Scope, { named, unnamed }: Skipped = { named: 0, unnamed: 0 }): void {
    if (scope.name === SCOPE_TRANSLATOR) this.ownInput += named + unnamed;
    else if (scope.name === SCOPE_INSTRUMENTATION) this.other += named + unnamed;
    else {
      this.other += named;
      this.foreign += unnamed;
    }
  }

  addCarrier(carrier: IssueCarrier | undefined): void {
    if (carrier !== undefined) this.addEvent(readCarrier(carrier, this.arrival));
  }

  /** Takes an event, or why it can never be taken. */
  addEvent(event: AddressedEvent | string): void {
    if (typeof event === 'string') this.rejections.push(event);
    else this.events.push(event);
  }
}
