import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_HISTORY } from '../../../src/lifecycle/history.ts';
import type { IssueRecord } from '../../../src/lifecycle/issue.ts';
import { SEVERITIES, type Severity } from '../../../src/lifecycle/issue-event.ts';
import { NOTHING_TOLD } from '../../../src/lifecycle/story.ts';
import { ATTR_AGENT_ID, ATTR_ISSUE_CATEGORY, ATTR_ISSUE_ID, ATTR_ISSUE_SEVERITY } from '../../../src/semconv.ts';
import { openIssue } from '../../../src/translator/store/active-issues.ts';
import type { Store } from '../../../src/translator/store/store.ts';
import { type RankedIssue, WorstIssues } from '../../../src/translator/store/worst-issues.ts';
import { issueLog, SECOND } from '../issue-batches.ts';
import { crashCopy, NOW, openAt, pathOf, take } from './store-files.ts';

const anySeverity = fc.constantFrom(...SEVERITIES);

describe('the worst issues of a SQLite store', () => {
  it('and the oldest of each group are the first of all open ones, whatever happened and wherever they are', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 40 }), anyOptions, async (steps, options) => {
        const path = pathOf(`run-${String(++run)}.db`);
        const driven: Driven = { store: openAt(path, options), path, options, events: 0, pending: [] };
        for (const step of steps) await drive(driven, step);
        await drive(driven, { kind: 'ask', limit: 30 });
        await Promise.all(driven.pending);
        await drive(driven, { kind: 'ask', limit: 3 });
        await driven.store.close();
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});

/** So few issues and times that they meet. */
const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('report' as const),
      /** Each with its place among the seconds, so that some are as old as others. */
      issues: fc.uniqueArray(fc.nat(15), { minLength: 1, maxLength: 12 }),
      severity: anySeverity,
      category: fc.constantFrom('permissions', 'connectivity'),
      seconds: fc.nat(20),
      /** Reports of one severity, a second apart: most of them only recur. */
      count: fc.constantFrom(1, 1, 1, 12),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('resolve' as const), issue: fc.nat(15), seconds: fc.nat(40) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('ask' as const), limit: fc.integer({ min: 1, max: 12 }) }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...(['checkpoint', 'begin', 'forget', 'restart', 'crash'] as const))
      .map((kind) => ({ kind })),
  },
);
const anyOptions = fc.record({
  checkpointEvents: fc.constantFrom(3, 20, 1_000_000),
  cacheBytes: fc.constantFrom(1, 30_000, 2 ** 20),
  worstIssuesKept: fc.integer({ min: 1, max: 12 }),
});

type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

interface Labels {
  readonly severity: Severity;
  readonly category: string;
}
const LABELS: Labels = { severity: 'low', category: 'permissions' };

interface Driven {
  store: Store;
  path: string;
  readonly options: typeof anyOptions extends fc.Arbitrary<infer T> ? T : never;
  /** So far, so that each has a uid of its own. */
  events: number;
  /** Checkpoints under way. */
  pending: Promise<void>[];
}

async function drive(driven: Driven, step: Step): Promise<void> {
  const { store, path, options } = driven;
  const log = (kind: 'report' | 'resolve', issue: number, seconds: number, { severity, category }: Labels = LABELS) =>
    issueLog(kind, seconds, {
      [ATTR_AGENT_ID]: `agent-${String(issue % 2)}`,
      [ATTR_ISSUE_ID]: `issue-${String(issue)}`,
      [ATTR_ISSUE_SEVERITY]: severity,
      [ATTR_ISSUE_CATEGORY]: category,
      'log.record.uid': `u${String(driven.events++)}`,
    });
  switch (step.kind) {
    case 'report': {
      const { issues, seconds, count, ...labels } = step;
      const records = issues.flatMap((issue, place) =>
        Array.from({ length: count }, (_, later) => log('report', issue, seconds + (place >> 1) + later, labels)),
      );
      return take(store, records);
    }
    case 'resolve':
      return take(store, [log('resolve', step.issue, step.seconds)]);
    case 'ask':
      return expectWorst(store, step.limit);
    case 'checkpoint':
      return store.forgetUids(0n); // writes what is in memory
    case 'begin':
      driven.pending.push(store.forgetUids(0n));
      return;
    case 'forget':
      await store.forgetIssues({ closedBefore: NOW + SECOND, unseenBefore: NOW + SECOND, limit: 3 });
      return;
    case 'restart':
    case 'crash':
      await Promise.all(driven.pending.splice(0));
      if (step.kind === 'crash') driven.path = crashCopy(path);
      await store.close();
      driven.store = openAt(driven.path, options);
  }
}

