/** The body is not what its content type says. It can never succeed, so the edge answers 400 and the sender drops it. */
export class MalformedBodyError extends Error {
  override readonly name = 'MalformedBodyError';
}

/** Arrays and maps nested deeper than this in one attribute value make a body malformed: it would only spend our stack. */
export const MAX_VALUE_DEPTH = 64;

/**
 * Nested messages in one protobuf body. Telemetry as it is sent has one in about 28 bytes, which is under 2.4 million in
 * 64 MiB; a body of empty records, two bytes each, would become gigabytes of objects.
 */
export const MAX_MESSAGES = 3_000_000;

/**
 * Commas, lists and objects in one JSON body. Telemetry as it is sent has one in about 11 bytes, which is 6 million in
 * 64 MiB; a body of nothing else would become gigabytes of objects.
 */
export const MAX_JSON_VALUES = 8_000_000;
