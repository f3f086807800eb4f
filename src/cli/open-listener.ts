import { openOtlpServer, type OtlpServer, type OtlpServerOptions } from '../translator/http/server.ts';
import type { ListenAddress } from './listen-address.ts';
import { UsageError } from './usage-error.ts';

export interface ListenerOptions extends Omit<OtlpServerOptions, 'host' | 'port'> {
  /** For the hint: `hiveloop dev`. */
  readonly command: string;
  readonly address: ListenAddress;
}

/**
 * Opens the OTLP server of a command.
 * @throws UsageError in one line, with what to do, when it cannot listen there
 */
export async function openListener({ command, address, ...options }: ListenerOptions): Promise<OtlpServer> {
  try {
    return await openOtlpServer({ ...address, ...options });
  } catch (error) {
    const where = `${address.host}:${address.port}`;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new UsageError(`cannot listen on ${where}: ${reason(code, command, address)}`, { cause: error });
  }
}

function reason(code: string, command: string, { host, port }: ListenAddress): string {
  switch (code) {
    case 'EADDRINUSE':
      return `the port is in use, by a Collector or another hiveloop perhaps. Stop that, or take another port (${command} --listen ${host}:${port + 1}) and send there (OTEL_EXPORTER_OTLP_ENDPOINT=http://${host}:${port + 1})`;
    case 'EACCES':
      return 'this user may not open that port; take one above 1023';
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is no address of this machine; take 127.0.0.1, or 0.0.0.0 for all`;
    default:
      return code === '' ? 'unknown reason' : code;
  }
}
