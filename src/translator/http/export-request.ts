import type { IncomingMessage } from 'node:http';
import { decodeLogs, decodeMetrics, decodeTraces } from '../otlp/decode.ts';
import { encodeExportResponse } from '../otlp/encode-response.ts';
import { MalformedBodyError } from '../otlp/malformed-body.ts';
import type { Signal } from '../otlp/model.ts';
import type { IsWanted } from '../otlp/skipped.ts';
import { readBody } from './body.ts';
import type { ByteBudget } from './byte-budget.ts';
import { codingOf } from './content-coding.ts';
import { CONTENT_TYPE, encodingOf } from './content-type.ts';
import type { Receipt, Receiver, SentBody } from './receiver.ts';
import { refuse, refuseForNow, type Reply } from './reply.ts';

const BUSY = 'too much is in work at once, send again later';

export interface ExportEdge {
  readonly receiver: Receiver;
  /** Limit of a body once unpacked. */
  readonly maxBodyBytes: number;
  /** Of all bodies in memory, until their request is answered. */
  readonly budget: ByteBudget;
  /** Names of the events to build; others are counted. Default: all. A receiver that reads encoded logs chooses itself. */
  readonly isWanted?: IsWanted | undefined;
  /** Hears what the receiver threw; the sender is told only to come back. */
  readonly onError: (error: unknown) => void;
}

/**
 * Answers a POST to `/v1/{logs,traces,metrics}`: what can be refused by its headers is refused before the body is
 * read. Undefined when the sender left. `beforeBody` is called once the body is wanted.
 */
export async function answerExport(
  edge: ExportEdge,
  signal: Signal,
  request: IncomingMessage,
  beforeBody: () => void,
): Promise<Reply | undefined> {
  const encoding = encodingOf(request.headers['content-type']);
  if (encoding === undefined) {
    const types = Object.values(CONTENT_TYPE).join(' or ');
    return refuse({ status: 415, message: `the content type must be ${types}` });
  }
  const coding = codingOf(request.headers['content-encoding']);
  if (coding === undefined) {
    const headers = { 'accept-encoding': 'gzip, identity' };
    return refuse({ status: 415, message: 'the content encoding must be gzip or identity', encoding, headers });
  }
  const tooLarge = { status: 413, message: `the body is larger than ${edge.maxBodyBytes} bytes`, encoding } as const;
  const announcedBytes = Number(request.headers['content-length'] ?? 0);
  if (announcedBytes > edge.maxBodyBytes) return refuse(tooLarge);
  if (!edge.budget.hasRoom(announcedBytes)) return refuseForNow(encoding, BUSY);

  beforeBody();
  const body = await readBody(request, coding, edge.maxBodyBytes, edge.budget);
  switch (body.kind) {
    case 'read': {
      const { bytes, sent } = body;
      const sentBody = { encoding, isGzip: coding === 'gzip', bytes: sent, unpackedBytes: bytes.byteLength };
      return answerBody(edge, signal, bytes, sentBody).finally(body.release);
    }
    case 'tooLarge':
      return refuse(tooLarge);
    case 'busy':
      return refuseForNow(encoding, BUSY);
    case 'malformed':
      return refuse({ status: 400, message: body.message, encoding });
    case 'gone':
      return undefined;
  }
}

async function answerBody(edge: ExportEdge, signal: Signal, body: Uint8Array, sent: SentBody): Promise<Reply> {
  const { encoding } = sent;
  try {
    const receipt = await receive(edge, signal, body, sent);
    if (receipt.kind === 'retryable') return refuseForNow(encoding, receipt.message, receipt.retryAfterSeconds);
    return {
      status: 200,
      contentType: CONTENT_TYPE[encoding],
      body: encodeExportResponse(encoding, signal, receipt.rejected, receipt.message),
    };
  } catch (error) {
    if (error instanceof MalformedBodyError) return refuse({ status: 400, message: error.message, encoding });
    edge.onError(error);
    return refuseForNow(encoding, 'the receiver failed, send again later');
  }
}

function receive(
  { receiver, isWanted }: ExportEdge,
  signal: Signal,
  body: Uint8Array,
  sent: SentBody,
): Promise<Receipt> {
  const { encoding } = sent;
  switch (signal) {
    case 'logs':
      if (encoding === 'protobuf' && receiver.encodedLogs !== undefined) return receiver.encodedLogs(body, sent);
      return receiver.logs(decodeLogs(body, encoding, isWanted), sent);
    case 'traces':
      return receiver.traces(decodeTraces(body, encoding, isWanted), sent);
    case 'metrics':
      return receiver.metrics(decodeMetrics(body, encoding, isWanted));
  }
}
