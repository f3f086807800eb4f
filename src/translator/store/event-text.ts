import { type AddressedEvent } from '../../lifecycle/issue.ts';
import { type IssueEvent, SEVERITIES } from '../../lifecycle/issue-event.ts';

/**
 * Events as text, each a flat JSON list, for a journal that keeps no body: a list in place of an object is half the bytes
 * and half the time. Up to version 3 of the schema an issue's tail was written so, too.
 */
const KINDS = ['report', 'resolve', 'dismiss'] as const;

export function encodeEvent(event: IssueEvent): string {
  const { kind, uid, effectiveTime, takenAt, summary, span } = event;
  const common = [
    KINDS.indexOf(kind),
    uid,
    effectiveTime.toString(),
    takenAt.toString(),
    summary,
    span.traceId,
    span.spanId,
  ];
  if (event.kind === 'report') {
    const { severity, severityAsSaid, category, occurrenceCount } = event;
    common.push(SEVERITIES.indexOf(severity), severityAsSaid, category, occurrenceCount);
  }
  return JSON.stringify(common);
}

/** The event of that list, as `JSON.parse` gives it. */
export function eventFromList(list: readonly unknown[]): IssueEvent {
  const [kindIndex, uid, effectiveTime, takenAt, summary, traceId, spanId, ...details] = list as EventList;
  const kind = KINDS[kindIndex];
  if (kind === undefined) throw new Error('an event of no known kind: the file is damaged');
  const base = {
    uid,
    effectiveTime: BigInt(effectiveTime),
    takenAt: BigInt(takenAt),
    summary,
    span: { traceId, spanId },
  };
  if (kind !== 'report') return { kind, ...base };
  const [severityIndex = -1, severityAsSaid = '', category = '', occurrenceCount = 0] = details;
  const severity = SEVERITIES[severityIndex] ?? 'medium';
  return { kind, ...base, severity, severityAsSaid, category, occurrenceCount };
}

type EventList = [number, string, string, string, string, string, string, number?, string?, string?, number?];

/** Whose an event is, as text. */
export function encodeAddress({ identity, reporter }: AddressedEvent): string {
  const { environment, namespace, agentId, issueId, fingerprint } = identity;
  const { serviceName, agentType } = reporter;
  return JSON.stringify([environment, namespace, agentId, issueId, fingerprint, serviceName, agentType]);
}

export function addressFromList(list: readonly unknown[]): Pick<AddressedEvent, 'identity' | 'reporter'> {
  const [
    environment = '',
    namespace = '',
    agentId = '',
    issueId = '',
    fingerprint = '',
    serviceName = '',
    agentType = '',
  ] = list as string[];
  return {
    identity: { environment, namespace, agentId, issueId, fingerprint },
    reporter: { serviceName, agentType },
  };
}
