import { randomUUID } from 'node:crypto';
import { agentOf, dueAt, type IssueRecord, keyOf } from '../../lifecycle/issue.ts';
import { agentKey } from '../../lifecycle/identity.ts';
import { compareEvents } from '../../lifecycle/issue-event.ts';
import type { AgentBeats } from '../../lifecycle/silence.ts';
import { activeGroup, openIssue, severityRank } from './active-issues.ts';
import { quietSince } from './issue-columns.ts';
import { MemoryOutbox } from './memory-outbox.ts';
import { addCounts, type ActiveIssues, type CommitRequest, type Counters, type Decide, type Store } from './store.ts';

/** A store that lives as long as the process: for `hiveloop dev` and tests. */
export function openMemoryStore(now: bigint): Store {
  const records = new Map<string, IssueRecord>();
  const takenAtByUid = new Map<string, bigint>();
  const counters = new Map<string, number>();
  const emittedSeries = new Set<string>();
  const agentBeats = new Map<string, AgentBeats>();
  let newestEventTime = 0n;
  const count = (name: string, by: number): void => void counters.set(name, addCounts(counters.get(name) ?? 0, by));
  const countAll = (counted: Counters): void => {
    for (const [name, by] of counted) count(name, by);
  };
  const outbox = new MemoryOutbox(count);

  // Nothing changes before `decide` has answered, and nothing after that can throw: so a commit is whole or nothing.
  const commit = ({ events, keys }: CommitRequest, decide: Decide): void => {
    const uids = new Map<string, bigint>();
    const fresh = [...events].filter((addressed) => {
      const uid = JSON.stringify([agentOf(addressed), addressed.event.uid]);
      if (takenAtByUid.has(uid) || uids.has(uid)) return false;
      uids.set(uid, addressed.event.takenAt);
      return true;
    });
    const loaded = new Map<string, IssueRecord>();
    for (const key of new Set([...fresh.map(keyOf), ...keys])) {
      const record = records.get(key);
      if (record !== undefined) loaded.set(key, record);
    }
    const decision = decide(
      fresh.sort((a, b) => compareEvents(a.event, b.event)),
      loaded,
    );
    for (const { event } of fresh) if (event.effectiveTime > newestEventTime) newestEventTime = event.effectiveTime;
    for (const [uid, takenAt] of uids) takenAtByUid.set(uid, takenAt);
    for (const record of decision.records) records.set(record.key, record);
    for (const outgoing of decision.outgoing) outbox.enqueue(outgoing);
    countAll(decision.counted);
  };

  return {
    identity: { id: randomUUID(), createdAt: now },
    commit: (request, decide) =>
      new Promise((resolve) => {
        commit(request, decide);
        resolve();
      }),
    issue: (key) => Promise.resolve(records.get(key)),
    newestEventTime: () => newestEventTime,
    checkWritable: () => Promise.resolve(),
    forgetIssues: ({ closedBefore, unseenBefore, limit }) => {
      const isQuiet = (record: IssueRecord): boolean => {
        const { status } = record.history.head;
        return status !== 'open' && quietSince(record) < (status === 'unseen' ? unseenBefore : closedBefore);
      };
      const gone = [...records.values()].filter(isQuiet).slice(0, limit);
      for (const { key } of gone) records.delete(key);
      return Promise.resolve(gone.length);
    },
    dueIssues: (at, limit) => Promise.resolve(findDue(records.values(), at).slice(0, limit)),
    issues: (afterKey, limit) => {
      const keys = [...records.keys()].filter((key) => key > afterKey).sort();
      return Promise.resolve(keys.slice(0, limit).flatMap((key) => records.get(key) ?? []));
    },
    activeIssues: () => Promise.resolve(countActive(records.values())),
    counters: () => Promise.resolve(new Map(counters)),
    worstIssues: (limit) => Promise.resolve(findWorst(records.values()).slice(0, limit)),
    worstOpenIssues: (limit) => Promise.resolve(findWorst(records.values()).slice(0, limit).map(openIssue)),
    forgetCounters: (forgotten) => {
      for (const [name, value] of forgotten) if (counters.get(name) === value) counters.delete(name);
      return Promise.resolve();
    },
    count: (counted) => {
      countAll(counted);
      return Promise.resolve();
    },
    ...outbox.methods,
    emittedSeries: () => Promise.resolve([...emittedSeries]),
    saveEmittedSeries: ({ started, ended }) => {
      for (const name of started) emittedSeries.add(name);
      for (const name of ended) emittedSeries.delete(name);
      return Promise.resolve();
    },
    agentBeats: () => Promise.resolve([...agentBeats.values()]),
    saveAgentBeats: ({ known, forgotten }) => {
      for (const agent of forgotten) agentBeats.delete(agentKey(agent));
      for (const beats of known) agentBeats.set(agentKey(beats.agent), beats);
      return Promise.resolve();
    },
    forgetUids: (takenBefore) => {
      for (const [uid, takenAt] of takenAtByUid) if (takenAt < takenBefore) takenAtByUid.delete(uid);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

function findDue(records: Iterable<IssueRecord>, at: bigint): readonly string[] {
  const due = [...records].flatMap((record) => {
    const time = dueAt(record);
    return time === undefined || time > at ? [] : [{ key: record.key, time }];
  });
  return due.sort((a, b) => (a.time < b.time ? -1 : 1)).map(({ key }) => key);
}

function findWorst(records: Iterable<IssueRecord>): readonly IssueRecord[] {
  const open = [...records].filter(({ history }) => history.head.status === 'open');
  return open.sort(
    (a, b) => severityRank(a) - severityRank(b) || (a.history.head.openedAt < b.history.head.openedAt ? -1 : 1),
  );
}

function countActive(records: Iterable<IssueRecord>): readonly ActiveIssues[] {
  const groups = new Map<string, ActiveIssues>();
  for (const record of records) {
    const group = activeGroup(record);
    if (group === undefined) continue;
    const name = JSON.stringify([group.agent, group.reporter, group.severity, group.category]);
    const known = groups.get(name) ?? { open: 0, oldestOpenedAt: 0n };
    const oldestOpenedAt = oldest(known.oldestOpenedAt, group.oldestOpenedAt);
    groups.set(name, { ...group, open: group.open + known.open, oldestOpenedAt });
  }
  return [...groups.values()];
}

/** The earlier of two times, where 0n is none. */
function oldest(a: bigint, b: bigint): bigint {
  if (a === 0n || b === 0n) return a + b;
  return a < b ? a : b;
}
