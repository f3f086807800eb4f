export const TRACE_ID_BYTES = 16;
export const SPAN_ID_BYTES = 8;

const DIGIT_ZERO = 0x30;
const NO_TRACE = '0'.repeat(TRACE_ID_BYTES * 2);
const NO_SPAN = '0'.repeat(SPAN_ID_BYTES * 2);

/** Lower-case hex as the model holds it. An id of zeros is OpenTelemetry's "no id": some senders write it for a root's parent. */
export function idFromHex(hex: string): string {
  if (hex.charCodeAt(0) !== DIGIT_ZERO) return hex;
  return hex === NO_TRACE || hex === NO_SPAN ? '' : hex;
}
