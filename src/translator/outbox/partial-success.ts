import { MalformedBodyError } from '../otlp/malformed-body.ts';
import { ProtobufReader } from '../otlp/protobuf-reader.ts';
import { EXPORT_RESPONSE, PARTIAL_SUCCESS } from '../otlp/tags.ts';

/** What a receiver says of a request that it accepted. */
export interface PartialSuccess {
  /** Records that it dropped, and will drop each time. */
  readonly rejected: number;
  readonly message: string;
}

const WHOLE_SUCCESS: PartialSuccess = { rejected: 0, message: '' };

/** Reads an `Export*ServiceResponse`. An answer that is none is a success: the receiver said so by its status. */
export function readPartialSuccess(body: Uint8Array, contentType: string): PartialSuccess {
  try {
    return contentType.startsWith('application/json') ? fromJson(body) : fromProtobuf(body);
  } catch (error) {
    if (error instanceof MalformedBodyError || error instanceof SyntaxError) return WHOLE_SUCCESS;
    throw error;
  }
}

function fromProtobuf(body: Uint8Array): PartialSuccess {
  const reader = new ProtobufReader(body);
  let rejected = 0;
  let message = '';
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag !== EXPORT_RESPONSE.partialSuccess) {
      reader.skip(tag);
      continue;
    }
    const outerEnd = reader.enter();
    for (let field = reader.nextTag(); field !== 0; field = reader.nextTag()) {
      if (field === PARTIAL_SUCCESS.rejected) rejected = Number(reader.int64());
      else if (field === PARTIAL_SUCCESS.errorMessage) message = reader.string();
      else reader.skip(field);
    }
    reader.leave(outerEnd);
  }
  return { rejected, message };
}

const REJECTED_FIELDS = ['rejectedLogRecords', 'rejectedSpans', 'rejectedDataPoints'];

function fromJson(body: Uint8Array): PartialSuccess {
  const answer: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
  const partial = property(answer, 'partialSuccess');
  const rejected = REJECTED_FIELDS.map((name) => Number(property(partial, name) ?? 0)).find((count) => count > 0);
  const message = property(partial, 'errorMessage');
  return { rejected: rejected ?? 0, message: typeof message === 'string' ? message : '' };
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
