import { gunzipSync } from 'node:zlib';
import { decodeLogs, decodeTraces } from '../otlp/decode.ts';
import type { EventList, WireRequest } from '../store/store.ts';
import { isReadEventName } from './agent-sign.ts';
import { takeLogs, takeSpans } from './intake.ts';
import { takeEncodedLogs } from './take-encoded-logs.ts';

/** The issue events of a request that was taken before, as they were read then. */
export function readWire(request: Omit<WireRequest, 'unpackedBytes'>, windowNanos: bigint): EventList {
  const { signal, encoding, isGzip, bytes, arrival } = request;
  const body = isGzip ? gunzipSync(bytes) : bytes;
  const clock = { arrival, windowNanos };
  if (signal === 'traces') return takeSpans(decodeTraces(body, encoding, isReadEventName), clock).events;
  if (encoding === 'protobuf') return takeEncodedLogs(body, clock).events;
  return takeLogs(decodeLogs(body, encoding, isReadEventName), clock).events;
}
