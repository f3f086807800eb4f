/**
 * A service under load that never gives up: it sends each request again until it is answered 200, and counts what was
 * acknowledged. Each issue gets ten reports, so each report is told: opened, or recurred for the 2nd to 10th time.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  ATTR_AGENT_ID,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_SEVERITY,
  ATTR_LOG_RECORD_UID,
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  EVENT_ISSUE_REPORTED,
  SCOPE_INSTRUMENTATION,
} from '../../../src/semconv.ts';

export type Signal = 'logs' | 'traces' | 'metrics';
export type Counts = Readonly<Record<Signal, number>>;

export const COUNTER = 'faults_sent';
export const REPORTS_PER_ISSUE = 10;
/** Records of a request: issue reports, spans, points. */
export const RECORDS: Counts = { logs: 20, traces: 10, metrics: 1 };

const PACE_MILLIS = 50;
const RETRY_MILLIS = 50;
const ATTEMPT_MILLIS = 10_000;

export interface LoadOptions {
  /** OTLP/HTTP of the Collector. */
  readonly url: string;
  /** Name of service, agent and instance, so that a run finds its own again. */
  readonly run: string;
  /** Default: all three. */
  readonly signals?: readonly Signal[];
  /** Default: 20, 10, 1. */
  readonly records?: Counts;
}

export interface Load {
  readonly run: string;
  /** Records in requests that were answered 200. */
  readonly acknowledged: Counts;
  /** Attempts without a 200, as `logs 503`; 0: no answer. */
  readonly refusals: ReadonlyMap<string, number>;
  /** While the act runs, no attempt is begun; what is not acknowledged is tried again after it. */
  pauseFor(act: () => Promise<void>): Promise<void>;
  /** Begins nothing new and resolves when all that was begun is acknowledged. */
  finish(): Promise<void>;
}

/** Sends the signals side by side, one request of each at a time. */
export function startLoad({ url, run, signals = ['logs', 'traces', 'metrics'], records = RECORDS }: LoadOptions): Load {
  const acknowledged = { logs: 0, traces: 0, metrics: 0 };
  const refusals = new Map<string, number>();
  let isOver = false;
  let pause: Promise<void> | undefined;
  const sendAll = async (signal: Signal): Promise<void> => {
    for (let request = 0; !isOver; request++) {
      const body = JSON.stringify(BODIES[signal](run, request * records[signal], records[signal]));
      let status = await attempt(`${url}/v1/${signal}`, body);
      while (status !== 200) {
        const refusal = `${signal} ${status}`;
        refusals.set(refusal, (refusals.get(refusal) ?? 0) + 1);
        await delay(RETRY_MILLIS);
        await pause;
        status = await attempt(`${url}/v1/${signal}`, body);
      }
      acknowledged[signal] += records[signal];
      await delay(PACE_MILLIS);
      await pause;
    }
  };
  const ended = Promise.all(signals.map(sendAll));
  return {
    run,
    acknowledged,
    refusals,
    pauseFor: async (act) => {
      pause = act();
      await pause;
      pause = undefined;
    },
    finish: async () => {
      isOver = true;
      await ended;
    },
  };
}

async function attempt(url: string, body: string): Promise<number> {
  try {
    const signal = AbortSignal.timeout(ATTEMPT_MILLIS);
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body, signal });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

function issueOf(serial: number): string {
  return `issue-${Math.floor(serial / REPORTS_PER_ISSUE)}`;
}

const BODIES: Readonly<Record<Signal, (run: string, first: number, count: number) => unknown>> = {
  logs: reportsRequest,
  traces: (run, first, count) => {
    const traceId = identifier(run, first, 32);
    const spans = serials(first, count).map((serial) => ({
      traceId,
      spanId: identifier(run, serial, 16),
      name: 'work',
      kind: 1,
      startTimeUnixNano: timeOf(serial),
      endTimeUnixNano: timeOf(serial + 1),
    }));
    return { resourceSpans: [{ resource: resourceOf(run), scopeSpans: [{ scope, spans }] }] };
  },
  metrics: (run, first, count) => counterRequest(run, run, { value: first + count, timeUnixNano: timeOf(0) }),
};

/** Issue reports of an agent that has the name of its service. */
export function reportsRequest(run: string, first: number, count: number): unknown {
  const logRecords = serials(first, count).map((serial) => ({
    timeUnixNano: timeOf(serial),
    severityNumber: 17,
    eventName: EVENT_ISSUE_REPORTED,
    body: { stringValue: `report ${serial}` },
    attributes: attributes({
      [ATTR_LOG_RECORD_UID]: `${run}-${serial}`,
      [ATTR_AGENT_ID]: run,
      [ATTR_ISSUE_ID]: issueOf(serial),
      [ATTR_ISSUE_SEVERITY]: 'high',
    }),
  }));
  return { resourceLogs: [{ resource: resourceOf(run), scopeLogs: [{ scope, logRecords }] }] };
}

/** A counter's point. An empty instance: the service does not say one. */
export function counterRequest(
  run: string,
  instance: string,
  { value, timeUnixNano }: { readonly value: number; readonly timeUnixNano: string },
): { readonly resourceMetrics: readonly unknown[] } {
  const dataPoints = [{ startTimeUnixNano: STARTED, timeUnixNano, asInt: String(value) }];
  const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints };
  const scopeMetrics = [{ scope, metrics: [{ name: COUNTER, sum }] }];
  return { resourceMetrics: [{ resource: resourceOf(run, instance), scopeMetrics }] };
}

const STARTED = timeOf(0);
const scope = { name: SCOPE_INSTRUMENTATION };

function resourceOf(run: string, instance = run): unknown {
  return {
    attributes: attributes({
      [ATTR_SERVICE_NAME]: run,
      ...(instance !== '' && { [ATTR_SERVICE_INSTANCE_ID]: instance }),
    }),
  };
}

function attributes(values: Readonly<Record<string, string>>): readonly unknown[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }));
}

function serials(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** Now, and different for each serial: backends take two records of one instant and text for one. */
function timeOf(serial: number): string {
  return String(BigInt(Date.now()) * 1_000_000n + BigInt(serial % 1_000_000));
}

function identifier(run: string, serial: number, digits: number): string {
  const name = Buffer.from(run)
    .toString('hex')
    .slice(0, digits - 8);
  return name.padEnd(digits - 8, '0') + (serial + 1).toString(16).padStart(8, '0');
}
