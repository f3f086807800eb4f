import { readOtlpHeaders } from '../translator/in-process/otlp-environment.ts';
import { UsageError } from './usage-error.ts';

export interface ExportTarget {
  /** Base URL: the signals' paths are appended to it. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Reads `--export` and the standard `OTEL_EXPORTER_OTLP_HEADERS` (`name=value,name=value`, percent-encoded).
 * @returns undefined for `none`
 * @throws UsageError when it is no http(s) URL
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
  return { url: text.replace(/\/+$/, ''), headers: readOtlpHeaders(environment['OTEL_EXPORTER_OTLP_HEADERS'] ?? '') };
}
