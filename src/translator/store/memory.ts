import { randomUUID } from 'node:crypto';
import { agentOf, dueAt, type IssueRecord, keyOf } from '../../lifecycle/issue.ts';
import { activeGroup } from './active-issues.ts';
import {
  type ActiveIssues,
  type CommitRequest,
  type Decide,
  type OutgoingRow,
  PARKED_ROWS_MAX,
  type Store,
} from './store.ts';

/** A store that lives as long as the process: for `hiveloop dev` and tests. */
export function openMemoryStore(now: bigint): Store {
  const records = new Map<string, IssueRecord>();
  const takenAtByUid = new Map<string, bigint>();
  const counters = new Map<string, number>();
  const parked: { readonly row: OutgoingRow; readonly reason: string }[] = [];
  let rows: OutgoingRow[] = [];
  let lastSequence = 0;

  const remove = (gone: readonly OutgoingRow[]): void => {
    const sequences = new Set(gone.map(({ sequence }) => sequence));
    rows = rows.filter(({ sequence }) => !sequences.has(sequence));
  };

  // Nothing changes before `decide` has answered, and nothing after that can throw: so a commit is whole or nothing.
  const commit = ({ events, keys }: CommitRequest, decide: Decide): void => {
    const uids = new Map<string, bigint>();
    const fresh = events.filter((addressed) => {
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
    const decision = decide(fresh, loaded);
    for (const [uid, takenAt] of uids) takenAtByUid.set(uid, takenAt);
    for (const record of decision.records) records.set(record.key, record);
    for (const outgoing of decision.outgoing) rows.push({ sequence: ++lastSequence, outgoing });
    for (const [name, count] of decision.counted) counters.set(name, (counters.get(name) ?? 0) + count);
  };

  return {
    identity: { id: randomUUID(), createdAt: now },
    commit: (request, decide) =>
      new Promise((resolve) => {
        commit(request, decide);
        resolve();
      }),
    dueIssues: (at, limit) => Promise.resolve(findDue(records.values(), at).slice(0, limit)),
    issues: (afterKey, limit) => {
      const keys = [...records.keys()].filter((key) => key > afterKey).sort();
      return Promise.resolve(keys.slice(0, limit).flatMap((key) => records.get(key) ?? []));
    },
    activeIssues: () => Promise.resolve(countActive(records.values())),
    counters: () => Promise.resolve(new Map(counters)),
    nextOutgoing: (signal, limit) =>
      Promise.resolve(rows.filter(({ outgoing }) => outgoing.signal === signal).slice(0, limit)),
    acknowledge: (sent) => {
      remove(sent);
      return Promise.resolve();
    },
    park: (row, reason) => {
      remove([row]);
      parked.push({ row, reason });
      if (parked.length > PARKED_ROWS_MAX) parked.shift();
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

function countActive(records: Iterable<IssueRecord>): readonly ActiveIssues[] {
  const groups = new Map<string, ActiveIssues>();
  for (const record of records) {
    const group = activeGroup(record);
    if (group === undefined) continue;
    const name = JSON.stringify([group.agent, group.reporter, group.severity, group.category]);
    groups.set(name, { ...group, open: group.open + (groups.get(name)?.open ?? 0) });
  }
  return [...groups.values()];
}
