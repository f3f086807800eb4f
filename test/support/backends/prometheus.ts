import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { copyCommitted } from './committed-file.ts';
import { freePorts } from './ports.ts';
import { answers, NOBODY, type RealProcess, ROOT, startProcess, temporaryFolder } from './real-process.ts';

export interface PrometheusOptions {
  /** host:port of the Collector's own metrics. Default: nobody. */
  readonly collectorMetrics?: string;
  /** host:port of the Alertmanager. Default: nobody. */
  readonly alertmanager?: string;
  /** How often it scrapes and evaluates rules, as `1s`. Default: the committed interval. */
  readonly interval?: string;
  /** A folder of rules used instead of the committed ones. */
  readonly rules?: string;
  /** How long a series is seen after its last sample, as `10s`. Default: Prometheus' own five minutes. */
  readonly lookback?: string;
}

export interface Prometheus extends RealProcess {
  readonly url: string;
}

/** Prometheus with the committed configuration and rules. */
export async function startPrometheus({
  collectorMetrics = NOBODY,
  alertmanager = NOBODY,
  interval,
  rules = join(ROOT, 'collector/prometheus/rules'),
  lookback = '5m',
}: PrometheusOptions = {}): Promise<Prometheus> {
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const folder = temporaryFolder('prometheus');
  const config = copyCommitted('collector/prometheus/prometheus.yml', folder, {
    'collector:8888': collectorMetrics,
    'alertmanager:9093': alertmanager,
    ...(interval !== undefined && {
      'scrape_interval: 15s': `scrape_interval: ${interval}`,
      'evaluation_interval: 15s': `evaluation_interval: ${interval}`,
    }),
  });
  symlinkSync(rules, join(folder, 'rules'));
  const process = await startProcess({
    binary: 'prometheus',
    argv: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-otlp-receiver',
      '--enable-feature=exemplar-storage',
      `--query.lookback-delta=${lookback}`,
    ],
    isReady: () => answers(`${url}/-/ready`),
  });
  return { ...process, url };
}
