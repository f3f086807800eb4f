import type { EventPack } from '../../lifecycle/event-tail.ts';
import { dueAt, type IssueRecord } from '../../lifecycle/issue.ts';
import { ActiveGroups } from './active-groups.ts';
import { severityRank } from './active-issues.ts';
import { hasMovedColumns, issueColumns, type IssueColumns } from './issue-columns.ts';
import { decodeIssue, encodeIssue, joinPacks } from './issue-row.ts';
import { bytes, integer, number, type Row, text } from './row.ts';
import type { Statements } from './sqlite-statements.ts';
import type { ActiveIssues } from './store.ts';

/** An issue that differs from its row. */
interface Changed {
  record: IssueRecord;
  /** What the row's columns hold; undefined when there is no row. */
  readonly saved: IssueColumns | undefined;
  readonly savedFolded: IssueRecord['history']['folded'];
  /** Packs of its tail that rows have. */
  readonly savedPacks: readonly EventPack[];
}

/** An issue as it was read. */
interface Loaded {
  readonly record: IssueRecord;
  /** The last journal row whose effect the issue's row has. */
  readonly sequence: number;
}

/** Issues in memory that could be read again, in bytes, more or less. */
const CACHE_BYTES_MAX = 128 * 2 ** 20;
const ISSUE_BYTES = 4096;

/**
 * The issues: rows, written behind the journal, and over them those that have changed since, in memory. Every answer
 * is as if all were written.
 */
export class IssueTable {
  readonly groups: ActiveGroups = new ActiveGroups();
  readonly #statements: Statements;
  readonly #changed = new Map<string, Changed>();
  /** Unchanged issues, in two generations: the older is dropped when the younger is full. */
  #young = new Map<string, IssueRecord>();
  #old = new Map<string, IssueRecord>();
  #youngBytes = 0;

  constructor(statements: Statements) {
    this.#statements = statements;
    for (const row of statements.activeGroups.all()) {
      const issues = Number(row['issues']);
      const open = Number(row['open']);
      const oldest = row['oldest_opened_at'];
      const oldestOpenedAt = typeof oldest === 'bigint' ? oldest : 0n;
      this.groups.load(Number(row['id']), text(row, 'labels'), { issues, open, oldestOpenedAt });
    }
  }

  get changedIssues(): number {
    return this.#changed.size;
  }

  changedKeys(): readonly string[] {
    return [...this.#changed.keys()];
  }

  get(key: string): IssueRecord | undefined {
    const known = this.#changed.get(key)?.record ?? this.#young.get(key);
    if (known !== undefined) return known;
    const record = this.#old.get(key) ?? this.load(key)?.record;
    if (record !== undefined) this.#remember(record);
    return record;
  }

  /** Reads an issue past the cache; changed issues are not in their rows yet. */
  load(key: string): Loaded | undefined {
    const row = this.#statements.loadIssue.get(key);
    return row === undefined ? undefined : { record: this.#read(row), sequence: number(row, 'sequence') };
  }

  /**
   * @param before the issue as {@link get} gave it
   */
  put(before: IssueRecord | undefined, record: IssueRecord): void {
    const changed = this.#changed.get(record.key);
    this.groups.change(before, record);
    if (changed !== undefined) {
      changed.record = record;
      return;
    }
    this.#young.delete(record.key);
    this.#old.delete(record.key);
    this.#changed.set(record.key, {
      record,
      saved: before && issueColumns(before, this.groups),
      savedFolded: before?.history.folded,
      savedPacks: before?.history.tail.packs ?? [],
    });
  }

