import type { OutgoingRow } from './store.ts';

export interface OutboxHeadLimits {
  readonly rowsMax: number;
  readonly bytesMax: number;
}

/** Of one signal, also while its receiver is away. A told transition is one row of about a kilobyte; a sender takes 256 at a time. */
const LIMITS: OutboxHeadLimits = { rowsMax: 2048, bytesMax: 4 * 1_048_576 };

/**
 * The oldest rows of one signal's outbox, in memory: always a beginning of what the table holds, in its order, and
 * nothing else. Rows that were just committed need not be read from the table to be sent, and of rows that begin it is
 * known that no other lies between them. Whoever changes the table says so here once that is on disk; in doubt,
 * {@link forget}, and the table is read again.
 */
export class OutboxHead {
  readonly #limits: OutboxHeadLimits;
  #rows: OutgoingRow[] = [];
  #bytes = 0;
  /** True when the table holds no others. */
  #isWhole = false;

  constructor(limits: OutboxHeadLimits = LIMITS) {
    this.#limits = limits;
  }

  /** The oldest rows, all of them or as many as asked for; undefined when only the table knows. */
  oldest(limit: number): readonly OutgoingRow[] | undefined {
    return this.#isWhole || this.#rows.length >= limit ? this.#rows.slice(0, limit) : undefined;
  }

  /** The table was read from its beginning. */
  read(rows: readonly OutgoingRow[], isAll: boolean): void {
    this.forget();
    this.#isWhole = true;
    for (const row of rows) this.add(row);
    this.#isWhole &&= isAll;
  }

  /** A row has come to the end of the table. Past the bounds it stays there, and so do those after it. */
  add(row: OutgoingRow): void {
    if (!this.#isWhole) return;
    const { byteLength } = row.outgoing.body;
    if (this.#rows.length >= this.#limits.rowsMax || this.#bytes + byteLength > this.#limits.bytesMax) {
      this.#isWhole = false;
      return;
    }
    this.#rows.push(row);
    this.#bytes += byteLength;
  }

  /** Whether the table begins with these rows, so that nothing lies before them or between them. */
  beginsWith(rows: readonly OutgoingRow[]): boolean {
    return rows.every(({ sequence }, place) => this.#rows[place]?.sequence === sequence);
  }

  /** Rows have left the table. */
  remove(rows: readonly OutgoingRow[]): void {
    if (!this.beginsWith(rows)) {
      this.forget();
      return;
    }
    for (const { outgoing } of this.#rows.splice(0, rows.length)) this.#bytes -= outgoing.body.byteLength;
  }

  forget(): void {
    this.#rows = [];
    this.#bytes = 0;
    this.#isWhole = false;
  }
}
