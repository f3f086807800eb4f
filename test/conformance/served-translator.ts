/** A real translator behind the real server, and requests in either encoding. */
import { onTestFinished } from 'vitest';
import { ATTR_AGENT_ID, ATTR_ISSUE_ID, ATTR_LOG_RECORD_UID, EVENT_ISSUE_REPORTED } from '../../src/semconv.ts';
import { openOtlpServer, type OtlpServerOptions } from '../../src/translator/http/server.ts';
import { isReadEventName } from '../../src/translator/intake/agent-sign.ts';
import type { StoreUrl } from '../../src/translator/store/open-store.ts';
import { createTranslator, type Translator } from '../../src/translator/translator.ts';
import { bytesOf, JSON_TYPE, post, PROTOBUF_TYPE } from '../translator/http/open-server.ts';
import { fromProtobuf, toJson, toProtobuf, type Message } from '../translator/otlp/oracle.ts';

const REQUEST = {
  logs: 'ExportLogsServiceRequest',
  traces: 'ExportTraceServiceRequest',
  metrics: 'ExportMetricsServiceRequest',
} as const;
export type Signal = keyof typeof REQUEST;
export const SIGNALS = ['logs', 'traces', 'metrics'] as const;
export const ENCODINGS = [
  ['JSON', JSON_TYPE],
  ['protobuf', PROTOBUF_TYPE],
] as const;

/** A second after the events below. */
const NOW = 1_790_000_001_000_000_000n;

interface Served {
  readonly url: string;
  readonly port: number;
  readonly translator: Translator;
}

export async function serve(options: Partial<OtlpServerOptions> = {}, store: StoreUrl = 'memory:'): Promise<Served> {
  const translator = await createTranslator({ store, now: () => NOW });
  const { receiver } = translator;
  const isWanted = isReadEventName;
  const server = await openOtlpServer({ host: '127.0.0.1', port: 0, receiver, isWanted, ...options });
  onTestFinished(async () => {
    await server.close();
    await translator.close();
  });
  return { url: server.url, port: server.port, translator };
}

export function bodyOf(type: string, signal: Signal, message: Message): Uint8Array {
  return type === JSON_TYPE ? toJson(message) : toProtobuf(REQUEST[signal], message);
}

export function send(url: string, type: string, signal: Signal, message: Message, headers = {}): Promise<Response> {
  return post(`${url}/v1/${signal}`, type, bodyOf(type, signal, message), headers);
}

export async function statusIn(response: Response): Promise<Message> {
  const isJson = response.headers.get('content-type') === JSON_TYPE;
  return isJson ? ((await response.json()) as Message) : fromProtobuf('Status', await bytesOf(response));
}

export function text(key: string, stringValue: string): Message {
  return { key, value: { stringValue } };
}

export const CARRIED = [text(ATTR_AGENT_ID, 'lead-qualifier'), text(ATTR_ISSUE_ID, 'crm-403')];

export function report(uid: string, more: Message = {}): Message {
  return {
    timeUnixNano: '1790000000000000001',
    eventName: EVENT_ISSUE_REPORTED,
    body: { stringValue: 'CRM API returns 403' },
    attributes: [...CARRIED, text(ATTR_LOG_RECORD_UID, uid)],
    ...more,
  };
}

export function logs(...logRecords: readonly Message[]): Message {
  return { resourceLogs: [{ scopeLogs: [{ logRecords }] }] };
}
