import type { ScopeLogs, ScopeSpans } from '../../../src/translator/otlp/model.ts';
import { plainEnvelope, plainLogRecord, plainSpan, present, type Message } from './oracle.ts';

/** The batch as the request of OTLP that carries it. */
export function plainLogs(batch: readonly ScopeLogs[]): Message {
  const resourceLogs = batch.map(({ resource, scope, logRecords }) => {
    const plain = plainEnvelope(resource, scope);
    const records = present({ scope: plain.scope, logRecords: logRecords.map(plainLogRecord) });
    return { resource: plain.resource, scopeLogs: [records] };
  });
  return present({ resourceLogs });
}

export function plainTraces(batch: readonly ScopeSpans[]): Message {
  const resourceSpans = batch.map(({ resource, scope, spans }) => {
    const plain = plainEnvelope(resource, scope);
    return { resource: plain.resource, scopeSpans: [present({ scope: plain.scope, spans: spans.map(plainSpan) })] };
  });
  return present({ resourceSpans });
}
