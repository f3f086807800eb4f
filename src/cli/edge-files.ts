import { openTokenFile } from '../translator/http/token-file.ts';
import type { TokenList } from '../translator/http/token-list.ts';
import type { TlsPaths } from './tls-files.ts';
import { UsageError } from './usage-error.ts';

/**
 * Opens `--token-file`; undefined when none is given.
 * @throws UsageError when it is missing, open to everyone, or holds no token
 */
export function readTokens(path: string | undefined, onTrouble: (sentence: string) => void): TokenList | undefined {
  if (path === undefined) return undefined;
  try {
    return openTokenFile(path, onTrouble);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/**
 * Reads where TLS's files are; undefined when neither flag is given.
 * @throws UsageError when one is given without the other
 */
export function readTlsPaths(certPath: string | undefined, keyPath: string | undefined): TlsPaths | undefined {
  if (certPath === undefined && keyPath === undefined) return undefined;
  if (certPath !== undefined && keyPath !== undefined) return { certPath, keyPath };
  const missing = certPath === undefined ? '--tls-cert' : '--tls-key';
  throw new UsageError(`${missing} is missing; TLS needs a certificate and its key`);
}
