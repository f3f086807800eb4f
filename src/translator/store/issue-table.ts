import type { EventPack } from '../../lifecycle/packed-events.ts';
import { dueAt, type IssueNames, type IssueRecord } from '../../lifecycle/issue.ts';
import { ActiveGroups } from './active-groups.ts';
import { openIssue } from './active-issues.ts';
import { hasMovedColumns, issueColumns, type IssueColumns } from './issue-columns.ts';
import { decodeIssue, encodeIssue, joinPacks } from './issue-row.ts';
import { LiveIssue } from './live-issue.ts';
import { bytes, integer, number, optionalBytes, type Row, text } from './row.ts';
import type { Statements } from './sqlite-statements.ts';
import type { ActiveIssues, OpenIssue } from './store.ts';
import { type RankedIssue, WorstIssues } from './worst-issues.ts';

/** An issue that differs from its row. */
interface Changed {
  readonly issue: LiveIssue;
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

const CACHE_BYTES = 128 * 2 ** 20;
const ISSUE_BYTES = 4096;

/**
 * The issues: rows, written behind the journal, and over them those that have changed since, in memory. Every answer
 * is as if all were written.
 */
export class IssueTable {
  readonly groups: ActiveGroups = new ActiveGroups();
  readonly #statements: Statements;
  readonly #cacheBytes: number;
  readonly #worst: WorstIssues;
  readonly #changed = new Map<string, Changed>();
  /** Unchanged issues, in two generations: the older is dropped when the younger is full. */
  #young = new Map<string, LiveIssue>();
  #old = new Map<string, LiveIssue>();
  #youngBytes = 0;
  /** All that are in memory: a place remembered elsewhere is a number, and keeps nobody there. */
  #slots: (LiveIssue | undefined)[] = [];
  readonly #freeSlots: number[] = [];

  /**
   * @param cacheBytes of issues in memory that could be read again, more or less. Default: 128 MiB
   * @param worstKept open issues kept in order. Default: that of {@link WorstIssues}
   */
  constructor(statements: Statements, cacheBytes: number = CACHE_BYTES, worstKept?: number) {
    this.#statements = statements;
    this.#cacheBytes = cacheBytes;
    this.#worst = new WorstIssues((record) => this.groups.idOf(record), worstKept);
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
    return this.live(key)?.record;
  }

  /** The issue itself, which stays the same as long as it is in memory. */
  live(key: string): LiveIssue | undefined {
    const known = this.#changed.get(key)?.issue ?? this.#young.get(key);
    if (known !== undefined) return known;
    const loaded = this.#old.get(key) ?? this.#loadLive(key);
    this.#old.delete(key);
    if (loaded !== undefined) this.#remember(key, loaded);
    return loaded;
  }

  /** The same by an event's names, which remember it: in a fleet of issues each look into a map costs as much as the fold. */
  find(names: IssueNames): LiveIssue | undefined {
    const known = names.keeper === this && names.slot !== undefined ? this.#slots[names.slot] : undefined;
    if (known?.names === names) return known;
    const issue = this.live(names.key);
    if (issue?.slot === undefined) return issue;
    issue.names = names;
    names.keeper = this;
    names.slot = issue.slot;
    return issue;
  }

  /** Reads an issue past the cache; changed issues are not in their rows yet. */
  load(key: string): Loaded | undefined {
    const row = this.#statements.loadIssue.get(key);
    return row === undefined ? undefined : { record: this.#read(row), sequence: number(row, 'sequence') };
  }

  /** @param issue the issue so far, as {@link live} gave it */
  put(issue: LiveIssue | undefined, record: IssueRecord): void {
    const before = issue?.record;
    this.groups.change(before, record);
    this.#worst.change(before, record);
    const kept = issue ?? new LiveIssue(record);
    if (!this.#changed.has(record.key)) this.#change(kept, before);
    kept.replace(record);
  }

  /** After a recurrence: the issue differs from its row, whose columns say what recurrences do not change. */
  noteChange(issue: LiveIssue): void {
    if (!issue.isChanged) this.#change(issue, issue.anchor);
  }

  /** The issue is as its row again. */
  takeBackChange(issue: LiveIssue): void {
    if (issue.isChanged) this.#keepUnchanged(issue);
  }

  /** Writes what changed of these issues, within a transaction; `done` once that is committed. */
  save(keys: readonly string[], sequence: number): { readonly done: () => void } {
    const saved = keys.flatMap((key) => this.#changed.get(key) ?? []);
    for (const changed of saved) {
      changed.issue.pack();
      this.#saveIssue(changed, sequence);
    }
    const groups = this.groups.takeUnsaved();
    for (const { id, labels } of groups) this.#statements.saveGroup.run(id, labels);
    return {
      done: () => {
        this.groups.markSaved(groups);
        for (const { issue } of saved) this.#keepUnchanged(issue);
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
    for (const [key, { issue }] of this.#changed) {
      const at = dueAt(issue.anchor);
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
    const changed = [...this.#changed].filter(([key]) => key > afterKey && (until === undefined || key <= until));
    const unchanged = rows.filter((row) => !this.#changed.has(text(row, 'key')));
    const records = [...unchanged.map((row) => this.#read(row)), ...changed.map(([, { issue }]) => issue.record)];
    return records.sort((a, b) => compare(a.key, b.key)).slice(0, limit);
  }

  worst(limit: number): readonly IssueRecord[] {
    return this.#listWorst(limit).flatMap(({ key }) => this.#peek(key)?.record ?? []);
  }

  /** The same of {@link worst} that does not change as they recur; of an issue that it has told before, nothing is read. */
  worstOpen(limit: number): readonly OpenIssue[] {
    return this.#listWorst(limit).flatMap((ranked) => {
      const anchor = ranked.described === undefined ? this.#peek(ranked.key)?.anchor : undefined;
      if (anchor !== undefined) ranked.described = openIssue(anchor);
      return ranked.described ?? [];
    });
  }

  /** Nothing is in memory any more. */
  close(): void {
    this.#changed.clear();
    this.#young.clear();
    this.#old.clear();
    this.#slots = [];
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
          this.#worst.change(record, undefined);
          this.#release(this.#young.get(record.key) ?? this.#old.get(record.key));
          this.#young.delete(record.key);
          this.#old.delete(record.key);
        }
      },
    };
  }

  #change(issue: LiveIssue, before: IssueRecord | undefined): void {
    const { key } = issue.anchor;
    this.#young.delete(key);
    this.#old.delete(key);
    issue.isChanged = true;
    this.#hold(issue);
    this.#changed.set(key, {
      issue,
      saved: before && issueColumns(before, this.groups),
      savedFolded: before?.history.folded,
      savedPacks: before?.history.tail.packs ?? [],
    });
  }

  #keepUnchanged(issue: LiveIssue): void {
    const { key } = issue.anchor;
    this.#changed.delete(key);
    issue.isChanged = false;
    this.#remember(key, issue);
  }

  #saveIssue({ issue, saved, savedFolded, savedPacks }: Changed, sequence: number): void {
    const { record } = issue;
    const columns = issueColumns(record, this.groups);
    const { record: encoded, recent, crc } = encodeIssue(record);
    const { groupId, isOpen, openedAt, severityRank: rank, dueAt: due, quietSince } = columns;
    if (saved !== undefined && !hasMovedColumns(saved, columns)) {
      this.#statements.updateIssue.run(sequence, crc, encoded, recent, record.key);
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
        recent,
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
    const written = { record: text(row, 'record'), recent: optionalBytes(row, 'recent'), crc: number(row, 'crc') };
    return decodeIssue(written, tails);
  }

  #loadLive(key: string): LiveIssue | undefined {
    const loaded = this.load(key);
    return loaded && new LiveIssue(loaded.record);
  }

