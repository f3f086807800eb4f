import type { AnyValue } from '../../translator/otlp/model.ts';
import { severityText, type StoryEvent } from './story-event.ts';

/** One event as one line of JSON. Time in RFC 3339, UTC; integers beyond a double's are strings, bytes base64. */
export function jsonLine({
  timeUnixNano,
  name,
  category,
  severityNumber,
  agentId,
  taskId,
  summary,
  attributes,
}: StoryEvent): string {
  const line = {
    time: rfc3339(timeUnixNano),
    name,
    category,
    severity: severityText(severityNumber),
    agent: agentId,
    task: taskId,
    summary,
    attributes,
  };
  return JSON.stringify(line, (_key, value: AnyValue) => {
    if (typeof value === 'bigint') return String(value);
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
  });
}

/** To the nanosecond where there are any, as the protocol has them. */
export function rfc3339(timeUnixNano: bigint): string {
  const millis = new Date(Number(timeUnixNano / 1_000_000n)).toISOString().slice(0, -1);
  const rest = String(timeUnixNano % 1_000_000n).padStart(6, '0');
  return `${millis}${rest === '000000' ? '' : rest}Z`;
}
