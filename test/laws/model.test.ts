import { describe, expect, it } from 'vitest';
import { parseMessages, SECOND, START } from './support/message.ts';
import { Model, type ModelIssue } from './support/model.ts';

/** Design §5, "Golden histories": in order of arrival; `*` told late. The model must know them before it judges anybody. */
const GOLDEN = [
  { history: 'c10 r5', told: 'opened resolved', status: 'resolved', episodes: [[5, 10]] },
  {
    history: 'r5 r10 c7',
    told: 'opened recurred resolved* reopened*',
    status: 'open',
    episodes: [
      [5, 7],
      [10, undefined],
    ],
  },
  { history: 'r5 c10 c7', told: 'opened resolved', status: 'resolved', episodes: [[5, 7]] },
  { history: 'r5 c10 r8', told: 'opened resolved', status: 'resolved', episodes: [[5, 10]], occurrences: 2 },
  { history: 'r5 c10 r3', told: 'opened resolved', status: 'resolved', episodes: [[3, 10]] },
  {
    history: 'r5 r8 c10 c7',
    told: 'opened recurred resolved reopened* resolved*',
    status: 'resolved',
    episodes: [
      [5, 7],
      [8, 10],
    ],
  },
] as const;

/** The model's only issue, each message a request of its own. */
export function playOnModel(history: string): ModelIssue {
  const model = new Model();
  for (const message of parseMessages(history)) model.take([message], START + 100n * SECOND);
  const [issue, ...more] = model.issues.values();
  if (issue === undefined || more.length > 0) throw new Error('there is not exactly one issue');
  return issue;
}

describe.each(GOLDEN)('the model knows the golden history $history', ({ history, told, status, episodes, ...more }) => {
  const issue = playOnModel(history);

  it(`tells ${told}`, () => {
    const lines = issue.told.map(({ transition, isLate }) => transition + (isLate ? '*' : ''));
    expect(lines.join(' ')).toBe(told);
  });

  it(`ends ${status}`, () => {
    const seconds = (at: bigint): number => Number((at - START) / SECOND);
    const walked = issue.state.episodes.map(({ openedAt, closed }) => [
      seconds(openedAt),
      closed && seconds(closed.at),
    ]);
    expect([issue.state.status, walked]).toEqual([status, episodes]);
    if ('occurrences' in more) expect(issue.totalOccurrences).toBe(more.occurrences);
  });
});
