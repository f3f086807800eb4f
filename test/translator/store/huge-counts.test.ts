import { expect, it } from 'vitest';
import { ATTR_ISSUE_ID, ATTR_ISSUE_OCCURRENCE_COUNT, ATTR_LOG_RECORD_UID } from '../../../src/semconv.ts';
import { takeLogs } from '../../../src/translator/intake/intake.ts';
import { openMemoryStore } from '../../../src/translator/store/memory.ts';
import type { Store } from '../../../src/translator/store/store.ts';
import { issueLog, logBatch, START } from '../issue-batches.ts';
import { NOW, openAt, pathOf, take, WINDOW } from './store-files.ts';

const HUGE = Number.MAX_SAFE_INTEGER;
const COUNT_MAX = 2 ** 32;

function hugeReport(issueId: string): ReturnType<typeof issueLog> {
  return issueLog('report', 5, {
    [ATTR_LOG_RECORD_UID]: `u-${issueId}`,
    [ATTR_ISSUE_ID]: issueId,
    [ATTR_ISSUE_OCCURRENCE_COUNT]: HUGE,
  });
}

it('an agent that claims more occurrences than can be summed is believed up to 2^32', () => {
  const { events } = takeLogs(logBatch(hugeReport('crm-403')), { arrival: NOW, windowNanos: WINDOW });
  expect(events.at(0)?.event).toMatchObject({ occurrenceCount: COUNT_MAX });
});

it('huge claims of one turn hold up nobody, and the store opens again', async () => {
  const store = openAt();
  const issues = ['one', 'two', 'three'];
  await Promise.all([
    ...issues.map((issueId) => take(store, [hugeReport(issueId)])),
    take(store, [issueLog('report', 6, { [ATTR_ISSUE_ID]: 'neighbour' })]),
    take(store, [hugeReport('four'), hugeReport('five')]),
  ]);
  await store.close();
  const again = openAt();
  expect(await again.issues('', 10)).toHaveLength(6);
  const occurrences = [...(await again.counters())].filter(([name]) => name.includes('"occurrences"'));
  expect(occurrences.map(([, count]) => count)).toEqual([5 * COUNT_MAX + 1]);
});

it.each([
  ['memory', () => openMemoryStore(START)],
  ['sqlite', () => openAt()],
])('a counter that cannot be exact any more stays at the largest that can: %s', async (_engine, open) => {
  const store: Store = open();
  await Promise.all([1, 2].map(() => store.count(new Map([['large', HUGE - 1]]))));
  await store.count(new Map([['large', HUGE]]));
  expect((await store.counters()).get('large')).toBe(HUGE);
  await store.close();
  if (_engine === 'sqlite') expect((await openAt(pathOf()).counters()).get('large')).toBe(HUGE);
});
