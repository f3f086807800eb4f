import { freeMemory } from '../free-memory.ts';
import { BloomFilter } from './bloom-filter.ts';
import type { Statements } from './sqlite-statements.ts';
import { UID_HASH_BYTES, UID_HASH_WORDS as WORDS, type UidHash } from './uid-hash.ts';
import { UidSet } from './uid-set.ts';

const DAY_NANOS = 86_400_000_000_000n;
/** Of a turn of a few requests; for a larger one it grows. */
const UNCONFIRMED_WORDS = 4096 * WORDS;

/**
 * Which uids were taken. The newest are in memory (and in the journal, for a restart); older ones are on disk, in blocks
 * by day and by the first byte of their hash, behind a filter that spares nearly every look. A day is dropped at once.
 */
export class UidIndex {
  readonly #statements: Statements;
  readonly #days = new Map<number, { readonly day: number; readonly filter: BloomFilter; count: number }>();
  #recent = new UidSet();
  #recentUntil = 0n;
  /** Of the newest, one after the other: those that are not on disk yet, in memory that is used again. */
  #unconfirmed = new Uint32Array(UNCONFIRMED_WORDS);
  #unconfirmedWords = 0;
  #saving: { readonly uids: UidSet; readonly day: number } | undefined;

  constructor(statements: Statements) {
    this.#statements = statements;
    for (const { day, hashes } of statements.uidBlocks.iterate()) {
      if (hashes instanceof Uint8Array) this.#remember(Number(day), words(hashes));
    }
  }

  /** Uids on disk. */
  get savedUids(): number {
    return [...this.#days.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** Days on disk, in days since 1970, the oldest first. */
  get days(): readonly number[] {
    return [...this.#days.keys()].sort((a, b) => a - b);
  }

  /** Adds a hash, unless it is there: then the answer is false. When it throws, all is to be taken back. */
  take(hash: UidHash): boolean {
    if (!this.#recent.add(hash)) return false;
    this.#noteUnconfirmed(hash);
    if (!this.#isOlder(hash)) return true;
    this.#recent.delete(hash);
    this.#unconfirmedWords -= WORDS;
    return false;
  }

  /** What was taken since the last time is on disk. @param takenAt when the newest of it was taken, unix ns */
  confirm(takenAt: bigint): void {
    this.#unconfirmedWords = 0;
    if (takenAt > this.#recentUntil) this.#recentUntil = takenAt;
  }

  /** What was taken since then never happened. */
  takeBack(): void {
    for (let at = 0; at < this.#unconfirmedWords; at += WORDS) this.#recent.delete(this.#unconfirmed, at);
    this.#unconfirmedWords = 0;
  }

  /**
   * Sets aside what is in memory, to be written by {@link save}; with what the last one, when it failed, did not write. It
   * counts as the day of its newest: kept longer, never shorter.
   */
  freeze(): void {
    const day = dayOf(this.#recentUntil);
    const unsaved = this.#saving?.uids;
    unsaved?.addAll(this.#recent);
    this.#saving = { uids: unsaved ?? this.#recent, day };
    this.#recent = new UidSet(this.#saving.uids.size);
  }

  /** Writes what was set aside, within a transaction; `done` once that is committed. */
  save(sequence: number): { readonly done: () => void } {
    const saving = this.#saving;
    if (saving === undefined || saving.uids.size === 0) return { done: () => (this.#saving = undefined) };
    const blocks = saving.uids.byFirstByte();
    blocks.forEach((block, bucket) => {
      if (block.length === 0) return;
      const bytes = new Uint8Array(block.buffer, block.byteOffset, block.byteLength);
      this.#statements.saveUidBlock.run(saving.day, bucket, sequence, bytes);
    });
    return {
      done: () => {
        for (const block of blocks) this.#remember(saving.day, block);
        this.#saving = undefined;
        saving.uids.free();
        for (const { buffer } of blocks.slice(0, 1)) freeMemory(new Uint8Array(buffer)); // of all blocks
      },
    };
  }

  /** Days that end at or before this, unix ns. */
  daysBefore(takenBefore: bigint): readonly number[] {
    return this.days.filter((day) => BigInt(day + 1) * DAY_NANOS <= takenBefore);
  }

  /** Drops a day, within a transaction; `done` once that is committed. */
  drop(day: number): { readonly done: () => void } {
    this.#statements.dropUidDay.run(day);
    return { done: () => void this.#days.delete(day) };
  }

  #noteUnconfirmed(hash: UidHash): void {
    if (this.#unconfirmedWords === this.#unconfirmed.length) {
      const larger = new Uint32Array(2 * this.#unconfirmed.length);
      larger.set(this.#unconfirmed);
      this.#unconfirmed = larger;
    }
    for (let word = 0; word < WORDS; word++) this.#unconfirmed[this.#unconfirmedWords++] = hash[word] ?? 0;
  }

  /** True for one of those that are not the newest. */
  #isOlder(hash: UidHash): boolean {
    if (this.#saving?.uids.has(hash) === true) return true;
    if (this.#days.size === 0) return false;
    for (const { day, filter } of this.#days.values()) {
      if (filter.mayHave(hash) && this.#isSaved(day, hash)) return true;
    }
    return false;
  }

  #isSaved(day: number, hash: UidHash): boolean {
    for (const { hashes } of this.#statements.uidBucket.iterate(day, bucketOf(hash))) {
      if (hashes instanceof Uint8Array && holds(words(hashes), hash)) return true;
    }
    return false;
  }

  #remember(day: number, hashes: Uint32Array): void {
    const known = this.#days.get(day) ?? { day, filter: new BloomFilter(), count: 0 };
    this.#days.set(day, known);
    for (let at = 0; at < hashes.length; at += WORDS) known.filter.add(hashes, at);
    known.count += hashes.length / WORDS;
  }
}

export function dayOf(unixNanos: bigint): number {
  return Number(unixNanos / DAY_NANOS);
}

/** A block as its hashes lie one after the other. The copy aligns it. */
function words(block: Uint8Array): Uint32Array {
  if (block.length % UID_HASH_BYTES !== 0) throw new Error('a block of uids is cut short: the file is damaged');
  return new Uint32Array(block.slice().buffer);
}

function bucketOf([first = 0]: UidHash): number {
  return first >>> 24;
}

function holds(hashes: Uint32Array, [a = 0, b = 0, c = 0, d = 0]: UidHash): boolean {
  for (let at = 0; at < hashes.length; at += WORDS) {
    if (hashes[at] === a && hashes[at + 1] === b && hashes[at + 2] === c && hashes[at + 3] === d) return true;
  }
  return false;
}
