import { PROMETHEUS_TEXT_TYPE, prometheusText } from '../emit/prometheus-text.ts';
import type { Route } from '../http/route.ts';
import type { Translator } from '../translator.ts';

/** `/metrics`: all derived and own metrics as they stand now, in the text format that Prometheus scrapes. */
export function metricsRoute(translator: Pick<Translator, 'metrics'>): Route {
  return {
    method: 'GET',
    path: '/metrics',
    access: 'token',
    handle: async () => ({
      status: 200,
      contentType: PROMETHEUS_TEXT_TYPE,
      body: prometheusText(await translator.metrics()),
    }),
  };
}
