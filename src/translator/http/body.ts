import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { ByteBudget } from './byte-budget.ts';
import type { ContentCoding } from './content-coding.ts';

/**
 * `read`: the body unpacked, and as it was sent; `heldBytes` is what both take of the budget.
 * `tooLarge`, `malformed`: reading stopped where that was seen; `busy`: where the budget was used up. `gone`: the sender
 * left before it had sent all.
 */
export type BodyOutcome =
  | { readonly kind: 'read'; readonly bytes: Uint8Array; readonly sent: Uint8Array; readonly heldBytes: number }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'malformed'; readonly message: string }
  | { readonly kind: 'gone' };

/** Output of one step of gunzip. The default of 16 KiB means four times the trips to the thread pool. */
const GUNZIP_CHUNK_BYTES = 65_536;

/**
 * Reads a request's body, unpacking as it comes. No more than `maxBytes` of unpacked body are ever held, so a small
 * body that unpacks to a huge one costs no more than an honest one. Never rejects.
 * @param budget from which each byte held is taken; those of a body that was `read` are the caller's to give back.
 *   Default: none.
 */
export function readBody(
  request: IncomingMessage,
  coding: ContentCoding,
  maxBytes: number,
  budget: ByteBudget = new ByteBudget(Infinity),
): Promise<BodyOutcome> {
  return new Promise((resolve) => {
    const gunzip = coding === 'gzip' ? createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES }) : undefined;
    const source = gunzip ?? request;
    const chunks: Buffer[] = [];
    const packedChunks: Buffer[] = [];
    let byteLength = 0;
    let packedByteLength = 0;
    let isSettled = false;

    const settle = (outcome: BodyOutcome): void => {
      if (isSettled) return;
      isSettled = true;
      if (outcome.kind !== 'read') budget.give(byteLength + packedByteLength);
      source.off('data', take);
      request.off('data', takePacked);
      if (gunzip !== undefined) {
        request.unpipe(gunzip);
        gunzip.destroy();
      }
      request.pause();
      resolve(outcome);
    };
    const take = (chunk: Buffer): void => {
      if (byteLength + chunk.length > maxBytes) settle({ kind: 'tooLarge' });
      else if (!budget.take(chunk.length)) settle({ kind: 'busy' });
      else {
        byteLength += chunk.length;
        chunks.push(chunk);
      }
    };

    const takePacked = (chunk: Buffer): void => {
      // It is bounded by itself: gzip may also pack nothing into many bytes.
      if (packedByteLength + chunk.length > maxBytes) settle({ kind: 'tooLarge' });
      else if (!budget.take(chunk.length)) settle({ kind: 'busy' });
      else {
        packedByteLength += chunk.length;
        packedChunks.push(chunk);
      }
    };

    source.on('data', take);
    source.on('end', () => {
      const bytes = joined(chunks);
      const sent = gunzip === undefined ? bytes : joined(packedChunks);
      settle({ kind: 'read', bytes, sent, heldBytes: byteLength + packedByteLength });
    });
    gunzip?.on('error', () => settle({ kind: 'malformed', message: 'the body is not gzip, or is cut short' }));
    request.on('error', () => settle({ kind: 'gone' }));
    request.on('close', () => {
      if (!request.complete) settle({ kind: 'gone' });
    });
    if (gunzip === undefined) return;
    request.on('data', takePacked);
    request.pipe(gunzip);
  });
}

function joined(chunks: readonly Buffer[]): Uint8Array {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}
