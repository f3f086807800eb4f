import { type BuiltPackage, buildPackage } from '../build.ts';
import { type Collector, startCollector } from '../backends/collector.ts';
import { type Jaeger, startJaeger } from '../backends/jaeger.ts';
import { type Loki, startLoki } from '../backends/loki.ts';
import { freePorts } from '../backends/ports.ts';
import { type Prometheus, startPrometheus } from '../backends/prometheus.ts';
import { type ChainTranslator, startChainTranslator } from './translator.ts';

/** All of design §1 but Grafana: the Collector between services, backends and the translator, each a real process. */
export interface Chain {
  readonly collector: Collector;
  readonly translator: ChainTranslator;
  readonly prometheus: Prometheus;
  readonly jaeger: Jaeger;
  readonly loki: Loki;
  stop(): Promise<void>;
}

export interface ChainOptions {
  /** Merged over collector.yaml, as `yaml:…` or paths. */
  readonly overlays?: readonly string[];
  readonly collectorEnv?: Readonly<Record<string, string>>;
}

export async function startChain({ overlays = [], collectorEnv = {} }: ChainOptions = {}): Promise<Chain> {
  const [built, [port = 0], prometheus, jaeger, loki] = await Promise.all([
    buildPackage(),
    freePorts(1),
    startPrometheus(),
    startJaeger(),
    startLoki(),
  ]);
  const collector = await startCollector({
    configs: ['collector/collector.yaml', ...overlays],
    env: {
      TRANSLATOR_URL: `http://127.0.0.1:${port}`,
      JAEGER_OTLP_GRPC: jaeger.otlpGrpc,
      PROMETHEUS_URL: prometheus.url,
      LOKI_URL: loki.url,
      ...collectorEnv,
    },
  });
  const translator = await startChainTranslator({
    packageFolder: built.folder,
    port,
    exportTo: collector.urls.derived,
  });
  return { collector, translator, prometheus, jaeger, loki, stop: () => stopAll(built) };

  async function stopAll(package_: BuiltPackage): Promise<void> {
    // In the order of the flow, so that each can still hand on what it has.
    for (const process of [translator, collector, jaeger, loki, prometheus]) await process.stop();
    await package_.remove();
  }
}
