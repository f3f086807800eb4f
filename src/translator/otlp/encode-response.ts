import type { Encoding, Signal } from './model.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { EXPORT_RESPONSE, PARTIAL_SUCCESS, STATUS } from './tags.ts';

/** Longer messages are cut: the Collector reads 64 KiB of an answer and drops the batch when it cannot parse that. */
const LONGEST_MESSAGE = 1000;

const REJECTED_FIELD = { logs: 'rejectedLogRecords', traces: 'rejectedSpans', metrics: 'rejectedDataPoints' } as const;

/**
 * The body of a 200. `rejected` items can never be taken, with the reason in `message`; a message alone is a warning;
 * with neither, `partial_success` stays unset, as the specification wants it.
 */
export function encodeExportResponse(
  encoding: Encoding,
  signal: Signal,
  rejected: number,
  message: string,
): Uint8Array {
  const isPartial = rejected > 0 || message !== '';
  const errorMessage = message.slice(0, LONGEST_MESSAGE);
  if (encoding === 'json') {
    return json(isPartial ? { partialSuccess: { [REJECTED_FIELD[signal]]: String(rejected), errorMessage } } : {});
  }
  const writer = new ProtobufWriter();
  if (isPartial) {
    const start = writer.open(EXPORT_RESPONSE.partialSuccess);
    writer.uint(PARTIAL_SUCCESS.rejected, rejected);
    writer.string(PARTIAL_SUCCESS.errorMessage, errorMessage);
    writer.close(start);
  }
  return writer.finish();
}

/** A `google.rpc.Status`, the body of every refusal; `code` is gRPC's (3 INVALID_ARGUMENT, 14 UNAVAILABLE …). */
export function encodeStatus(encoding: Encoding, code: number, message: string): Uint8Array {
  const text = message.slice(0, LONGEST_MESSAGE);
  if (encoding === 'json') return json({ code, message: text });
  const writer = new ProtobufWriter();
  writer.uint(STATUS.code, code);
  writer.string(STATUS.message, text);
  return writer.finish();
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
