import { join } from 'node:path';
import { freePorts } from './ports.ts';
import { answers, NOBODY, type RealProcess, startProcess, temporaryFolder } from './real-process.ts';

export interface CollectorOptions {
  /** Files from the project's root, merged in this order. Default: `collector/collector.yaml`. */
  readonly configs?: readonly string[];
  /** Goes over the launcher's own. What is not named here has nobody at the other end. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Collector extends RealProcess {
  readonly urls: {
    /** Where services send, by HTTP. */
    readonly otlpHttp: string;
    /** The same by gRPC, as host:port. */
    readonly otlpGrpc: string;
    /** Where the translator sends what it derived. */
    readonly derived: string;
    readonly health: string;
    /** The Collector's own metrics, to scrape. */
    readonly metrics: string;
  };
  /** host:port of the own metrics, for `startPrometheus`. */
  readonly metricsAddress: string;
  readonly queueFolder: string;
}

/** The Collector with the committed configuration. */
export async function startCollector({
  configs = ['collector/collector.yaml'],
  env = {},
}: CollectorOptions = {}): Promise<Collector> {
  const [http = 0, grpc = 0, derived = 0, health = 0, metrics = 0] = await freePorts(5);
  const queueFolder = join(temporaryFolder('collector'), 'queue');
  const urls = {
    otlpHttp: `http://127.0.0.1:${http}`,
    otlpGrpc: `127.0.0.1:${grpc}`,
    derived: `http://127.0.0.1:${derived}`,
    health: `http://127.0.0.1:${health}`,
    metrics: `http://127.0.0.1:${metrics}/metrics`,
  };
  const process = await startProcess({
    binary: 'otelcol',
    argv: configs.flatMap((config) => ['--config', config]),
    env: {
      COLLECTOR_OTLP_HTTP: `127.0.0.1:${http}`,
      COLLECTOR_OTLP_GRPC: urls.otlpGrpc,
      COLLECTOR_DERIVED_HTTP: `127.0.0.1:${derived}`,
      COLLECTOR_HEALTH: `127.0.0.1:${health}`,
      COLLECTOR_METRICS_HOST: '127.0.0.1',
      COLLECTOR_METRICS_PORT: String(metrics),
      COLLECTOR_QUEUE_DIR: queueFolder,
      TRANSLATOR_URL: `http://${NOBODY}`,
      JAEGER_OTLP_GRPC: NOBODY,
      PROMETHEUS_URL: `http://${NOBODY}`,
      LOKI_URL: `http://${NOBODY}`,
      ...env,
    },
    isReady: () => answers(urls.health),
  });
  return { ...process, urls, metricsAddress: `127.0.0.1:${metrics}`, queueFolder };
}
