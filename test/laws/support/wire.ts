import {
  ATTR_AGENT_ID,
  ATTR_ISSUE_CATEGORY,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_OCCURRENCE_COUNT,
  ATTR_ISSUE_SEVERITY,
  ATTR_ISSUE_SUMMARY,
  ATTR_LOG_RECORD_UID,
  ATTR_SERVICE_NAME,
  ATTR_SUMMARY,
  EVENT_ISSUE_DISMISSED,
  EVENT_ISSUE_REPORTED,
  EVENT_ISSUE_RESOLVED,
  SCOPE_INSTRUMENTATION,
} from '../../../src/semconv.ts';
import type { Attributes, LogRecord, ScopeLogs, ScopeSpans, Span } from '../../../src/translator/otlp/model.ts';
import type { Message } from './message.ts';

const NAMES = { report: EVENT_ISSUE_REPORTED, resolve: EVENT_ISSUE_RESOLVED, dismiss: EVENT_ISSUE_DISMISSED };
const RESOURCE = { attributes: { [ATTR_SERVICE_NAME]: 'sales-agents' } };
const SCOPE = { name: SCOPE_INSTRUMENTATION, version: '1' };
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

/** Messages as log records, in one batch. */
export function logsOf(messages: readonly Message[]): readonly ScopeLogs[] {
  return [{ resource: RESOURCE, scope: SCOPE, logRecords: messages.map(logRecordOf) }];
}

/** Messages as spans, or as the sole events of spans, in one batch. */
export function spansOf(messages: readonly Message[]): readonly ScopeSpans[] {
  return [{ resource: RESOURCE, scope: SCOPE, spans: messages.map(spanOf) }];
}

/** A request has one signal: runs of log records, and runs of the rest. */
export function bySignal(messages: readonly Message[]): readonly (readonly Message[])[] {
  const runs: Message[][] = [];
  for (const message of messages) {
    const run = runs.at(-1);
    if (run !== undefined && (run[0]?.carrier === 'log') === (message.carrier === 'log')) run.push(message);
    else runs.push([message]);
  }
  return runs;
}

function logRecordOf(message: Message): LogRecord {
  return {
    timeUnixNano: message.time,
    observedTimeUnixNano: message.observedTime,
    severityNumber: 17,
    eventName: NAMES[message.kind],
    body: textOf(message),
    attributes: attributesOf(message),
    traceId: TRACE_ID,
    spanId: 'b7ad6b7169203331',
  };
}

function spanOf(message: Message): Span {
  const name = NAMES[message.kind];
  const attributes = { ...attributesOf(message), [ATTR_SUMMARY]: textOf(message) };
  const isSpan = message.carrier === 'span';
  return {
    traceId: TRACE_ID,
    spanId: 'b7ad6b7169203332',
    parentSpanId: '',
    name: isSpan ? name : 'invoke_agent lead-qualifier',
    kind: 1,
    startTimeUnixNano: message.time,
    endTimeUnixNano: message.time,
    attributes: isSpan ? attributes : {},
    events: isSpan ? [] : [{ timeUnixNano: message.time, name, attributes }],
    links: [],
    statusCode: 0,
    statusMessage: '',
  };
}

function textOf({ flaw, kind, problem }: Message): string {
  if (flaw === 'noSummary') return ' ';
  return kind === 'report' ? problem : 'it works again';
}

function attributesOf(message: Message): Attributes {
  const { uid, agent, issueId, severity, category, occurrenceCount, kind, problem, flaw } = message;
  return {
    [ATTR_LOG_RECORD_UID]: uid,
    ...(flaw !== 'noAgent' && { [ATTR_AGENT_ID]: agent }),
    ...(issueId !== '' && { [ATTR_ISSUE_ID]: issueId }),
    ...(kind === 'report'
      ? { [ATTR_ISSUE_SEVERITY]: severity, [ATTR_ISSUE_CATEGORY]: category }
      : { [ATTR_ISSUE_SUMMARY]: problem }),
    ...(occurrenceCount > 0 && { [ATTR_ISSUE_OCCURRENCE_COUNT]: occurrenceCount }),
  };
}
