import type { Severity } from '../../lifecycle/issue-event.ts';
import type { Told } from '../../lifecycle/story.ts';
import { ATTR_LOG_RECORD_UID, EVENT_ISSUE_LIFECYCLE } from '../../semconv.ts';
import type { EncodableLogs } from '../otlp/encoded-attributes.ts';
import type { ToldContext } from './lifecycle-span.ts';
import { TRANSLATOR_SCOPE } from './resource.ts';

/** OTLP's severity numbers, as the reports themselves carry them. */
const NUMBER_BY_SEVERITY: Readonly<Record<Severity, number>> = { critical: 21, high: 17, medium: 13, low: 9 };
const INFO = 9;

/** The log event `hiveloop.issue.lifecycle` of a told transition: in the context of its own span, with the report's ids beside it. */
export function lifecycleLog({ ids, resource, attributes }: ToldContext, told: Told, takenAt: bigint): EncodableLogs {
  const { traceId, spanId } = ids;
  return {
    resource,
    scope: TRANSLATOR_SCOPE,
    logRecords: [
      {
        timeUnixNano: told.at,
        observedTimeUnixNano: takenAt,
        severityNumber: isTrouble(told) ? NUMBER_BY_SEVERITY[told.severity] : INFO,
        eventName: EVENT_ISSUE_LIFECYCLE,
        body: sentence(told),
        attributes: attributes.with({ [ATTR_LOG_RECORD_UID]: told.id }),
        traceId,
        spanId,
      },
    ],
  };
}

function isTrouble({ transition }: Told): boolean {
  switch (transition) {
    case 'opened':
    case 'reopened':
    case 'recurred':
    case 'severity_changed':
      return true;
    case 'resolved':
    case 'dismissed':
    case 'unmatched':
      return false;
  }
}

function sentence({ transition, summary, closerSaid, severity, occurrences }: Told): string {
  switch (transition) {
    case 'opened':
    case 'reopened':
      return `issue ${transition}: ${summary}`;
    case 'recurred':
      return `issue recurred (${occurrences} times): ${summary}`;
    case 'severity_changed':
      return `issue is now ${severity}: ${summary}`;
    case 'resolved':
    case 'dismissed':
      return `issue ${transition}: ${summary} (${closerSaid})`;
    case 'unmatched':
      return `closes no open issue: ${closerSaid}`;
  }
}
