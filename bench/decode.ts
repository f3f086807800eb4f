/**
 * What reading a request costs, as ratios in one run: our decoder, building everything and building issue events only,
 * against protobufjs and JSON.parse; and the way on to the lifecycle's events, straight from the bytes or by records. Run: `node bench/decode.ts [--json]`. Takes about 30 s.
 *
 * Contenders run in turn, a slice of each per round, and the median of the rounds' ratios is printed: the machine's speed
 * may change between rounds, and seldom does within one.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { readFileSync } from 'node:fs';
import { EVENT_ISSUE_REPORTED, EVENT_LLM_CALL, EVENT_TASK_STARTED } from '../src/semconv.ts';
import { isReadEventName } from '../src/translator/intake/agent-sign.ts';
import { takeLogs } from '../src/translator/intake/intake.ts';
import { isIssueEventName } from '../src/translator/intake/issue-carrier.ts';
import { takeEncodedLogs } from '../src/translator/intake/take-encoded-logs.ts';
import { decodeLogs, decodeTraces } from '../src/translator/otlp/decode.ts';
import { Workload } from './translator/workload.ts';

const RECORDS = 512;
const ROUNDS = 25;
const SLICE_MILLIS = 12;

type Message = Record<string, unknown>;

const { root } = protobuf.parse(readFileSync(new URL('../test/translator/otlp/otlp.proto', import.meta.url), 'utf8'), {
  keepCase: false,
});
const logsType = root.lookupType('otlp.ExportLogsServiceRequest');
const tracesType = root.lookupType('otlp.ExportTraceServiceRequest');

interface Contender {
  readonly name: string;
  readonly run: () => unknown;
}

interface Load {
  readonly name: string;
  readonly bytes: number;
  /** The first is what the others are measured against. */
  readonly contenders: readonly Contender[];
}

function attributesOf(at: number): Message[] {
  const text: Record<string, string> = {
    'log.record.uid': `0190c5a2-7d1e-7c3a-9f00-${String(at).padStart(12, '0')}`,
    'hiveloop.agent.id': `lead-qualifier-${at % 20}`,
    'hiveloop.agent.type': 'sales',
    'hiveloop.issue.id': `crm-403-${at % 50}`,
    'hiveloop.issue.severity': 'high',
    'hiveloop.issue.category': 'permissions',
    'hiveloop.event.category': 'pipeline',
    'hiveloop.environment': 'production',
    'hiveloop.issue.context.endpoint': `https://crm.example.com/api/leads/${at}`,
  };
  const values = Object.entries(text).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  return [...values, { key: 'hiveloop.issue.occurrence_count', value: { intValue: String(at) } }];
}

function logsOf(eventNameOf: (at: number) => string): Message {
  const logRecords = Array.from({ length: RECORDS }, (_, at) => ({
    timeUnixNano: String(1_790_000_000_000_000_000n + BigInt(at) * 1_234_567n),
    severityNumber: 17,
    eventName: eventNameOf(at),
    body: { stringValue: `CRM API returns 403 for lead ${at}: the token may have lost its scope` },
    attributes: attributesOf(at),
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'sales-agents' } }] };
  return { resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'hiveloop-otel' }, logRecords }] }] };
}

function tracesOf(): Message {
  const event = (name: string): Message => ({
    timeUnixNano: '1790000000000000000',
    name,
    attributes: attributesOf(1).slice(0, 3),
  });
  const spans = Array.from({ length: RECORDS }, (_, at) => ({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    name: `execute_tool search_crm`,
    kind: 1,
    startTimeUnixNano: '1790000000000000000',
    endTimeUnixNano: '1790000001000000000',
    attributes: attributesOf(at).slice(1, 6),
    events: [event('hiveloop.plan.step'), event('hiveloop.retry')],
  }));
  return { resourceSpans: [{ scopeSpans: [{ scope: { name: 'hiveloop-otel' }, spans }] }] };
}

function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      (key === 'traceId' || key === 'spanId') && typeof item === 'string' ? Buffer.from(item, 'hex') : withBytes(item),
    ]),
  );
}

function protobufOf(type: protobuf.Type, message: Message): Uint8Array {
  return type.encode(type.fromObject(withBytes(message) as Message)).finish();
}

function logsLoad(name: string, eventNameOf: (at: number) => string): Load {
  const body = protobufOf(logsType, logsOf(eventNameOf));
  const packed = gzipSync(body);
  return {
    name: `${RECORDS} log records, ${name}`,
    bytes: body.length,
    contenders: [
      { name: 'build all', run: () => decodeLogs(body, 'protobuf') },
      { name: 'build issue events', run: () => decodeLogs(body, 'protobuf', isIssueEventName) },
      { name: 'protobufjs', run: () => logsType.decode(body) },
      { name: 'gunzip alone', run: () => gunzipSync(packed) },
    ],
  };
}

