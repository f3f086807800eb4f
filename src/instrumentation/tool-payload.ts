import { attempt, readable } from '../otel/guard.ts';
import type { Payload } from '../otel/payload.ts';
import { toCount, toOptionalText, toText } from '../otel/values.ts';

/** What is worth keeping of a tool call, for `action.setPayload(toolPayload({ … }))`. */
export interface ToolPayloadInput {
  readonly args?: Readonly<Record<string, unknown>>;
  /** Recorded only with `init({ captureContent: true })`. */
  readonly result?: unknown;
  /** Default true. */
  readonly success?: boolean;
  readonly error?: unknown;
  /** Milliseconds. */
  readonly durationMs?: number;
  readonly toolCategory?: string;
  readonly httpStatus?: number;
  readonly resultSizeBytes?: number;
  /** Characters kept of each argument. Default 500. */
  readonly argsMaxLength?: number;
  /** Characters kept of the result. Default 1 000. */
  readonly resultMaxLength?: number;
}

/** Marks the keys of a payload that are content. A symbol goes along when the payload is spread into another one. */
const CONTENT_KEYS = Symbol.for('hiveloop-otel.content.1');
type Marked = Payload & { readonly [CONTENT_KEYS]?: readonly string[] };

/** Makes a bounded payload with the manual's field names (`args`, `result`, `success`, `duration_ms` and so on). */
export function toolPayload(input: ToolPayloadInput): Payload {
  return attempt('toolPayload', () => build(readable(input)), {});
}

/** A payload without what is content, for a host that does not capture it. */
export function withoutContent(payload: Payload): Payload {
  const keys = (payload as Marked)[CONTENT_KEYS];
  if (keys === undefined) return payload;
  const rest = { ...payload };
  for (const key of keys) Reflect.deleteProperty(rest, key);
  return rest;
}

function build(input: Partial<ToolPayloadInput>): Payload {
  const argsLimit = toCount(input.argsMaxLength) ?? 500;
  const resultLimit = toCount(input.resultMaxLength) ?? 1000;
  const payload: Record<string, unknown> = {};
  const put = (key: string, value: unknown): void => {
    if (value !== undefined) payload[key] = value;
  };
  put('args', shortened(input.args, argsLimit));
  put('result', input.result === undefined ? undefined : toText(input.result, resultLimit));
  put('success', input.success ?? true);
  put('error', toOptionalText(input.error, resultLimit));
  put('duration_ms', toCount(input.durationMs));
  put('tool_category', toOptionalText(input.toolCategory, 100));
  put('http_status', toCount(input.httpStatus));
  put('result_size_bytes', toCount(input.resultSizeBytes));
  return Object.assign(payload, { [CONTENT_KEYS]: ['result'] });
}

function shortened(args: unknown, limit: number): Record<string, unknown> | undefined {
  if (typeof args !== 'object' || args === null) return undefined;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(readable(args))) {
    copy[key] = typeof value === 'string' ? toText(value, limit) : value;
  }
  return copy;
}