  /** Reads an issue and keeps it in no cache: who asks for many of them does not come back for each. */
  #peek(key: string): LiveIssue | undefined {
    return this.#changed.get(key)?.issue ?? this.#young.get(key) ?? this.#old.get(key) ?? this.#loadLive(key);
  }

  #listWorst(limit: number): readonly RankedIssue[] {
    return this.#worst.list(limit, {
      unchanged: (count) => this.#worstUnchanged(count),
      changed: () => Array.from(this.#changed.values(), ({ issue }) => issue.anchor),
    });
  }

  *#worstUnchanged(count: number): Generator<RankedIssue> {
    let found = 0;
    for (const row of this.#statements.worstIssues.iterate()) {
      if (found === count) break;
      const key = text(row, 'key');
      if (this.#changed.has(key)) continue;
      found++;
      yield {
        key,
        severityRank: number(row, 'severity_rank'),
        openedAt: integer(row, 'opened_at'),
        groupId: number(row, 'group_id'),
      };
    }
  }

  #remember(key: string, issue: LiveIssue): void {
    this.#young.set(key, issue);
    this.#hold(issue);
    this.#youngBytes += issue.anchor.history.tail.packs.reduce((sum, { bytes }) => sum + bytes.byteLength, ISSUE_BYTES);
    if (this.#youngBytes < this.#cacheBytes / 2) return;
    const leaving = this.#old;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
    for (const [leavingKey, old] of leaving) {
      // One that a turn has in its hands must not be read a second time.
      if (old.staged === undefined) this.#release(old);
      else this.#young.set(leavingKey, old);
    }
  }

  #hold(issue: LiveIssue): void {
    if (issue.slot !== undefined) return;
    issue.slot = this.#freeSlots.pop() ?? this.#slots.length;
    this.#slots[issue.slot] = issue;
  }

  #release(issue: LiveIssue | undefined): void {
    if (issue?.slot === undefined) return;
    this.#slots[issue.slot] = undefined;
    this.#freeSlots.push(issue.slot);
    issue.slot = undefined;
  }

  #findOldest(groupIds: ReadonlySet<number>): ReadonlyMap<number, bigint> {
    const kept = this.#worst.oldestOf(groupIds);
    const others = [...groupIds].filter((groupId) => !kept.has(groupId));
    return others.length === 0 ? kept : new Map([...kept, ...this.#readOldest(new Set(others))]);
  }

  #readOldest(groupIds: ReadonlySet<number>): ReadonlyMap<number, bigint> {
    const oldest = new Map<number, bigint>();
    for (const groupId of groupIds) {
      for (const row of this.#statements.groupOldest.iterate(groupId)) {
        if (this.#changed.has(text(row, 'key'))) continue;
        oldest.set(groupId, integer(row, 'opened_at'));
        break;
      }
    }
    const agentIds = this.groups.agentIds(groupIds);
    for (const { issue } of this.#changed.values()) {
      const { identity, history } = issue.anchor;
      const { status, openedAt } = history.head;
      if (status !== 'open' || !agentIds.has(identity.agentId)) continue;
      const groupId = this.groups.idOf(issue.anchor);
      if (groupId === null || !groupIds.has(groupId)) continue;
      const known = oldest.get(groupId);
      if (known === undefined || openedAt < known) oldest.set(groupId, openedAt);
    }
    return oldest;
  }
}

function compare<T extends string | bigint>(a: T, b: T): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
