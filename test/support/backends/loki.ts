import { freePorts } from './ports.ts';
import { answers, type RealProcess, startProcess, temporaryFolder } from './real-process.ts';

export interface Loki extends RealProcess {
  readonly url: string;
}

/** Loki with the committed configuration. */
export async function startLoki(): Promise<Loki> {
  const [http = 0, grpc = 0] = await freePorts(2);
  const url = `http://127.0.0.1:${http}`;
  const process = await startProcess({
    binary: 'loki',
    argv: [
      '-config.file=collector/loki/loki.yaml',
      '-config.expand-env=true',
      // By default it calls itself ready 15 s after it is, for the sake of others in a cluster, and its parts look for
      // each other every 10 s. Nothing else depends on these.
      '-ingester.min-ready-duration=0s',
      '-querier.dns-lookup-period=200ms',
      '-frontend.scheduler-dns-lookup-period=200ms',
    ],
    env: {
      LOKI_HTTP_HOST: '127.0.0.1',
      LOKI_HTTP_PORT: String(http),
      LOKI_GRPC_PORT: String(grpc),
      LOKI_DATA: temporaryFolder('loki'),
    },
    isReady: () => answers(`${url}/ready`),
  });
  return { ...process, url };
}
