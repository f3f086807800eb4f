import type { DerivedSink } from '../outbox/derived-sink.ts';
import type { Signal } from '../otlp/model.ts';
import type { Compression } from '../outbox/compression.ts';
import { openOtlpSink } from '../outbox/otlp-sink.ts';
import { warnHost } from './host-api.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where OpenTelemetry SDKs send when nothing is said. */
const DEFAULT_URL = 'http://localhost:4318';
const SIGNALS = { logs: 'LOGS', traces: 'TRACES', metrics: 'METRICS' } as const;

/**
 * A sink set up by the standard variables `OTEL_EXPORTER_OTLP_ENDPOINT`, `_HEADERS`, `_TIMEOUT`, `_COMPRESSION` and their forms for one
 * signal (`OTEL_EXPORTER_OTLP_LOGS_ENDPOINT`), which win. A signal's own address has to end in the path that the
 * specification gives the signal, such as `/v1/logs`.
 * @throws when an address is none, or a signal's own address ends otherwise
 */
export function openEnvironmentSink(environment: Environment): DerivedSink {
  const senders = {
    logs: openSignalSink('logs', environment),
    traces: openSignalSink('traces', environment),
    metrics: openSignalSink('metrics', environment),
  };
  return {
    logs: (batch) => senders.logs.logs(batch),
    traces: (batch) => senders.traces.traces(batch),
    metrics: (batch) => senders.metrics.metrics(batch),
    encoded: (signal, body) => senders[signal].encoded(signal, body),
  };
}

function openSignalSink(signal: keyof typeof SIGNALS, environment: Environment): Required<DerivedSink> {
  const read = (what: string): string =>
    said(environment[`OTEL_EXPORTER_OTLP_${SIGNALS[signal]}_${what}`]) ??
    said(environment[`OTEL_EXPORTER_OTLP_${what}`]) ??
    '';
  const own = environment[`OTEL_EXPORTER_OTLP_${SIGNALS[signal]}_ENDPOINT`]?.trim() ?? '';
  const path = `/v1/${signal}`;
  if (own !== '' && !own.endsWith(path)) {
    throw new Error(
      `OTEL_EXPORTER_OTLP_${SIGNALS[signal]}_ENDPOINT must end in ${path}, and is ${JSON.stringify(own)}`,
    );
  }
  const url = own === '' ? read('ENDPOINT') || DEFAULT_URL : own.slice(0, -path.length);
  const timeoutMillis = Number(read('TIMEOUT'));
  const compression = compressionOrWarn(signal, environment);
  return openOtlpSink({
    url,
    headers: readOtlpHeaders(read('HEADERS')),
    ...(timeoutMillis > 0 && { timeoutMillis }),
    ...(compression !== undefined && { compression }),
  });
}

/**
 * Reads `OTEL_EXPORTER_OTLP_COMPRESSION`, or the one for the signal alone, which wins; undefined where neither is set.
 * @throws when it names a compression that we do not have
 */
export function readOtlpCompression(signal: Signal, environment: Environment): Compression | undefined {
  const names = [`OTEL_EXPORTER_OTLP_${SIGNALS[signal]}_COMPRESSION`, 'OTEL_EXPORTER_OTLP_COMPRESSION'];
  const name = names.find((variable) => said(environment[variable]) !== undefined);
  if (name === undefined) return undefined;
  const value = said(environment[name])?.toLowerCase();
  if (value === 'gzip' || value === 'none') return value;
  throw new Error(`${name} must be gzip or none, and is ${JSON.stringify(environment[name])}`);
}

/** The specification: what is not known is not set, and said. */
function compressionOrWarn(signal: Signal, environment: Environment): Compression | undefined {
  try {
    return readOtlpCompression(signal, environment);
  } catch (error) {
    warnHost(`hiveloop-otel: issue lifecycle processor: ${String(error)}; it is left out`);
    return undefined;
  }
}

/** The specification: an empty variable is not set. */
function said(value: string | undefined): string | undefined {
  return value?.trim() === '' ? undefined : value?.trim();
}

/** Reads `OTEL_EXPORTER_OTLP_HEADERS`: `name=value,name=value`, percent-encoded; what is no pair is left out. */
export function readOtlpHeaders(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').flatMap((part) => {
    const at = part.indexOf('=');
    if (at <= 0) return [];
    return [[part.slice(0, at).trim().toLowerCase(), decode(part.slice(at + 1).trim())] as const];
  });
  return Object.fromEntries(pairs);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a bare % in a token: the standard wants it encoded, people write it as it is
  }
}
