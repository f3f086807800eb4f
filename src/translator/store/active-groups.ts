import type { IssueRecord } from '../../lifecycle/issue.ts';
import { activeGroup } from './active-issues.ts';
import type { ActiveIssues } from './store.ts';

interface Group {
  readonly id: number;
  readonly labels: Omit<ActiveIssues, 'open' | 'oldestOpenedAt'>;
  issues: number;
  open: number;
  /** Undefined when the issue that was open the longest has closed: it is looked up when somebody asks. */
  oldestOpenedAt: bigint | undefined;
}

/** Open issues counted by all that labels a metric, kept in step with each change, so that a snapshot reads no issue. */
export class ActiveGroups {
  readonly #byLabels = new Map<string, Group>();
  readonly #byId = new Map<number, Group>();
  readonly #unsaved = new Map<number, string>();
  #lastId = 0;

  /** A group as it is on disk. */
  load(id: number, labels: string, counted: { issues: number; open: number; oldestOpenedAt: bigint }): void {
    const group = { id, labels: JSON.parse(labels) as Group['labels'], ...counted };
    this.#byLabels.set(labels, group);
    this.#byId.set(id, group);
    this.#lastId = Math.max(this.#lastId, id);
  }

  /** Null for an issue with no report yet. */
  idOf(record: IssueRecord): number | null {
    return this.#groupOf(record)?.id ?? null;
  }

  /** Of these groups, the ids of their agents: most issues that are in none of them are told by it, and need no group named. */
  agentIds(groupIds: Iterable<number>): ReadonlySet<string> {
    const agentIds = new Set<string>();
    for (const id of groupIds) {
      const group = this.#byId.get(id);
      if (group !== undefined) agentIds.add(group.labels.agent.agentId);
    }
    return agentIds;
  }

  change(before: IssueRecord | undefined, after: IssueRecord | undefined): void {
    if (before !== undefined && after !== undefined && isSameFor(before, after)) return;
    if (before !== undefined) this.#count(before, -1);
    if (after !== undefined) this.#count(after, 1);
  }

  /** Labels that no row has yet, by id. They stay listed until {@link markSaved}. */
  takeUnsaved(): readonly { readonly id: number; readonly labels: string }[] {
    return Array.from(this.#unsaved, ([id, labels]) => ({ id, labels }));
  }

  markSaved(saved: readonly { readonly id: number }[]): void {
    for (const { id } of saved) this.#unsaved.delete(id);
  }

  /** @param findOldest the earliest start of an open episode, by group; asked only for groups where it is not known */
  list(findOldest: (groupIds: ReadonlySet<number>) => ReadonlyMap<number, bigint>): readonly ActiveIssues[] {
    const unknown = new Set<number>();
    for (const { id, open, oldestOpenedAt } of this.#byId.values()) {
      if (open > 0 && oldestOpenedAt === undefined) unknown.add(id);
    }
    if (unknown.size > 0) {
      for (const [id, oldest] of findOldest(unknown)) {
        const group = this.#byId.get(id);
        if (group !== undefined) group.oldestOpenedAt = oldest;
      }
    }
    return [...this.#byId.values()]
      .filter(({ issues }) => issues > 0)
      .map(({ labels, open, oldestOpenedAt }) => ({ ...labels, open, oldestOpenedAt: oldestOpenedAt ?? 0n }));
  }

  #count(record: IssueRecord, by: 1 | -1): void {
    const group = this.#groupOf(record);
    if (group === undefined) return;
    group.issues += by;
    const { status, openedAt } = record.history.head;
    if (status !== 'open') return;
    group.open += by;
    if (group.open === 0) group.oldestOpenedAt = 0n;
    else if (by === -1) {
      if (group.oldestOpenedAt === openedAt) group.oldestOpenedAt = undefined;
    } else if (group.open === 1) group.oldestOpenedAt = openedAt;
    else if (group.oldestOpenedAt !== undefined && openedAt < group.oldestOpenedAt) group.oldestOpenedAt = openedAt;
  }

  #groupOf(record: IssueRecord): Group | undefined {
    const active = activeGroup(record);
    if (active === undefined) return undefined;
    const { agent, reporter, severity, category } = active;
    const labels = { agent, reporter, severity, category };
    const text = JSON.stringify(labels);
    const known = this.#byLabels.get(text);
    if (known !== undefined) return known;
    const group = { id: ++this.#lastId, labels, issues: 0, open: 0, oldestOpenedAt: 0n };
    this.#byLabels.set(text, group);
    this.#byId.set(group.id, group);
    this.#unsaved.set(group.id, text);
    return group;
  }
}

/** True when both are counted alike and are as long open; cheaper than naming their groups. */
export function isSameFor(before: IssueRecord, after: IssueRecord): boolean {
  const [a, b] = [before.history.head, after.history.head];
  return (
    a.status === b.status &&
    a.severity === b.severity &&
    a.category === b.category &&
    a.openedAt === b.openedAt &&
    before.reporter === after.reporter
  );
}
