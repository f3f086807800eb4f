import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** How request bodies are packed; the names are those of `OTEL_EXPORTER_OTLP_COMPRESSION`. */
export type Compression = 'gzip' | 'none';

/** A smaller body fits a packet or two as it is. */
const PACKED_FROM_BYTES = 1024;

const pack = promisify(gzip); // on the thread pool

export interface PackedBody {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** The body as it goes on the wire. */
export async function packBody(body: Uint8Array, compression: Compression): Promise<PackedBody> {
  if (compression === 'none' || body.byteLength < PACKED_FROM_BYTES) return { body, headers: {} };
  return { body: await pack(body), headers: { 'content-encoding': 'gzip' } };
}