/** Of equals, any may be listed, in any order; but each once, as it is, and none that is not open. */
async function expectWorst(store: Store, limit: number): Promise<void> {
  const worst = await store.worstIssues(limit);
  const described = await store.worstOpenIssues(limit);
  const open = (await store.issues('', 10_000)).filter(({ history }) => history.head.status === 'open');
  expect(worst.map(rankOf)).toEqual(open.sort(byRank).slice(0, limit).map(rankOf));
  expect(described).toEqual(worst.map(openIssue));
  const byKey = new Map(open.map((record) => [record.key, record]));
  expect(worst).toEqual(worst.map(({ key }) => byKey.get(key)));
  expect(new Set(worst.map(({ key }) => key)).size).toBe(worst.length);
  const groups = (await store.activeIssues()).filter((group) => group.open > 0);
  for (const { agent, severity, category, open: count, oldestOpenedAt } of groups) {
    const ofAgent = open.filter(({ identity }) => identity.agentId === agent.agentId);
    const heads = ofAgent.map(({ history: { head } }) => head);
    const inGroup = heads.filter((head) => head.severity === severity && head.category === category);
    expect([inGroup.length, inGroup.map(({ openedAt }) => openedAt).sort()[0]]).toEqual([count, oldestOpenedAt]);
  }
}

function rankOf({ history: { head } }: IssueRecord): readonly [number, bigint] {
  return [SEVERITIES.indexOf(head.severity), head.openedAt];
}

function byRank(a: IssueRecord, b: IssueRecord): number {
  const [[rankA, openedA], [rankB, openedB]] = [rankOf(a), rankOf(b)];
  return rankA - rankB || Number(openedA - openedB);
}

describe('WorstIssues', () => {
  it('walks only when it cannot be sure', () => {
    const all = new Map<string, IssueRecord>();
    const worst = new WorstIssues(() => 1, 8);
    let walks = 0;
    const changed = (): readonly IssueRecord[] => {
      walks++;
      return [...all.values()];
    };
    const set = (n: number, after: IssueRecord | undefined): void => {
      const key = `issue-${String(n)}`;
      worst.change(all.get(key), after);
      if (after === undefined) all.delete(key);
      else all.set(key, after);
    };
    const list = (): readonly string[] => worst.list(3, { unchanged: () => [], changed }).map(({ key }) => key);

    for (let n = 0; n < 20; n++) set(n, recordOf(n, BigInt(n)));
    expect(list()).toEqual(['issue-0', 'issue-1', 'issue-2']);
    // Five of those that are kept go; three are left.
    for (let n = 0; n < 5; n++) set(n, undefined);
    expect(list()).toEqual(['issue-5', 'issue-6', 'issue-7']);
    set(19, recordOf(19, 1n));
    expect(list()).toEqual(['issue-19', 'issue-5', 'issue-6']);
    expect(walks).toBe(1);
    set(5, undefined);
    set(19, undefined);
    expect(list()).toEqual(['issue-6', 'issue-7', 'issue-8']);
    expect(walks).toBe(2);
  });

  it('never walks again while it holds all that are open', () => {
    const worst = new WorstIssues(() => 1, 8);
    const records = Array.from({ length: 8 }, (_, n) => recordOf(n, BigInt(n)));
    const walks = [records];
    const list = (): number => worst.list(8, { unchanged: () => [], changed: () => walks.pop() ?? [] }).length;
    expect(list()).toBe(8);
    for (const record of records) worst.change(record, undefined);
    expect(list()).toBe(0);
  });

  it('walks again after a walk that failed, and when an issue is not where it belongs', () => {
    const worst = new WorstIssues(() => 1, 8);
    const [first, second] = [recordOf(1, 1n), recordOf(2, 2n)];
    const keysOf = (unchanged: () => readonly RankedIssue[], changed: readonly IssueRecord[]): readonly string[] =>
      worst.list(2, { unchanged, changed: () => changed }).map(({ key }) => key);
    const failing = (): readonly RankedIssue[] => {
      throw new Error('a sick disk');
    };
    expect(() => keysOf(failing, [])).toThrow('a sick disk');
    const damaged = (): readonly RankedIssue[] => [{ key: 'issue-1', severityRank: 1, openedAt: 7n, groupId: 1 }];
    expect(keysOf(damaged, [second])).toEqual(['issue-2', 'issue-1']);
    worst.change(first, undefined);
    expect(keysOf(() => [], [second])).toEqual(['issue-2']);
  });
});

function recordOf(n: number, openedAt: bigint): IssueRecord {
  const issueId = `issue-${String(n)}`;
  return {
    key: issueId,
    identity: { environment: '', namespace: '', agentId: 'agent', issueId, fingerprint: '' },
    reporter: { serviceName: '', agentType: '' },
    history: { ...NO_HISTORY, head: { ...NO_HISTORY.head, status: 'open', severity: 'high', openedAt } },
    story: NOTHING_TOLD,
    stragglerReports: 0,
  };
}
