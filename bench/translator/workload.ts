import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  ATTR_AGENT_ID,
  ATTR_AGENT_TYPE,
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_EVENT_CATEGORY,
  ATTR_ISSUE_CATEGORY,
  ATTR_ISSUE_CONTEXT_PREFIX,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_OCCURRENCE_COUNT,
  ATTR_ISSUE_SEVERITY,
  ATTR_LOG_RECORD_UID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_NAMESPACE,
  EVENT_ISSUE_REPORTED,
  EVENT_ISSUE_RESOLVED,
  SCOPE_INSTRUMENTATION,
} from '../../src/semconv.ts';
import { encodeLogs } from '../../src/translator/otlp/encode.ts';
import type { AnyValue, LogRecord, ScopeLogs } from '../../src/translator/otlp/model.ts';

/** What is sent: issue events as a fleet's agents report them, each with a uid of its own. */
export interface WorkloadOptions {
  readonly recordsPerRequest: number;
  /** Distinct issues that recur. */
  readonly issues: number;
  /** Reports before a resolve of the same issue, on average; 0: nothing is ever resolved. */
  readonly reportsPerResolve: number;
  readonly encoding: 'protobuf' | 'json';
  readonly isGzip: boolean;
}

const APIS = ['salesforce', 'clearbit', 'hubspot', 'openai', 'stripe', 'zendesk', 'postgres', 's3'];
const CATEGORIES = ['permissions', 'connectivity', 'configuration', 'data_quality', 'rate_limit', 'other'];
const SEVERITIES = ['critical', 'high', 'medium', 'low'];
const CODES = [403, 429, 500, 504];
const AGENTS = 200;
const RECORD_SPACING_NANOS = 10_000n;

const RESOURCE = {
  attributes: {
    [ATTR_SERVICE_NAME]: 'sales-agents',
    [ATTR_SERVICE_NAMESPACE]: 'sales',
    [ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: 'production',
    'service.version': '1.4.2',
    'service.instance.id': '627cc493-f310-47de-96bd-71410b7dec09',
    'host.name': 'ip-10-0-3-17',
  },
};

/** Request bodies, one after the other: record times go on from body to body, issues are taken by a seeded generator. */
export class Workload {
  readonly #options: WorkloadOptions;
  readonly #uidPrefix = randomBytes(8).toString('hex');
  #random = 42;
  #count = 0;
  #clock: bigint = BigInt(Date.now()) * 1_000_000n;

  constructor(options: WorkloadOptions) {
    this.#options = options;
  }

  /** @param issueOf the issue of each record; default: any, as the generator falls */
  body(issueOf?: (index: number) => number): Buffer {
    const records = Array.from({ length: this.#options.recordsPerRequest }, (_, index) =>
      this.#record(issueOf?.(index) ?? Math.floor(this.#next() * this.#options.issues)),
    );
    const batch = [
      { resource: RESOURCE, scope: { name: SCOPE_INSTRUMENTATION, version: '0.1.0' }, logRecords: records },
    ];
    const plain = this.#options.encoding === 'protobuf' ? Buffer.from(encodeLogs(batch)) : Buffer.from(toJson(batch));
    return this.#options.isGzip ? gzipSync(plain) : plain;
  }

  #record(issue: number): LogRecord {
    this.#count++;
    this.#clock += RECORD_SPACING_NANOS;
    const { reportsPerResolve } = this.#options;
    const isResolve = reportsPerResolve > 0 && this.#next() * (reportsPerResolve + 1) < 1;
    const api = APIS[issue % APIS.length] ?? '';
    const code = CODES[issue % CODES.length] ?? 500;
    const random = randomBytes(24).toString('hex');
    const identifying = {
      [ATTR_LOG_RECORD_UID]: `${this.#uidPrefix}-${this.#count.toString(36)}`,
      [ATTR_AGENT_ID]: `lead-qualifier-${String(issue % AGENTS)}`,
      [ATTR_AGENT_TYPE]: 'sales',
      [ATTR_ISSUE_ID]: `${api}-${String(code)}-${String(issue)}`,
      [ATTR_EVENT_CATEGORY]: 'pipeline',
    };
    return {
      timeUnixNano: this.#clock,
      observedTimeUnixNano: this.#clock,
      severityNumber: 17,
      eventName: isResolve ? EVENT_ISSUE_RESOLVED : EVENT_ISSUE_REPORTED,
      body: isResolve ? `${api} API recovered` : `${api} API returning ${String(code)} for workspace queries`,
      attributes: isResolve
        ? identifying
        : {
            ...identifying,
            [ATTR_ISSUE_SEVERITY]: SEVERITIES[issue % SEVERITIES.length] ?? 'medium',
            [ATTR_ISSUE_CATEGORY]: CATEGORIES[issue % CATEGORIES.length] ?? 'other',
            [ATTR_ISSUE_OCCURRENCE_COUNT]: 1,
            [`${ATTR_ISSUE_CONTEXT_PREFIX}api`]: api,
            [`${ATTR_ISSUE_CONTEXT_PREFIX}error_code`]: code,
            [`${ATTR_ISSUE_CONTEXT_PREFIX}last_seen`]: '2026-02-12T14:30:00Z',
          },
      traceId: random.slice(0, 32),
      spanId: random.slice(32),
    };
  }

  #next(): number {
    this.#random = (Math.imul(this.#random, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return this.#random / 0x8000_0000;
  }
}

function toJson(batch: readonly ScopeLogs[]): string {
  const keyValues = (attributes: Readonly<Record<string, AnyValue>>): object[] =>
    Object.entries(attributes).map(([key, value]) => ({
      key,
      value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
    }));
  return JSON.stringify({
    resourceLogs: batch.map(({ resource, scope, logRecords }) => ({
      resource: { attributes: keyValues(resource.attributes) },
      scopeLogs: [
        {
          scope,
          logRecords: logRecords.map((record) => ({
            ...record,
            timeUnixNano: String(record.timeUnixNano),
            observedTimeUnixNano: String(record.observedTimeUnixNano),
            body: { stringValue: record.body },
            attributes: keyValues(record.attributes),
          })),
        },
      ],
    })),
  });
}
