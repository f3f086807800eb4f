import type { IssueIdentity } from '../../lifecycle/identity.ts';
import type { Checkpoint } from '../../lifecycle/checkpoint.ts';
import type { Told } from '../../lifecycle/story.ts';
import {
  ATTR_AGENT_ID,
  ATTR_EVENT_CATEGORY,
  ATTR_ISSUE_AGE,
  ATTR_ISSUE_CATEGORY,
  ATTR_ISSUE_EPISODE,
  ATTR_ISSUE_FINGERPRINT,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_KEY,
  ATTR_ISSUE_LATE,
  ATTR_ISSUE_OCCURRENCES,
  ATTR_ISSUE_SEVERITY,
  ATTR_ISSUE_SPAN_ID,
  ATTR_ISSUE_SUMMARY,
  ATTR_ISSUE_TIME_TO_RESOLVE,
  ATTR_ISSUE_TRACE_ID,
  ATTR_ISSUE_TRANSITION,
  CATEGORY_BY_EVENT,
  EVENT_ISSUE_LIFECYCLE,
} from '../../semconv.ts';
import type { Attributes } from '../otlp/model.ts';
import { said } from './resource.ts';

/** What a told transition says of its issue, the same on the log event and on the span. First, which issue it is. */
export function transitionAttributes(key: string, identity: IssueIdentity, told: Told | Checkpoint): Attributes {
  const age = told.openedAt === 0n ? undefined : seconds(told.at - told.openedAt);
  const isClosing = told.episodeSpan !== undefined;
  return {
    ...said({
      [ATTR_ISSUE_ID]: identity.issueId,
      [ATTR_ISSUE_SUMMARY]: told.summary,
      [ATTR_AGENT_ID]: identity.agentId,
      [ATTR_ISSUE_KEY]: key,
      [ATTR_ISSUE_FINGERPRINT]: identity.fingerprint,
      [ATTR_ISSUE_TRANSITION]: told.transition,
      [ATTR_ISSUE_SEVERITY]: told.severity,
      [ATTR_ISSUE_CATEGORY]: told.category,
      [ATTR_ISSUE_TRACE_ID]: told.report.traceId,
      [ATTR_ISSUE_SPAN_ID]: told.report.spanId,
      [ATTR_EVENT_CATEGORY]: CATEGORY_BY_EVENT[EVENT_ISSUE_LIFECYCLE] ?? '',
    }),
    [ATTR_ISSUE_EPISODE]: told.episode,
    [ATTR_ISSUE_OCCURRENCES]: told.occurrences,
    ...(age !== undefined && { [ATTR_ISSUE_AGE]: age }),
    ...(age !== undefined && isClosing && { [ATTR_ISSUE_TIME_TO_RESOLVE]: age }),
    ...(told.isLate && { [ATTR_ISSUE_LATE]: true }),
  };
}

/** Nanoseconds as seconds. */
export function seconds(nanos: bigint): number {
  return Number(nanos) / 1e9;
}