/** From the bytes to the lifecycle's events, of requests as `bench/translator.ts` sends them. */
function eventsLoad(name: string, issues: number): Load {
  const encoding = 'protobuf';
  const workload = new Workload({
    recordsPerRequest: RECORDS,
    issues,
    reportsPerResolve: 500,
    encoding,
    isGzip: false,
  });
  const bodies = Array.from({ length: 16 }, () => workload.body());
  const arrival = { arrival: BigInt(Date.now()) * 1_000_000n, windowNanos: 900_000_000_000n };
  const inTurn = (take: (body: Uint8Array) => unknown): (() => unknown) => {
    let next = 0;
    return () => take(bodies[next++ % bodies.length] ?? new Uint8Array());
  };
  return {
    name: `${RECORDS} log records to events, ${name}`,
    bytes: bodies[0]?.length ?? 0,
    contenders: [
      {
        name: 'by way of records',
        run: inTurn((body) => takeLogs(decodeLogs(body, encoding, isReadEventName), arrival)),
      },
      { name: 'lean', run: inTurn((body) => takeEncodedLogs(body, arrival)) },
      { name: 'records alone', run: inTurn((body) => decodeLogs(body, encoding, isReadEventName)) },
    ],
  };
}

function jsonLoad(): Load {
  const body = Buffer.from(JSON.stringify(logsOf((at) => (at % 100 === 0 ? EVENT_ISSUE_REPORTED : EVENT_LLM_CALL))));
  return {
    name: `${RECORDS} log records in JSON, 1 in 100 an issue event`,
    bytes: body.length,
    contenders: [
      { name: 'build all', run: () => decodeLogs(body, 'json') },
      { name: 'build issue events', run: () => decodeLogs(body, 'json', isIssueEventName) },
      { name: 'JSON.parse alone', run: () => JSON.parse(body.toString()) as unknown },
    ],
  };
}

function tracesLoad(): Load {
  const body = protobufOf(tracesType, tracesOf());
  return {
    name: `${RECORDS} spans of 2 events, no issue event`,
    bytes: body.length,
    contenders: [
      { name: 'build all', run: () => decodeTraces(body, 'protobuf') },
      { name: 'build issue events', run: () => decodeTraces(body, 'protobuf', isIssueEventName) },
      { name: 'protobufjs', run: () => tracesType.decode(body) },
    ],
  };
}

/** CPU milliseconds for one run, over a slice of time. */
function sliceMillis({ run }: Contender): number {
  const before = process.cpuUsage();
  const end = performance.now() + SLICE_MILLIS;
  let runs = 0;
  do {
    run();
    runs++;
  } while (performance.now() < end);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / runs;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

interface Row {
  readonly contender: string;
  readonly ratio: number;
  readonly millisPerRequest: number;
  readonly recordsPerCpuSecond: number;
}

function measure({ contenders }: Load): readonly Row[] {
  for (let i = 0; i < 3; i++) contenders.forEach(sliceMillis); // warm
  const rounds = Array.from({ length: ROUNDS }, () => contenders.map(sliceMillis));
  return contenders.map(({ name }, at) => {
    const millis = median(rounds.map((round) => round[at] ?? NaN));
    return {
      contender: name,
      ratio: median(rounds.map((round) => (round[at] ?? NaN) / (round[0] ?? NaN))),
      millisPerRequest: millis,
      recordsPerCpuSecond: (RECORDS / millis) * 1000,
    };
  });
}

const loads = [
  eventsLoad('of 4 000 issues', 4000),
  eventsLoad('of 100 issues', 100),
  logsLoad('all issue events', () => EVENT_ISSUE_REPORTED),
  logsLoad('1 in 100 an issue event', (at) => (at % 100 === 0 ? EVENT_ISSUE_REPORTED : EVENT_TASK_STARTED)),
  logsLoad('plain, without event names', () => ''),
  tracesLoad(),
  jsonLoad(),
];
const results = loads.map((load) => ({ load: load.name, bytes: load.bytes, rows: measure(load) }));
if (process.argv.includes('--json')) console.log(JSON.stringify({ node: process.version, results }));
else {
  for (const { load, bytes, rows } of results) {
    console.log(`\n${load} (${Math.round(bytes / 1000)} kB)`);
    for (const { contender, ratio, millisPerRequest, recordsPerCpuSecond } of rows) {
      const columns = [
        `×${ratio.toFixed(2)}`,
        `${millisPerRequest.toFixed(2)} ms`,
        `${Math.round(recordsPerCpuSecond / 1000)} k records/CPU s`,
      ];
      console.log(`  ${contender.padEnd(20)} ${columns.map((column) => column.padStart(10)).join('  ')}`);
    }
  }
}
