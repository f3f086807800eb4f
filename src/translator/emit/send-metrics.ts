import type { ScopeMetricData } from '../otlp/model.ts';
import type { DerivedSink } from '../outbox/derived-sink.ts';

/** A request of this many points is some 200 KB. */
const POINTS_PER_REQUEST = 1000;

/**
 * Sends metrics in requests of bounded size. Prometheus refuses a whole request for one bad sample: what is refused is
 * halved, down to one metric of one resource, so that it costs nobody else's.
 * @throws when something did not arrive; all that could has been sent
 */
export async function sendMetrics(sink: DerivedSink, scopes: readonly ScopeMetricData[]): Promise<void> {
  const problems: string[] = [];
  for (const request of requestsOf(scopes)) await send(sink, request, problems);
  const [first] = problems;
  if (first === undefined) return;
  const others = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  throw new Error(`derived metrics could not be sent, the next snapshot repeats them: ${first}${others}`);
}

async function send(sink: DerivedSink, scopes: readonly ScopeMetricData[], problems: string[]): Promise<void> {
  const outcome = await sink.metrics(scopes);
  if (outcome.kind === 'accepted') {
    if ((outcome.rejected ?? 0) > 0)
      problems.push(`${String(outcome.rejected)} points rejected: ${outcome.reason ?? ''}`);
  } else if (outcome.kind === 'retryable') {
    problems.push(outcome.reason);
  } else {
    const halves = halve(scopes);
    if (halves === undefined) problems.push(outcome.reason);
    else for (const half of halves) await send(sink, half, problems);
  }
}

/** Two smaller requests, by resource, then by metric; undefined for a single metric. */
function halve(scopes: readonly ScopeMetricData[]): readonly (readonly ScopeMetricData[])[] | undefined {
  const [only] = scopes;
  if (only === undefined) return undefined;
  if (scopes.length > 1) return inHalf(scopes);
  if (only.metrics.length === 1) return undefined;
  return inHalf(only.metrics).map((metrics) => [{ ...only, metrics }]);
}

function inHalf<T>(items: readonly T[]): readonly (readonly T[])[] {
  const middle = items.length >> 1;
  return [items.slice(0, middle), items.slice(middle)];
}

function* requestsOf(scopes: readonly ScopeMetricData[]): Generator<readonly ScopeMetricData[]> {
  let request: ScopeMetricData[] = [];
  let points = 0;
  for (const scope of scopes) {
    request.push(scope);
    points += scope.metrics.reduce((count, metric) => count + metric.points.length, 0);
    if (points < POINTS_PER_REQUEST) continue;
    yield request;
    request = [];
    points = 0;
  }
  if (request.length > 0) yield request;
}
