import { join } from 'node:path';
import { copyCommitted } from './committed-file.ts';
import { freePorts } from './ports.ts';
import { answers, type RealProcess, startProcess, temporaryFolder } from './real-process.ts';

export interface AlertmanagerOptions {
  /** Texts of the committed configuration and what stands there instead, as a receiver's address. */
  readonly replace?: Readonly<Record<string, string>>;
}

export interface Alertmanager extends RealProcess {
  readonly url: string;
  /** host:port, for `startPrometheus`. */
  readonly address: string;
}

/** Alertmanager with the committed configuration, alone in its cluster. */
export async function startAlertmanager({ replace = {} }: AlertmanagerOptions = {}): Promise<Alertmanager> {
  const [port = 0] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  const folder = temporaryFolder('alertmanager');
  const process = await startProcess({
    binary: 'alertmanager',
    argv: [
      `--config.file=${copyCommitted('collector/alertmanager/alertmanager.yml', folder, replace)}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
    ],
    isReady: () => answers(`http://${address}/-/ready`),
  });
  return { ...process, url: `http://${address}`, address };
}
