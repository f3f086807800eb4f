import { type BuiltCopy, openBuiltCopy } from '../../examples/support/built-copy.ts';
import { type Collector, startCollector } from '../backends/collector.ts';
import { type Jaeger, startJaeger } from '../backends/jaeger.ts';
import { type Loki, startLoki } from '../backends/loki.ts';
import { freePorts } from '../backends/ports.ts';
import { type Prometheus, startPrometheus } from '../backends/prometheus.ts';
import { type ChainTranslator, startChainTranslator } from '../chain/translator.ts';

/** Everything that docker-compose.yml runs between a service and a screen, but Grafana and Alertmanager. */
export interface Chain {
  readonly collector: Collector;
  readonly translator: ChainTranslator;
  readonly jaeger: Jaeger;
  readonly prometheus: Prometheus;
  readonly loki: Loki;
  /** The package as it is published, with the examples beside it. */
  readonly built: BuiltCopy;
  /** Variables that make a service's SDK export to the Collector. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Rules, scrapes and span metrics: at the committed intervals a test would wait for minutes. */
const INTERVAL = '1s';

/** Starts the real programs with the committed configuration, each on ports and in a folder of its own. */
export async function startChain(): Promise<Chain> {
  const [translatorPort = 0, metricsPort = 0] = await freePorts(2);
  const [built, prometheus, loki] = await Promise.all([
    openBuiltCopy(),
    startPrometheus({ collectorMetrics: `127.0.0.1:${metricsPort}`, interval: INTERVAL }),
    startLoki(),
  ]);
  const jaeger = await startJaeger({ prometheusUrl: prometheus.url });
  const collector = await startCollector({
    configs: ['collector/collector.yaml', `yaml:connectors::span_metrics::metrics_flush_interval: ${INTERVAL}`],
    env: {
      COLLECTOR_METRICS_PORT: String(metricsPort),
      TRANSLATOR_URL: `http://127.0.0.1:${translatorPort}`,
      JAEGER_OTLP_GRPC: jaeger.otlpGrpc,
      PROMETHEUS_URL: prometheus.url,
      LOKI_URL: loki.url,
    },
  });
  const translator = await startChainTranslator({
    packageFolder: built.path('dist'),
    port: translatorPort,
    exportTo: collector.urls.derived,
  });
  return {
    collector,
    translator,
    jaeger,
    prometheus,
    loki,
    built,
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.urls.otlpHttp },
    stop: async () => {
      // In the order of the flow, so that each can still hand on what it has.
      for (const program of [translator, collector, jaeger, loki, prometheus]) await program.stop();
      await built.remove();
    },
  };
}
