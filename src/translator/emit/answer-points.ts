import { ATTR_HTTP_RESPONSE_STATUS_CODE, ATTR_SIGNAL, METRIC_TRANSLATOR_REQUESTS } from '../../semconv.ts';
import type { Answer } from '../http/answer.ts';
import type { Counters } from '../store/store.ts';
import type { OwnPoint } from './own-point.ts';

/** What requests outside OTLP's paths count as. */
const OTHER = 'other';
const EXPORT_STATUSES = [200, 400, 401, 405, 413, 415, 503];
/** All that the server answers: no other label can come to be. */
const STATUSES: Readonly<Record<string, readonly number[]>> = {
  logs: EXPORT_STATUSES,
  traces: EXPORT_STATUSES,
  metrics: EXPORT_STATUSES,
  [OTHER]: [200, 400, 401, 403, 404, 405, 409, 415, 503],
};

/** Name of the counter of such answers in the store. */
export function answerCounter({ signal, status }: Answer): string {
  return counterName(signal ?? OTHER, status);
}

/** Requests answered, each kind from 0 on, so that the first refusal is seen as a rise. */
export function answerPoints(counters: Counters): readonly OwnPoint[] {
  return Object.entries(STATUSES).flatMap(([signal, statuses]) =>
    statuses.map((status) => ({
      definition: METRIC_TRANSLATOR_REQUESTS,
      attributes: { [ATTR_SIGNAL]: signal, [ATTR_HTTP_RESPONSE_STATUS_CODE]: status },
      value: counters.get(counterName(signal, status)) ?? 0,
    })),
  );
}

function counterName(signal: string, status: number): string {
  return `answer.${signal}.${status}`;
}
