import {
  ATTR_AGENT_ID,
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_ISSUE_CATEGORY,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_SEVERITY,
  ATTR_LOG_RECORD_UID,
  ATTR_SERVICE_NAME,
  EVENT_ISSUE_REPORTED,
  EVENT_ISSUE_RESOLVED,
  SCOPE_INSTRUMENTATION,
} from '../../src/semconv.ts';
import type { Attributes, LogRecord, ScopeLogs, ScopeSpans, Span } from '../../src/translator/otlp/model.ts';

export const SECOND = 1_000_000_000n;
/** A moment for the tests' clocks, unix ns. */
export const START: bigint = 1_790_000_000n * SECOND;

export const RESOURCE = {
  attributes: { [ATTR_SERVICE_NAME]: 'sales-agents', [ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: 'production' },
};
export const SCOPE = { name: SCOPE_INSTRUMENTATION, version: '1' };

/** A report or a resolve of the issue `crm-403`, some seconds after the start. */
export function issueLog(kind: 'report' | 'resolve', seconds: number, attributes: Attributes = {}): LogRecord {
  return {
    timeUnixNano: START + BigInt(seconds) * SECOND,
    observedTimeUnixNano: 0n,
    severityNumber: 17,
    eventName: kind === 'report' ? EVENT_ISSUE_REPORTED : EVENT_ISSUE_RESOLVED,
    body: kind === 'report' ? 'CRM API returns 403' : 'CRM API recovered',
    attributes: {
      [ATTR_LOG_RECORD_UID]: `${kind}-${seconds}`,
      [ATTR_AGENT_ID]: 'lead-qualifier',
      [ATTR_ISSUE_ID]: 'crm-403',
      [ATTR_ISSUE_SEVERITY]: 'high',
      [ATTR_ISSUE_CATEGORY]: 'permissions',
      ...attributes,
    },
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
  };
}

export function logBatch(...logRecords: readonly LogRecord[]): readonly ScopeLogs[] {
  return [{ resource: RESOURCE, scope: SCOPE, logRecords }];
}

export function span(overrides: Partial<Span> = {}): Span {
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: '',
    name: 'invoke_agent lead-qualifier',
    kind: 1,
    startTimeUnixNano: START,
    endTimeUnixNano: START + SECOND,
    attributes: {},
    events: [],
    links: [],
    statusCode: 0,
    statusMessage: '',
    ...overrides,
  };
}

export function spanBatch(...spans: readonly Span[]): readonly ScopeSpans[] {
  return [{ resource: RESOURCE, scope: SCOPE, spans }];
}