  /** Writes what changed of these issues, within a transaction; `done` once that is committed. */
  save(keys: readonly string[], sequence: number): { readonly done: () => void } {
    const saved = keys.flatMap((key) => this.#changed.get(key) ?? []);
    for (const changed of saved) {
      changed.record = packTail(changed.record);
      this.#saveIssue(changed, sequence);
    }
    const groups = this.groups.takeUnsaved();
    for (const { id, labels } of groups) this.#statements.saveGroup.run(id, labels);
    return {
      done: () => {
        this.groups.markSaved(groups);
        for (const { record } of saved) {
          this.#changed.delete(record.key);
          this.#remember(record);
        }
      },
    };
  }

  due(now: bigint, limit: number): readonly string[] {
    const due: { readonly key: string; readonly at: bigint }[] = [];
    for (const row of this.#statements.dueIssues.iterate(now)) {
      if (due.length === limit) break;
      const key = text(row, 'key');
      if (!this.#changed.has(key)) due.push({ key, at: integer(row, 'due_at') });
    }
    for (const [key, { record }] of this.#changed) {
      const at = dueAt(record);
      if (at !== undefined && at <= now) due.push({ key, at });
    }
    return due
      .sort((a, b) => compare(a.at, b.at))
      .slice(0, limit)
      .map(({ key }) => key);
  }

  page(afterKey: string, limit: number): readonly IssueRecord[] {
    const rows = this.#statements.issues.all(afterKey, limit);
    const lastRow = rows.at(-1);
    // Beyond the last row other rows may come before a changed issue.
    const until = rows.length < limit || lastRow === undefined ? undefined : text(lastRow, 'key');
    const changed = [...this.#changed.values()].filter(
      ({ record: { key } }) => key > afterKey && (until === undefined || key <= until),
    );
    const unchanged = rows.filter((row) => !this.#changed.has(text(row, 'key')));
    const records = [...unchanged.map((row) => this.#read(row)), ...changed.map(({ record }) => record)];
    return records.sort((a, b) => compare(a.key, b.key)).slice(0, limit);
  }

  worst(limit: number): readonly IssueRecord[] {
    const worst: IssueRecord[] = [];
    for (const row of this.#statements.worstIssues.iterate()) {
      if (worst.length === limit) break;
      if (!this.#changed.has(text(row, 'key'))) worst.push(this.#read(row));
    }
    const last = worst.length === limit ? worst.at(-1) : undefined;
    for (const { record } of this.#changed.values()) {
      if (record.history.head.status !== 'open') continue;
      if (last === undefined || compareWorst(record, last) < 0) worst.push(record);
    }
    return worst.sort(compareWorst).slice(0, limit);
  }

  /** Of all issues, in any order. */
  keys(): readonly string[] {
    const keys = new Set(this.#changed.keys());
    for (const row of this.#statements.issueKeys.iterate()) keys.add(text(row, 'key'));
    return [...keys];
  }

  active(): readonly ActiveIssues[] {
    return this.groups.list((groupIds) => this.#findOldest(groupIds));
  }

  /**
   * Keys of issues that nobody has heard of for so long: closed ones, and such as have only closers. Issues that are in
   * memory with changes, or in the journal, are not among them.
   */
  quiet(limits: {
    readonly closedBefore: bigint;
    readonly unseenBefore: bigint;
    readonly covered: number;
    readonly limit: number;
  }): readonly string[] {
    const { closedBefore, unseenBefore, covered, limit } = limits;
    const rows = [
      ...this.#statements.quietClosed.all(closedBefore, covered, limit),
      ...this.#statements.quietUnseen.all(unseenBefore, covered, limit),
    ];
    return rows.map((row) => text(row, 'key')).filter((key) => !this.#changed.has(key));
  }

  /** Forgets issues, within a transaction; `done` once that is committed. */
  forget(keys: readonly string[]): { readonly done: () => void } {
    const records = keys.flatMap((key) => this.get(key) ?? []);
    for (const key of keys) {
      this.#statements.forgetIssue.run(key);
      this.#statements.forgetTail.run(key);
    }
    return {
      done: () => {
        for (const record of records) {
          this.groups.change(record, undefined);
          this.#young.delete(record.key);
          this.#old.delete(record.key);
        }
      },
    };
  }

  #saveIssue({ record, saved, savedFolded, savedPacks }: Changed, sequence: number): void {
    const columns = issueColumns(record, this.groups);
    const { record: encoded, crc } = encodeIssue(record);
    const { groupId, isOpen, openedAt, severityRank: rank, dueAt: due, quietSince } = columns;
    if (saved !== undefined && !hasMovedColumns(saved, columns)) {
      this.#statements.updateIssue.run(sequence, crc, encoded, record.key);
    } else {
      this.#statements.saveIssue.run(
        record.key,
        sequence,
        groupId,
        isOpen,
        openedAt,
        rank,
        due,
        quietSince,
        crc,
        encoded,
      );
    }
    const { folded, tail } = record.history;
    if (folded !== undefined && folded !== savedFolded) this.#statements.trimTail.run(record.key, folded.effectiveTime);
    const known = new Set(savedPacks);
    const packs = tail.packs.filter((pack) => !known.has(pack));
    if (packs.length > 0 && tail.newest !== undefined) {
      this.#statements.saveTail.run(record.key, sequence, tail.newest.effectiveTime, joinPacks(packs));
    }
  }

  #read(row: Row): IssueRecord {
    const key = text(row, 'key');
    const tails = this.#statements.loadTail.all(key).map((tail) => bytes(tail, 'events'));
    return decodeIssue({ record: text(row, 'record'), crc: number(row, 'crc') }, tails);
  }

  #remember(record: IssueRecord): void {
    this.#young.set(record.key, record);
    this.#youngBytes += record.history.tail.packs.reduce((sum, { bytes }) => sum + bytes.byteLength, ISSUE_BYTES);
    if (this.#youngBytes < CACHE_BYTES_MAX / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
  }

  #findOldest(groupIds: ReadonlySet<number>): ReadonlyMap<number, bigint> {
    const oldest = new Map<number, bigint>();
    for (const groupId of groupIds) {
      for (const row of this.#statements.groupOldest.iterate(groupId)) {
        if (this.#changed.has(text(row, 'key'))) continue;
        oldest.set(groupId, integer(row, 'opened_at'));
        break;
      }
    }
    for (const { record } of this.#changed.values()) {
      const { status, openedAt } = record.history.head;
      const groupId = status === 'open' ? this.groups.idOf(record) : null;
      if (groupId === null || !groupIds.has(groupId)) continue;
      const known = oldest.get(groupId);
      if (known === undefined || openedAt < known) oldest.set(groupId, openedAt);
    }
    return oldest;
  }
}

/** Rows hold packs; an issue that has been saved has nothing else. */
function packTail(record: IssueRecord): IssueRecord {
  const { history } = record;
  const tail = history.tail.pack();
  return tail === history.tail ? record : { ...record, history: { ...history, tail } };
}

function compareWorst(a: IssueRecord, b: IssueRecord): number {
  return severityRank(a) - severityRank(b) || compare(a.history.head.openedAt, b.history.head.openedAt);
}

function compare<T extends string | bigint>(a: T, b: T): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
