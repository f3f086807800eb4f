import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/lifecycle/checkpoint.ts';
import { type IssueRecord, passTime } from '../../../src/lifecycle/issue.ts';
import type { IssueEvent } from '../../../src/lifecycle/issue-event.ts';
import type { Told } from '../../../src/lifecycle/story.ts';
import { ATTR_LOG_RECORD_UID } from '../../../src/semconv.ts';
import { lifecycleLog } from '../../../src/translator/emit/lifecycle-log.ts';
import { describeTold, lifecycleSpans } from '../../../src/translator/emit/lifecycle-span.ts';
import { encodeLogs, encodeTraces } from '../../../src/translator/otlp/encode.ts';
import type { Attributes } from '../../../src/translator/otlp/model.ts';
import { close, play, report, SECOND, WINDOW } from '../../lifecycle/events.ts';

const TAKEN = 1000n * SECOND;

/** What a told transition says of its issue, as plain attributes. */
function plainAttributes({ key, identity }: IssueRecord, told: Told | Checkpoint): Attributes {
  const age = Number(told.at - told.openedAt) / 1e9;
  const said = {
    'hiveloop.issue.id': identity.issueId,
    'hiveloop.issue.summary': told.summary,
    'hiveloop.agent.id': identity.agentId,
    'hiveloop.issue.key': key,
    'hiveloop.issue.fingerprint': identity.fingerprint,
    'hiveloop.issue.transition': told.transition,
    'hiveloop.issue.severity': told.severity,
    'hiveloop.issue.category': told.category,
    'hiveloop.issue.trace_id': told.report.traceId,
    'hiveloop.issue.span_id': told.report.spanId,
    'hiveloop.event.category': 'pipeline',
    'hiveloop.issue.episode': told.episode,
    'hiveloop.issue.occurrences': told.occurrences,
    ...(told.openedAt !== 0n && { 'hiveloop.issue.age': age }),
    ...(told.episodeSpan !== undefined && { 'hiveloop.issue.time_to_resolve': age }),
    ...(told.isLate && { 'hiveloop.issue.late': true }),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ''));
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary-ascii', maxLength: 300 }),
);
const hex = (characters: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: characters, maxLength: characters });
const span = fc.oneof(fc.constant({ traceId: '', spanId: '' }), fc.record({ traceId: hex(32), spanId: hex(16) }));
const event: fc.Arbitrary<IssueEvent> = fc.oneof(
  fc
    .record({ summary: text, category: text, span, severity: fc.constantFrom('critical', 'high', 'medium', 'low') })
    .chain((said) => fc.integer({ min: 1, max: 900 }).map((second) => report(second, said))),
  fc
    .record({ summary: text, kind: fc.constantFrom('resolve', 'dismiss') })
    .chain((said) => fc.integer({ min: 1, max: 900 }).map((second) => close(second, said))),
);

it('what is told is the bytes that the encoder writes of plain attributes', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 12 }), (events) => {
      const { record, told } = play(events);
      const { told: unmatched, checkpoint } = passTime(record, TAKEN + 200_000n * SECOND + WINDOW);
      for (const transition of [...told, ...unmatched]) {
        expectSameLog(record, transition);
        expectSameSpans(record, transition);
      }
      if (checkpoint !== undefined) expectSameSpans(record, checkpoint);
    }),
  );
});

function expectSameLog(record: IssueRecord, told: Told): void {
  const log = lifecycleLog(describeTold(record, told), told, TAKEN);
  const attributes = { ...plainAttributes(record, told), [ATTR_LOG_RECORD_UID]: told.id };
  const plain = { ...log, logRecords: log.logRecords.map((logRecord) => ({ ...logRecord, attributes })) };
  expect(encodeLogs([log])).toEqual(encodeLogs([plain]));
}

function expectSameSpans(record: IssueRecord, told: Told | Checkpoint): void {
  const spans = lifecycleSpans(describeTold(record, told), told);
  const attributes = plainAttributes(record, told);
  const plain = { ...spans, spans: spans.spans.map((each) => ({ ...each, attributes })) };
  expect(encodeTraces([spans])).toEqual(encodeTraces([plain]));
}
