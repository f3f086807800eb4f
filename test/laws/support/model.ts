import { labelOf, type Message, WINDOW } from './message.ts';
import { byOrder, type ModelEvent, type Turn, turnsOf, walk, type Walked } from './walk.ts';

/** One thing that is told, as the law compares it. */
export interface ModelTold extends Turn {
  readonly isLate: boolean;
}

const TAIL_MAX = 1024;
const HOUR = 3_600_000_000_000n;
const HORIZON: bigint = 7n * 24n * HOUR;

/** One issue: every event that was applied, how many of them no longer move, and what was told. */
export class ModelIssue {
  readonly label: string;
  events: readonly ModelEvent[] = [];
  stragglerReports = 0;
  shortened = 0;
  readonly told: ModelTold[] = [];
  #fixed = 0;
  #turns = 0;
  #toldSeverity = 'medium';
  #toldAt = 0n;
  #waiting: { readonly uid: string; readonly dueAt: bigint }[] = [];

  constructor(label: string) {
    this.label = label;
  }

  get state(): Walked {
    return walk(this.events);
  }

  get totalOccurrences(): number {
    return this.stragglerReports + sumOf(this.state.episodes.map(({ occurrences }) => occurrences));
  }

  isStraggler(event: ModelEvent): boolean {
    const last = this.events[this.#fixed - 1];
    return event.at <= event.takenAt - HORIZON || (last !== undefined && byOrder(event, last) <= 0);
  }

  take(event: ModelEvent): void {
    const before = this.state;
    this.events = [...this.events, event].sort(byOrder);
    this.#tell(event, before);
    this.#fix(event.takenAt);
  }

  /** Closers that wait for a whole window and still close nothing. */
  passTime(now: bigint): void {
    this.#decide(new Set(this.#waiting.filter(({ dueAt }) => dueAt <= now).map(({ uid }) => uid)));
  }

  #tell(event: ModelEvent, before: Walked): void {
    const { message, at, takenAt } = event;
    const after = this.state;
    const counted = before.status === 'open' ? before.lastSeen : (before.episodes.at(-1)?.closed?.at ?? 0n);
    const isLate = at < counted;
    if (message.kind !== 'report') this.#waiting.push({ uid: message.uid, dueAt: takenAt + WINDOW });

    const turns = turnsOf(after);
    if (turns.length > this.#turns) {
      for (const turn of turns.slice(this.#turns)) {
        this.told.push({ ...turn, isLate });
        if (turn.transition === 'opened' || turn.transition === 'reopened') this.#toldAt = turn.at;
        const closer = this.events.find((other) => other.at === turn.at && other.message.kind !== 'report');
        const isClosing = turn.transition === 'resolved' || turn.transition === 'dismissed';
        if (isClosing) this.#waiting = this.#waiting.filter(({ uid }) => uid !== closer?.message.uid);
      }
      this.#turns = turns.length;
      this.#toldSeverity = after.severity;
      return;
    }
    const episode = after.episodes.at(-1);
    if (message.kind !== 'report' || after.status !== 'open' || episode === undefined || at < episode.openedAt) return;
    const common = { episode: after.episodes.length, at, isLate };
    const reports = this.#reportsSince(episode.openedAt);
    if (reports <= 10 || Math.log2(reports) % 1 === 0 || at - this.#toldAt >= HOUR) {
      this.told.push({ ...common, transition: 'recurred' });
      if (at > this.#toldAt) this.#toldAt = at;
    }
    if (after.severity !== this.#toldSeverity) this.told.push({ ...common, transition: 'severity_changed' });
    this.#toldSeverity = after.severity;
  }

  #reportsSince(openedAt: bigint): number {
    return this.events.filter(({ message, at }) => message.kind === 'report' && at >= openedAt).length;
  }

  /** Events that are old enough, or too many, stay where they are from now on. */
  #fix(now: bigint): void {
    const newest = this.events.at(-1)?.at ?? 0n;
    const isOld = ({ at, takenAt }: ModelEvent): boolean => at < newest - WINDOW && takenAt <= now - WINDOW;
    for (;;) {
      const oldest = this.events[this.#fixed];
      if (oldest === undefined) return;
      if (!isOld(oldest)) {
        if (this.events.length - this.#fixed <= TAIL_MAX) return;
        this.shortened++;
      }
      this.#fixed++;
      this.#decide(new Set([oldest.message.uid]));
    }
  }

  #decide(uids: ReadonlySet<string>): void {
    const { unmatched } = this.state;
    for (const { uid } of this.#waiting.filter((waiting) => uids.has(waiting.uid))) {
      const at = this.events.find(({ message }) => message.uid === uid)?.at ?? 0n;
      if (unmatched.has(uid)) this.told.push({ transition: 'unmatched', episode: -1, at, isLate: false });
    }
    this.#waiting = this.#waiting.filter(({ uid }) => !uids.has(uid));
  }
}

/** All issues and the door. */
export class Model {
  readonly issues = new Map<string, ModelIssue>();
  readonly accounting = { received: 0, duplicate: 0, applied: 0, straggler: 0, rejected: 0 };
  readonly #seen = new Set<string>();

  /** A request as it is taken at that moment, unix ns. */
  take(request: readonly Message[], now: bigint): void {
    const fresh: ModelEvent[] = [];
    for (const message of request) {
      this.accounting.received++;
      if (message.flaw !== 'none') this.accounting.rejected++;
      else if (this.#seen.has(uidOf(message))) this.accounting.duplicate++;
      else {
        this.#seen.add(uidOf(message));
        fresh.push({ message, at: effectiveTime(message, now), takenAt: now });
      }
    }
    for (const event of fresh.sort(byOrder)) this.#takeOne(event);
  }

  /** A person closes what is open: later than all that is known of it. */
  dismiss(label: string, now: bigint): 'dismissed' | 'not_open' | 'unknown' {
    const issue = this.issues.get(label);
    const last = issue?.events.at(-1);
    if (issue === undefined || last === undefined || issue.state.status === 'unseen') return 'unknown';
    if (issue.state.status !== 'open') return 'not_open';
    const message: Message = { ...last.message, kind: 'dismiss', uid: `dismissal-${String(this.accounting.received)}` };
    this.accounting.received++;
    this.accounting.applied++;
    issue.take({ message, at: last.at + 1n > now ? last.at + 1n : now, takenAt: now });
    return 'dismissed';
  }

  passTime(now: bigint): void {
    for (const issue of this.issues.values()) issue.passTime(now);
  }

  #takeOne(event: ModelEvent): void {
    const { agent, issueId, problem, kind } = event.message;
    const label = labelOf(agent, issueId, problem);
    const known = this.issues.get(label);
    const issue = known ?? new ModelIssue(label);
    if (issue.isStraggler(event)) {
      this.accounting.straggler++;
      if (kind === 'report') issue.stragglerReports++;
      return;
    }
    this.issues.set(label, issue);
    this.accounting.applied++;
    issue.take(event);
  }
}

function uidOf({ agent, uid }: Message): string {
  return `${agent} ${uid}`;
}

function effectiveTime({ time, observedTime, carrier }: Message, arrival: bigint): bigint {
  const said = time || (carrier === 'log' ? observedTime : 0n) || arrival;
  return said > arrival + WINDOW ? arrival : said;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
