import { freePorts } from './ports.ts';
import { answers, NOBODY, type RealProcess, startProcess } from './real-process.ts';

export interface JaegerOptions {
  /** Where the Monitor page (SPM) asks for metrics. Default: nobody. */
  readonly prometheusUrl?: string;
}

export interface Jaeger extends RealProcess {
  /** UI and query API. */
  readonly url: string;
  /** host:port that takes traces, the Collector's `JAEGER_OTLP_GRPC`. */
  readonly otlpGrpc: string;
  readonly health: string;
}

/** Jaeger with the committed configuration. Its traces are in memory: a restart begins empty. */
export async function startJaeger({ prometheusUrl = `http://${NOBODY}` }: JaegerOptions = {}): Promise<Jaeger> {
  const [http = 0, queryGrpc = 0, otlp = 0, healthPort = 0] = await freePorts(4);
  const url = `http://127.0.0.1:${http}`;
  const health = `http://127.0.0.1:${healthPort}/status`;
  const process = await startProcess({
    binary: 'jaeger',
    argv: ['--config', 'collector/jaeger/config.yaml'],
    env: {
      OTEL_TRACES_SAMPLER: 'always_off',
      JAEGER_QUERY_HTTP: `127.0.0.1:${http}`,
      JAEGER_QUERY_GRPC: `127.0.0.1:${queryGrpc}`,
      JAEGER_OTLP_LISTEN: `127.0.0.1:${otlp}`,
      JAEGER_HEALTH: `127.0.0.1:${healthPort}`,
      JAEGER_UI_CONFIG: 'collector/jaeger/ui.json',
      PROMETHEUS_URL: prometheusUrl,
    },
    isReady: async () => (await answers(health)) && (await answers(`${url}/api/services`)),
  });
  return { ...process, url, otlpGrpc: `127.0.0.1:${otlp}`, health };
}
