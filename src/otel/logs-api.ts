import type { Context, HrTime } from '@opentelemetry/api';
import type { RecordAttributes } from './values.ts';

/**
 * The part of OpenTelemetry's logs API that we call, as structural types: the API of SDK ≤ 2 lives in
 * `@opentelemetry/api-logs`, that of SDK 3 in `@opentelemetry/api` ≥ 1.10, and they share neither package nor globals.
 */
export interface LogRecordLike {
  readonly eventName: string;
  readonly timestamp: HrTime;
  readonly observedTimestamp: HrTime;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: string;
  readonly attributes: RecordAttributes;
  readonly context?: Context;
}
export interface LoggerLike {
  emit(record: LogRecordLike): void;
}
export interface LoggerProviderLike {
  getLogger(name: string, version?: string): LoggerLike;
}

/** Globals of `@opentelemetry/api` 1.x; from 1.10 on it holds the logger provider too. */
const API_GLOBALS = Symbol.for('opentelemetry.js.api.1');
/** Where every `@opentelemetry/api-logs` keeps a function that gives the provider for its layout version, which is 1. */
const LEGACY_LOGS = Symbol.for('io.opentelemetry.js.api.logs');
const LEGACY_LAYOUT = 1;

interface ApiGlobals {
  readonly logs?: LoggerProviderLike;
  readonly trace?: unknown;
  readonly metrics?: unknown;
  readonly version?: string;
}
type GlobalSlots = Record<symbol, unknown>;

/** The globals that OpenTelemetry's API keeps for all its 1.x copies, or undefined when nothing registered any. */
export function apiGlobals(): ApiGlobals | undefined {
  return (globalThis as unknown as GlobalSlots)[API_GLOBALS] as ApiGlobals | undefined;
}

/** What `@opentelemetry/api-logs` registered with, or undefined. */
export function legacyLogsGlobal(): unknown {
  return (globalThis as unknown as GlobalSlots)[LEGACY_LOGS];
}

/** The logger provider of the host, whichever line of the SDK it runs; undefined when it registered none. */
export function findLoggerProvider(): LoggerProviderLike | undefined {
  const current = apiGlobals()?.logs;
  if (current !== undefined) return current;
  const legacy = legacyLogsGlobal();
  return typeof legacy === 'function'
    ? (legacy as (layout: number) => LoggerProviderLike | undefined)(LEGACY_LAYOUT)
    : undefined;
}
