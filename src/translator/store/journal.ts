import { crc32 } from 'node:zlib';
import type { AddressedEvent } from '../../lifecycle/issue.ts';
import { readWire } from '../intake/read-wire.ts';
import { addressFromList, encodeAddress, encodeEvent, eventFromList } from './event-text.ts';
import { FreshEvents } from './fresh-events.ts';
import type { WireRequest } from './store.ts';

/** A request as the journal keeps it: all that its effect on the issues follows from. */
export interface JournalRequest {
  /** Only those whose uid was new, in the order in which they were taken. */
  readonly events: FreshEvents;
  /** Issues for which time passed. */
  readonly keys: readonly string[];
  /** Unix ns. */
  readonly now: bigint;
  readonly windowNanos: bigint;
  /** What to keep in place of the events; default: the events. */
  readonly wire?: JournalWire | undefined;
}

/** A request kept as it was sent. */
export interface JournalWire {
  readonly request: WireRequest;
  /** Of its events, by their places in the request: those whose uid was known. */
  readonly duplicates: readonly number[];
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

/**
 * First byte of a row. What follows is the length of its text (32 bits, little endian), the text, and the requests that
 * are kept as they were sent, one after the other. A version that reads other events from the same request must take
 * another number.
 */
const FORMAT = 1;
/** First byte of a row of versions up to 3 of the schema, which is its text alone. */
const TEXT_START = '{'.charCodeAt(0);
const HEAD_BYTES = 5;
const ANOTHER_VERSION = 'another version wrote it. Start and stop that version once, then this one.';
/** Bytes an event: a request with more of other things is kept as its events. */
const WIRE_BYTES_MAX = 1024;
/** The same once unpacked: what a start has to read again, and gzip may make a thousand bytes of one. */
const UNPACKED_BYTES_MAX = 4096;

/** Collects a commit's journal entry. */
export class JournalWriter {
  readonly #requests: string[] = [];
  readonly #attachments: Uint8Array[] = [];

  add(request: JournalRequest): void {
    const { wire } = request;
    this.#requests.push(
      wire !== undefined && isWorthKeeping(wire, request) ? this.#attach(wire, request) : textOf(request),
    );
  }

  /** The row of sequence `sequence`; its checksum covers the sequence, so that no row passes for another. */
  row(sequence: number, counted: JournalEntry['counted']): JournalRow {
    const text = Buffer.from(`{"requests":[${this.#requests.join(',')}],"counted":${JSON.stringify(counted)}}`);
    const head = Buffer.alloc(HEAD_BYTES, FORMAT);
    head.writeUInt32LE(text.byteLength, 1);
    const entry = Buffer.concat([head, text, ...this.#attachments]);
    return { sequence, crc: crc32(entry, sequence >>> 0), entry };
  }

  #attach({ request, duplicates }: JournalWire, { windowNanos, events }: JournalRequest): string {
    const { signal, encoding, isGzip, bytes, arrival } = request;
    this.#attachments.push(bytes);
    const byteLength = bytes.byteLength;
    const kept: KeptWire = {
      wire: [signal, encoding, isGzip, byteLength, String(arrival), String(windowNanos), events.length, duplicates],
    };
    return JSON.stringify(kept);
  }
}

/** Only events are found in what was sent. */
function isWorthKeeping({ request: { bytes, unpackedBytes } }: JournalWire, { events, keys }: JournalRequest): boolean {
  return (
    keys.length === 0 &&
    bytes.byteLength <= WIRE_BYTES_MAX * events.length &&
    unpackedBytes <= UNPACKED_BYTES_MAX * events.length
  );
}

/** A request kept as sent, in the row's text. */
interface KeptWire {
  readonly wire: readonly [
    signal: WireRequest['signal'],
    encoding: WireRequest['encoding'],
    isGzip: boolean,
    byteLength: number,
    arrival: string,
    windowNanos: string,
    events: number,
    duplicates: readonly number[],
  ];
}

/** A request kept as its events: now, window, keys, and for each event its address and itself. */
type KeptEvents = readonly [string, string, string[], (readonly unknown[] | null)[]];

function textOf({ events, keys, now, windowNanos }: JournalRequest): string {
  const lines: string[] = [];
  let previous: AddressedEvent | undefined;
  for (const addressed of events) {
    // Events of one issue often follow each other: null stands for the same address again.
    const address = isSameAddress(previous, addressed) ? 'null' : encodeAddress(addressed);
    lines.push(`${address},${encodeEvent(addressed.event)}`);
    previous = addressed;
  }
  return `["${String(now)}","${String(windowNanos)}",${JSON.stringify(keys)},[${lines.join(',')}]]`;
}

/** @throws when the row is not what was written */
export function readJournalRow({ sequence, crc, entry }: JournalRow): JournalEntry {
  if (crc32(entry, sequence >>> 0) !== crc)
    throw new Error(`row ${sequence} of the journal does not match its checksum: the file is damaged`);
  const bytes = Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength);
  const isText = bytes[0] === TEXT_START;
  if (!isText && bytes[0] !== FORMAT) throw new Error(`row ${sequence} of the journal is unknown: ${ANOTHER_VERSION}`);
  const textEnd = isText ? bytes.byteLength : HEAD_BYTES + bytes.readUInt32LE(1);
  const { requests, counted } = JSON.parse(bytes.toString('utf8', isText ? 0 : HEAD_BYTES, textEnd)) as {
    requests: (KeptEvents | KeptWire)[];
    counted: [number, number][];
  };
  let position = textEnd;
  const read = requests.map((request): JournalRequest => {
    if (!('wire' in request)) {
      const [now, windowNanos, keys, lines] = request;
      return { now: BigInt(now), windowNanos: BigInt(windowNanos), keys, events: freshOf(readLines(lines)) };
    }
    const start = position;
    position += request.wire[3];
    return readKeptWire(request, bytes.subarray(start, position), sequence);
  });
  return { counted, requests: read };
}

function readKeptWire({ wire }: KeptWire, bytes: Uint8Array, sequence: number): JournalRequest {
  const [signal, encoding, isGzip, , arrivalText, windowText, count, duplicates] = wire;
  const arrival = BigInt(arrivalText);
  const windowNanos = BigInt(windowText);
  const known = new Set(duplicates);
  const sent = readWire({ signal, encoding, isGzip, bytes, arrival }, windowNanos);
  const places = Array.from({ length: sent.length }, (_, place) => place).filter((place) => !known.has(place));
  const events = new FreshEvents(sent, places);
  if (events.length !== count) {
    throw new Error(
      `row ${sequence} of the journal reads as ${events.length} events in place of ${count}: ${ANOTHER_VERSION}`,
    );
  }
  return { now: arrival, windowNanos, keys: [], events };
}

function freshOf(events: readonly AddressedEvent[]): FreshEvents {
  return new FreshEvents(events, [...events.keys()]);
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
