/** How bad an issue is, worst first. A word that is none of these counts as `medium` and is kept as it was said. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A span, by its ids in lower-case hex; both empty when the event was sent outside any span. */
export interface SpanReference {
  readonly traceId: string;
  readonly spanId: string;
}

interface EventBase {
  /** Unique within its agent: the same uid is the same event. */
  readonly uid: string;
  /** When it happened, unix ns; see {@link effectiveTime}. Fixed when the event is first taken. */
  readonly effectiveTime: bigint;
  /** When it was taken, unix ns, by the taker's clock. */
  readonly takenAt: bigint;
  /** For people. */
  readonly summary: string;
  /** The span that it was sent in. */
  readonly span: SpanReference;
}

/** The agent says that the problem is there. */
export interface ReportEvent extends EventBase {
  readonly kind: 'report';
  readonly severity: Severity;
  /** The agent's own word for the severity. */
  readonly severityAsSaid: string;
  /** Empty when the agent gave none. */
  readonly category: string;
  /** How often the agent says that it happened; 0 when it does not say. */
  readonly occurrenceCount: number;
}

/** The agent says that the problem is gone (`resolve`), or a person closed it (`dismiss`). */
export interface CloseEvent extends EventBase {
  readonly kind: 'resolve' | 'dismiss';
}

export type IssueEvent = ReportEvent | CloseEvent;

const RANK = { report: 0, resolve: 1, dismiss: 2 } as const;

/** The place of an event in its issue's history. */
export type EventPosition = Pick<IssueEvent, 'kind' | 'uid' | 'effectiveTime'>;

/** The one order in which an issue's events are taken: effective time, then report < resolve < dismiss, then uid. */
export function compareEvents(a: EventPosition, b: EventPosition): number {
  if (a.effectiveTime !== b.effectiveTime) return a.effectiveTime < b.effectiveTime ? -1 : 1;
  if (a.kind !== b.kind) return RANK[a.kind] - RANK[b.kind];
  if (a.uid === b.uid) return 0;
  return a.uid < b.uid ? -1 : 1;
}

/** What a record says about its time, all in unix ns, 0n for what it does not say. */
export interface EventTimes {
  readonly time: bigint;
  readonly observedTime: bigint;
  readonly arrival: bigint;
}

/** The record's own time, else when it was observed, else its arrival; a time further ahead of us than the window is a wrong clock: then the arrival too. */
export function effectiveTime({ time, observedTime, arrival }: EventTimes, windowNanos: bigint): bigint {
  const said = time || observedTime || arrival;
  return said > arrival && said > arrival + windowNanos ? arrival : said;
}
