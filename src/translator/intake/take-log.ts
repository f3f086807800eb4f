import { ATTR_LOG_RECORD_UID, ATTR_SUMMARY, SCOPE_TRANSLATOR } from '../../semconv.ts';
import type { LogRecord, Resource, Scope } from '../otlp/model.ts';
import { readAgentSign } from './agent-sign.ts';
import { hashRecord, readUid } from './event-uid.ts';
import { type IssueCarrier, KIND_BY_EVENT } from './issue-carrier.ts';
import type { Sorter } from './sorter.ts';

/** Takes a log record: it is an issue event, or an agent's sign of life, by its event name. */
export function takeLog(sorter: Sorter, resource: Resource, scope: Scope, record: LogRecord): void {
  if (scope.name === SCOPE_TRANSLATOR) {
    sorter.ownInput++;
    return;
  }
  const sign = readAgentSign(resource, record, sorter.arrival);
  if (sign !== undefined) sorter.signs.push(sign);
  sorter.add(logCarrier(resource, record), scope, record.eventName);
}

function logCarrier(resource: Resource, record: LogRecord): IssueCarrier | undefined {
  const kind = KIND_BY_EVENT.get(record.eventName);
  if (kind === undefined) return undefined;
  const { attributes, body, traceId, spanId } = record;
  const uid = readUid(attributes[ATTR_LOG_RECORD_UID]) ?? hashRecord(resource, record.eventName, record);
  return {
    kind,
    resource,
    attributes,
    uid,
    summary: body === null || body === '' ? (attributes[ATTR_SUMMARY] ?? null) : body,
    time: record.timeUnixNano,
    observedTime: record.observedTimeUnixNano,
    span: { traceId, spanId },
  };
}
