import { readOtlpCompression, readOtlpHeaders } from '../translator/in-process/otlp-environment.ts';
import type { Signal } from '../translator/otlp/model.ts';
import type { Compression } from '../translator/outbox/compression.ts';
import { UsageError } from './usage-error.ts';

export interface ExportTarget {
  /** Base URL: the signals' paths are appended to it. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the signals of which it is said. */
  readonly compression: Partial<Readonly<Record<Signal, Compression>>>;
}

const SIGNALS: readonly Signal[] = ['logs', 'traces', 'metrics'];

/**
 * Reads `--export` and the standard `OTEL_EXPORTER_OTLP_HEADERS` (`name=value,name=value`, percent-encoded) and
 * `OTEL_EXPORTER_OTLP_COMPRESSION`, also its forms for one signal.
 * @returns undefined for `none`
 * @throws UsageError when it is no http(s) URL, or the compression is none that we have
 */
export function readExportTarget(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): ExportTarget | undefined {
  if (text === 'none') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError(`--export '${text}' is not an address; write a URL such as http://127.0.0.1:4319, or none`);
  }
  return {
    url: text.replace(/\/+$/, ''),
    headers: readOtlpHeaders(environment['OTEL_EXPORTER_OTLP_HEADERS'] ?? ''),
    compression: readCompression(environment),
  };
}

function readCompression(environment: Readonly<Record<string, string | undefined>>): ExportTarget['compression'] {
  try {
    const said = SIGNALS.map((signal) => [signal, readOtlpCompression(signal, environment)] as const);
    return Object.fromEntries(said.filter(([, compression]) => compression !== undefined));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
