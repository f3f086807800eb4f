import { describe, expect, it } from 'vitest';
import { ATTR_LOG_RECORD_UID, ATTR_SUMMARY, EVENT_ISSUE_REPORTED } from '../../src/semconv.ts';
import type { Message } from '../translator/otlp/oracle.ts';
import { CARRIED, ENCODINGS, logs, report, send, serve, text } from './served-translator.ts';

describe('the three carriers of an issue event', () => {
  const attributes = [...CARRIED, text(ATTR_LOG_RECORD_UID, 'u1'), text(ATTR_SUMMARY, 'CRM API returns 403')];
  const carrier = { name: EVENT_ISSUE_REPORTED, attributes };

  // curl -i $URL/v1/logs $JSON -d @report.json; curl -i $URL/v1/traces $JSON -d @report-in-span-event.json
  it.each(ENCODINGS)('bring one uid: counted once (%s)', async (_, type) => {
    const { url, translator } = await serve();
    const traces = (...spans: readonly Message[]): Message => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
    await send(url, type, 'logs', logs(report('u1')));
    await send(url, type, 'traces', traces({ name: 'task', events: [carrier] }));
    await send(url, type, 'traces', traces(carrier));
    expect(await translator.counters()).toMatchObject({ received: 3, applied: 1, duplicate: 2, foreign: 1 });
    expect(await translator.issues()).toMatchObject([{ issueId: 'crm-403', occurrences: 1 }]);
  });
});
