import { afterEach, beforeEach, expect, it } from 'vitest';
import { ATTR_ISSUE_AGE, ATTR_ISSUE_OCCURRENCES, ATTR_ISSUE_TRANSITION } from '../../../src/semconv.ts';
import { createTranslator, type Translator } from '../../../src/translator/translator.ts';
import { issueLog, logBatch, SECOND, START } from '../issue-batches.ts';
import { RecordingSink } from '../recording-sink.ts';

const DAY = 86_400n * SECOND;
let clock = START;
let sink: RecordingSink;
let translator: Translator;

beforeEach(async () => {
  clock = START + 10n * SECOND;
  sink = new RecordingSink();
  translator = await createTranslator({ store: 'memory:', sink, now: () => clock });
});

afterEach(async () => {
  await translator.close();
});

it('an open issue sends a span a day, in the trace of its episode, which the episode’s span holds in the end', async () => {
  await translator.receiver.logs(logBatch(issueLog('report', 1)));
  await translator.flush();
  clock = START + DAY + 60n * SECOND;
  await translator.flush();
  await translator.flush();
  clock += DAY;
  await translator.flush();
  await translator.receiver.logs(logBatch(issueLog('resolve', 5)));
  await translator.flush();

  expect(sink.spans.map(({ name }) => name)).toEqual([
    'issue.opened',
    'issue.checkpoint',
    'issue.checkpoint',
    'issue.resolved',
    'issue crm-403',
  ]);
  expect(new Set(sink.spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect(new Set(sink.spans.map(({ spanId }) => spanId)).size).toBe(5);
  expect(sink.spans[1]).toMatchObject({
    startTimeUnixNano: START + DAY + 60n * SECOND,
    attributes: { [ATTR_ISSUE_AGE]: 86_459, [ATTR_ISSUE_OCCURRENCES]: 1, [ATTR_ISSUE_TRANSITION]: 'checkpoint' },
  });
  const episode = sink.spans.at(-1);
  for (const child of sink.spans.slice(0, -1)) {
    expect(child.parentSpanId).toBe(episode?.spanId);
    expect(child.startTimeUnixNano).toBeGreaterThanOrEqual(episode?.startTimeUnixNano ?? 0n);
    expect(child.endTimeUnixNano).toBeLessThanOrEqual(episode?.endTimeUnixNano ?? 0n);
  }
});

it('a checkpoint is no transition: no log event tells it and no counter counts it', async () => {
  await translator.receiver.logs(logBatch(issueLog('report', 1)));
  clock = START + 2n * DAY;
  await translator.flush();
  expect(sink.transitions).toEqual(['opened']);
  const counted = [...(await translator.metrics())].find(({ name }) => name === 'hiveloop.issue.transitions');
  expect(counted?.points.map(({ attributes }) => attributes[ATTR_ISSUE_TRANSITION])).toEqual(['opened']);
});
