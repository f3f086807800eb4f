import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { stampAt } from '../translator/http/file-stamp.ts';
import type { TlsFiles } from '../translator/http/listener.ts';
import { startTimer, type Timer } from '../translator/outbox/timer.ts';
import { UsageError } from './usage-error.ts';

/** Where a certificate chain and its key are, in PEM. */
export interface TlsPaths {
  readonly certPath: string;
  readonly keyPath: string;
}

/** The pair as read at one moment, and what the two files looked like then. */
export interface TlsReading {
  readonly files: TlsFiles;
  readonly stamp: string;
}

/**
 * Reads `--tls-cert` and `--tls-key`.
 * @throws UsageError when one cannot be read, or the two do not fit
 */
export function readTlsFiles({ certPath, keyPath }: TlsPaths): TlsReading {
  const stamp = stampOfPair(certPath, keyPath); // before they are read: a change meanwhile is seen later
  const files = { cert: readPem('tls-cert', certPath), key: readPem('tls-key', keyPath) };
  try {
    createSecureContext(files);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--tls-cert ${certPath} and --tls-key ${keyPath} are no certificate and its key: ${why}`, {
      cause: error,
    });
  }
  return { files, stamp };
}

function stampOfPair(certPath: string, keyPath: string): string {
  return `${stampAt(certPath)} ${stampAt(keyPath)}`;
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

export interface TlsWatchOptions extends TlsPaths {
  /** Stamp of the pair in force. */
  readonly stamp: string;
  /** Gets a pair that fits, after either file has changed. */
  readonly onChange: (files: TlsFiles) => void;
  /** Hears one sentence for each change that cannot be taken. */
  readonly onTrouble: (sentence: string) => void;
  /** Between two looks, in milliseconds. Default: 10 000. */
  readonly intervalMillis?: number;
}

export interface TlsWatch {
  close(): void;
}

const INTERVAL_MILLIS = 10_000;

/**
 * Looks from time to time whether a renewed certificate lies there. A pair that does not fit changes nothing, and is said
 * only when it is still the same at the next look: between the writing of the one file and of the other it is no trouble.
 * A look and not a notification, since those do not follow the links by which secrets are mounted.
 */
export function watchTlsFiles(options: TlsWatchOptions): TlsWatch {
  const { onChange, onTrouble, intervalMillis = INTERVAL_MILLIS } = options;
  let inForce = options.stamp;
  let broken = '';
  let said = '';
  let timer: Timer | undefined;

  const look = (): void => {
    const stamp = stampOfPair(options.certPath, options.keyPath);
    if (stamp === inForce) {
      broken = '';
    } else if (stamp !== said) {
      try {
        const reading = readTlsFiles(options);
        onChange(reading.files);
        inForce = reading.stamp;
      } catch (error) {
        if (stamp === broken) {
          onTrouble(
            `${error instanceof Error ? error.message : String(error)}; the certificate read before stays in force`,
          );
          said = stamp;
        }
        broken = stamp;
      }
    }
    timer = startTimer(intervalMillis, look);
  };
  timer = startTimer(intervalMillis, look);
  return { close: () => timer?.cancel() };
}
