import type { IncomingMessage } from 'node:http';
import { createGunzip, type Gunzip } from 'node:zlib';
import { freeMemory } from '../free-memory.ts';
import { ByteBudget } from './byte-budget.ts';
import type { ContentCoding } from './content-coding.ts';
import { unpackNow } from './unpack-now.ts';

/**
 * `read`: the body unpacked, and as it was sent. `release` gives back what both take of the budget, and their memory:
 * neither may be looked at afterwards.
 * `tooLarge`, `malformed`: reading stopped where that was seen; `busy`: where the budget was used up. `gone`: the sender
 * left before it had sent all.
 */
export type BodyOutcome =
  | { readonly kind: 'read'; readonly bytes: Uint8Array; readonly sent: Uint8Array; readonly release: () => void }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'malformed'; readonly message: string }
  | { readonly kind: 'gone' };

/** A packed body up to so long, as announced, is unpacked at once when it is there, if it unpacks to no more than that. */
const SMALL_PACKED_BYTES = 131_072;
const SMALL_UNPACKED_BYTES = 2_097_152;
const MALFORMED: BodyOutcome = { kind: 'malformed', message: 'the body is not gzip, or is cut short' };

/** Output of one step of gunzip. The default of 16 KiB means four times the trips to the thread pool. */
const GUNZIP_CHUNK_BYTES = 65_536;

/**
 * Reads a request's body, unpacking as it comes, or, when it is small, at its end. No more than `maxBytes` of unpacked
 * body are ever held, so a small body that unpacks to a huge one costs no more than an honest one. Never rejects.
 * @param budget from which each byte held is taken; those of a body that was `read` are the caller's to release.
 *   Default: none.
 */
export function readBody(
  request: IncomingMessage,
  coding: ContentCoding,
  maxBytes: number,
  budget: ByteBudget = new ByteBudget(Infinity),
): Promise<BodyOutcome> {
  return new Promise((resolve) => new BodyReading(request, { maxBytes, budget, resolve }).start(coding));
}

interface Reading {
  readonly maxBytes: number;
  readonly budget: ByteBudget;
  readonly resolve: (outcome: BodyOutcome) => void;
}

class BodyReading {
  readonly #request: IncomingMessage;
  readonly #reading: Reading;
  readonly #plain: Pieces;
  readonly #packed: Pieces;
  #gunzip: Gunzip | undefined;
  #isSettled = false;

  constructor(request: IncomingMessage, reading: Reading) {
    this.#request = request;
    this.#reading = reading;
    this.#plain = new Pieces(reading);
    this.#packed = new Pieces(reading);
  }

  start(coding: ContentCoding): void {
    const request = this.#request;
    request.on('error', () => this.#settle({ kind: 'gone' }));
    request.on('close', () => {
      if (!request.complete) this.#settle({ kind: 'gone' });
    });
    if (coding === 'identity') {
      request.on('data', (chunk: Buffer) => this.#take(this.#plain, chunk));
      request.on('end', () => this.#end(this.#plain));
      return;
    }
    // What was sent is bounded by itself: gzip may also pack nothing into many bytes.
    request.on('data', (chunk: Buffer) => this.#take(this.#packed, chunk));
    if (Number(request.headers['content-length'] ?? Infinity) <= SMALL_PACKED_BYTES) {
      request.on('end', () => this.#unpackSmall());
    } else {
      request.pipe(this.#unpack());
    }
  }

  #unpackSmall(): void {
    if (this.#isSettled) return;
    const packed = this.#packed.join();
    const unpacked = unpackNow(packed, Math.min(this.#reading.maxBytes, SMALL_UNPACKED_BYTES));
    switch (unpacked.kind) {
      case 'unpacked':
        this.#take(this.#plain, unpacked.bytes);
        this.#end(this.#packed, unpacked.bytes);
        return;
      case 'larger':
        this.#unpack().end(packed);
        return;
      case 'malformed':
        this.#settle(MALFORMED);
    }
  }

  /** Unpacks what is written to it, step by step. */
  #unpack(): Gunzip {
    const gunzip = createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES });
    gunzip.on('data', (chunk: Buffer) => this.#take(this.#plain, chunk));
    gunzip.on('end', () => this.#end(this.#packed));
    gunzip.on('error', () => this.#settle(MALFORMED));
    this.#gunzip = gunzip;
    return gunzip;
  }

  #take(pieces: Pieces, chunk: Buffer): void {
    if (this.#isSettled) return;
    const trouble = pieces.take(chunk);
    if (trouble !== undefined) this.#settle({ kind: trouble });
  }

  /** @param whole the body, if it is in one piece that nobody else has. Default: its pieces joined */
  #end(sent: Pieces, whole?: Buffer): void {
    if (this.#isSettled) return;
    const bytes = whole ?? this.#plain.join();
    const packed = sent === this.#packed ? sent.join() : undefined;
    const release = (): void => {
      this.#giveBack();
      if (whole !== undefined || this.#plain.count > 1) freeMemory(bytes);
      if (packed !== undefined && sent.count > 1) freeMemory(packed);
    };
    this.#settle({ kind: 'read', bytes, sent: packed ?? bytes, release });
  }

  #giveBack(): void {
    this.#reading.budget.give(this.#plain.byteLength + this.#packed.byteLength);
  }

  #settle(outcome: BodyOutcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    if (outcome.kind !== 'read') this.#giveBack();
    if (this.#gunzip !== undefined) {
      this.#request.unpipe(this.#gunzip);
      this.#gunzip.destroy();
    }
    this.#request.pause();
    this.#reading.resolve(outcome);
  }
}

/** The pieces of a body that are held, packed or unpacked. */
class Pieces {
  byteLength = 0;
  readonly #reading: Reading;
  readonly #pieces: Buffer[] = [];

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  get count(): number {
    return this.#pieces.length;
  }

  /** Why it was not taken; undefined when it was. */
  take(piece: Buffer): 'tooLarge' | 'busy' | undefined {
    const { maxBytes, budget } = this.#reading;
    if (this.byteLength + piece.length > maxBytes) return 'tooLarge';
    if (!budget.take(piece.length)) return 'busy';
    this.byteLength += piece.length;
    this.#pieces.push(piece);
    return undefined;
  }

  join(): Buffer {
    const [only] = this.#pieces;
    return this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces);
  }
}
