import { crc32 } from 'node:zlib';
import type { AddressedEvent } from '../../lifecycle/issue.ts';
import { addressFromList, encodeAddress, encodeEvent, eventFromList } from './event-text.ts';

/** A request as the journal keeps it: all that its effect on the issues follows from. */
export interface JournalRequest {
  /** Only those whose uid was new, in the order in which they were taken. */
  readonly events: readonly AddressedEvent[];
  /** Issues for which time passed. */
  readonly keys: readonly string[];
  /** Unix ns. */
  readonly now: bigint;
  readonly windowNanos: bigint;
}

/** What one commit adds to the journal. */
export interface JournalEntry {
  readonly requests: readonly JournalRequest[];
  /** Added to the counters of these ids. */
  readonly counted: readonly (readonly [id: number, count: number])[];
}

export interface JournalRow {
  readonly sequence: number;
  readonly crc: number;
  readonly entry: Uint8Array;
}

/** Collects a commit's journal entry as text. */
export class JournalWriter {
  readonly #requests: string[] = [];

  /** @returns the text of each event, in their order */
  add({ events, keys, now, windowNanos }: JournalRequest): readonly string[] {
    const texts = events.map(({ event }) => encodeEvent(event));
    const lines: string[] = [];
    let previous: AddressedEvent | undefined;
    events.forEach((addressed, index) => {
      // Events of one issue often follow each other: null stands for the same address again.
      const address = isSameAddress(previous, addressed) ? 'null' : encodeAddress(addressed);
      lines.push(`${address},${texts[index] ?? ''}`);
      previous = addressed;
    });
    this.#requests.push(`["${String(now)}","${String(windowNanos)}",${JSON.stringify(keys)},[${lines.join(',')}]]`);
    return texts;
  }

  /** The row of sequence `sequence`; its checksum covers the sequence, so that no row passes for another. */
  row(sequence: number, counted: JournalEntry['counted']): JournalRow {
    const entry = Buffer.from(`{"requests":[${this.#requests.join(',')}],"counted":${JSON.stringify(counted)}}`);
    return { sequence, crc: crc32(entry, sequence >>> 0), entry };
  }
}

/** @throws when the row is not what was written */
export function readJournalRow({ sequence, crc, entry }: JournalRow): JournalEntry {
  if (crc32(entry, sequence >>> 0) !== crc)
    throw new Error(`row ${sequence} of the journal does not match its checksum: the file is damaged`);
  const { requests, counted } = JSON.parse(Buffer.from(entry).toString()) as {
    requests: [string, string, string[], (readonly unknown[] | null)[]][];
    counted: [number, number][];
  };
  return {
    counted,
    requests: requests.map(([now, windowNanos, keys, lines]) => ({
      now: BigInt(now),
      windowNanos: BigInt(windowNanos),
      keys,
      events: readLines(lines),
    })),
  };
}

function readLines(lines: readonly (readonly unknown[] | null)[]): readonly AddressedEvent[] {
  const events: AddressedEvent[] = [];
  let address = addressFromList([]);
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const own = lines[at] ?? null;
    if (own !== null) address = addressFromList(own);
    events.push({ ...address, event: eventFromList(lines[at + 1] ?? []) });
  }
  return events;
}

function isSameAddress(a: AddressedEvent | undefined, b: AddressedEvent): boolean {
  if (a === undefined) return false;
  return (
    a.identity.agentId === b.identity.agentId &&
    a.identity.issueId === b.identity.issueId &&
    a.identity.fingerprint === b.identity.fingerprint &&
    a.identity.environment === b.identity.environment &&
    a.identity.namespace === b.identity.namespace &&
    a.reporter.serviceName === b.reporter.serviceName &&
    a.reporter.agentType === b.reporter.agentType
  );
}
