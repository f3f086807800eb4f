import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { TlsFiles } from '../translator/http/listener.ts';
import { openTokenFile } from '../translator/http/token-file.ts';
import type { TokenList } from '../translator/http/token-list.ts';
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
 * Reads `--tls-cert` and `--tls-key`; undefined when neither is given.
 * @throws UsageError when one is given without the other, cannot be read, or the two do not fit
 */
export function readTls(certPath: string | undefined, keyPath: string | undefined): TlsFiles | undefined {
  if (certPath === undefined && keyPath === undefined) return undefined;
  if (certPath === undefined || keyPath === undefined) {
    const missing = certPath === undefined ? '--tls-cert' : '--tls-key';
    throw new UsageError(`${missing} is missing; TLS needs a certificate and its key`);
  }
  const files = { cert: readPem('tls-cert', certPath), key: readPem('tls-key', keyPath) };
  try {
    createSecureContext(files);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--tls-cert ${certPath} and --tls-key ${keyPath} are no certificate and its key: ${why}`, {
      cause: error,
    });
  }
  return files;
}

function readPem(flag: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new UsageError(`--${flag}: the file ${path} ${why}`, { cause: error });
  }
}
