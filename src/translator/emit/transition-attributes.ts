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
import { writeAttribute } from '../otlp/encode-values.ts';
import { EncodedAttributes } from '../otlp/encoded-attributes.ts';
import type { AnyValue } from '../otlp/model.ts';
import { ProtobufWriter } from '../otlp/protobuf-writer.ts';
import { LOG_RECORD } from '../otlp/tags.ts';

/**
 * What a told transition says of its issue, the same on the log event and on its spans, and so encoded once: most of
 * their bytes are these. First, which issue it is.
 */
export function transitionAttributes(key: string, identity: IssueIdentity, told: Told | Checkpoint): EncodedAttributes {
  const writer = new ProtobufWriter();
  const add = (name: string, value: AnyValue): void => {
    writeAttribute(writer, LOG_RECORD.attributes, name, value);
  };
  const say = (name: string, value: string): void => {
    if (value !== '') add(name, value);
  };
  say(ATTR_ISSUE_ID, identity.issueId);
  say(ATTR_ISSUE_SUMMARY, told.summary);
  say(ATTR_AGENT_ID, identity.agentId);
  say(ATTR_ISSUE_KEY, key);
  say(ATTR_ISSUE_FINGERPRINT, identity.fingerprint);
  say(ATTR_ISSUE_TRANSITION, told.transition);
  say(ATTR_ISSUE_SEVERITY, told.severity);
  say(ATTR_ISSUE_CATEGORY, told.category);
  say(ATTR_ISSUE_TRACE_ID, told.report.traceId);
  say(ATTR_ISSUE_SPAN_ID, told.report.spanId);
  say(ATTR_EVENT_CATEGORY, CATEGORY_BY_EVENT[EVENT_ISSUE_LIFECYCLE] ?? '');
  add(ATTR_ISSUE_EPISODE, told.episode);
  add(ATTR_ISSUE_OCCURRENCES, told.occurrences);
  if (told.openedAt !== 0n) {
    const age = seconds(told.at - told.openedAt);
    add(ATTR_ISSUE_AGE, age);
    if (told.episodeSpan !== undefined) add(ATTR_ISSUE_TIME_TO_RESOLVE, age);
  }
  if (told.isLate) add(ATTR_ISSUE_LATE, true);
  return new EncodedAttributes(writer.finish());
}

/** Nanoseconds as seconds. */
export function seconds(nanos: bigint): number {
  return Number(nanos) / 1e9;
}
