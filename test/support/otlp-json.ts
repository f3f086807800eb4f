/** Small OTLP/JSON requests, as a service sends them. */
export interface EventOptions {
  readonly eventName?: string;
  readonly body?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface SpanOptions {
  readonly name: string;
  readonly scope?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly events?: readonly { readonly name: string; readonly attributes?: Readonly<Record<string, string>> }[];
}

const SERVICE = { 'service.name': 'lead-service', 'service.namespace': 'sales' };
const SCOPE = 'hiveloop-otel';
let serial = 0;

export function logsRequest(records: readonly EventOptions[]): unknown {
  const logRecords = records.map(({ eventName, body = '', attributes = {} }) => ({
    timeUnixNano: nowNanos(),
    severityNumber: 9,
    ...(eventName !== undefined && { eventName }),
    body: { stringValue: body },
    attributes: attributesOf(attributes),
  }));
  return { resourceLogs: [{ resource, scopeLogs: [{ scope: { name: SCOPE }, logRecords }] }] };
}

/** Each span is a trace of its own, a millisecond long. */
export function tracesRequest(spans: readonly SpanOptions[]): unknown {
  const scopeSpans = spans.map(({ name, scope = SCOPE, attributes = {}, events = [] }) => ({
    scope: { name: scope },
    spans: [
      {
        ...nextIds(),
        name,
        kind: 1,
        startTimeUnixNano: nowNanos(),
        endTimeUnixNano: String(BigInt(nowNanos()) + 1_000_000n),
        attributes: attributesOf(attributes),
        events: events.map((event) => ({
          name: event.name,
          timeUnixNano: nowNanos(),
          attributes: attributesOf(event.attributes ?? {}),
        })),
      },
    ],
  }));
  return { resourceSpans: [{ resource, scopeSpans }] };
}

/** A cumulative counter of one series, which grew by one a millisecond. */
export function counterRequest(name: string, value: number, startTimeUnixNano: string): unknown {
  const timeUnixNano = String(BigInt(startTimeUnixNano) + BigInt(value) * 1_000_000n);
  const dataPoints = [{ startTimeUnixNano, timeUnixNano, asInt: String(value) }];
  const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints };
  return { resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: SCOPE }, metrics: [{ name, sum }] }] }] };
}

export function nowNanos(): string {
  return String(BigInt(Date.now()) * 1_000_000n);
}

/** Posts a request; the status of the answer. */
export async function postOtlp(
  baseUrl: string,
  signal: 'logs' | 'traces' | 'metrics',
  request: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const response = await fetch(`${baseUrl}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(request),
  });
  await response.arrayBuffer();
  return response.status;
}

function attributesOf(attributes: Readonly<Record<string, string>>): readonly unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } }));
}

const resource = { attributes: attributesOf(SERVICE) };

function nextIds(): { readonly traceId: string; readonly spanId: string } {
  serial += 1;
  const spanId = serial.toString(16).padStart(16, '0');
  return { traceId: spanId.repeat(2), spanId };
}
