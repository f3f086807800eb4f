import { trace } from '@opentelemetry/api';
import { hasContextManager } from '../otel/context.ts';
import { say } from '../otel/diag.ts';
import { attempt } from '../otel/guard.ts';
import { apiGlobals } from '../otel/logs-api.ts';
import { ATTR_SERVICE_INSTANCE_ID } from '../semconv.ts';
import type { Core } from './core.ts';

/** Something about the host that costs signals or makes them wrong. */
export interface Finding {
  readonly code:
    | 'no-tracer-provider'
    | 'no-logger-provider'
    | 'no-meter-provider'
    | 'no-context-manager'
    | 'second-api-copy'
    | 'no-service-instance-id'
    | 'llm-counted-twice'
    | 'sampled-out';
  /** One sentence: what is so, what it costs, what to do. */
  readonly message: string;
}

const FINDINGS: Readonly<Record<Finding['code'], string>> = {
  'no-tracer-provider':
    'No tracer provider is registered: there are no traces. Start an OpenTelemetry SDK and register its tracer provider.',
  'no-logger-provider':
    'No logger provider is registered: events ride on spans only, are seen when the span ends, can be lost to sampling, and there are no heartbeats. Register one.',
  'no-meter-provider': 'No meter provider is registered: there are no metrics. Register one with a periodic reader.',
  'no-context-manager':
    'No context manager is registered: nothing is current below a task, tools become roots of their own. Register an AsyncLocalStorageContextManager.',
  'second-api-copy':
    'This package sees another copy of @opentelemetry/api than the SDK registered with, so its signals go nowhere. Install one version: npm ls @opentelemetry/api.',
  'no-service-instance-id':
    'The resource has no service.instance.id: two replicas write the same gauges, and backends refuse or mix them. Set it to a random UUID per process.',
  'llm-counted-twice':
    "The model client is instrumented too and LLM calls are recorded with tokens: each token counts twice. Use init({ llm: 'story' }).",
  'sampled-out':
    'Events were lost with spans that the sampler dropped, because this host has traces only. Register a logger provider, or sample always. Lost so far: ',
};

/** Looks at the host and says what is missing, one `diag` line a finding. */
export function diagnose(core: Core): readonly Finding[] {
  const { providers } = core.signals;
  providers.look();
  const found: Finding[] = [];
  const check = (code: Finding['code'], isSo: () => boolean): void => {
    if (attempt('diagnose', isSo, false)) found.push({ code, message: FINDINGS[code] });
  };
  check('no-tracer-provider', () => !providers.hasTracing);
  check('no-logger-provider', () => providers.logger() === undefined);
  check('no-meter-provider', () => providers.meter() === undefined);
  check('no-context-manager', () => !hasContextManager());
  check('second-api-copy', hasSecondApiCopy);
  check('no-service-instance-id', () => lacksInstanceId(core));
  check('llm-counted-twice', () => core.foreignModelSpans > 0 && core.fullLlmCalls > 0);
  const lost = core.signals.lostEvents;
  if (lost > 0) found.push({ code: 'sampled-out', message: `${FINDINGS['sampled-out']}${lost}.` });
  for (const { code, message } of found) say(`${code}: ${message}`);
  return found;
}

/** A provider is registered with the API's globals, but our copy of the API does not give it. */
function hasSecondApiCopy(): boolean {
  const registered = apiGlobals()?.trace;
  return registered !== undefined && registered !== trace.getTracerProvider();
}

/** The resource is the SDK's own business: it is read where the SDK shows it, and no finding is made up where not. */
function lacksInstanceId(core: Core): boolean {
  type WithResource = { resource?: ResourceLike; _resource?: ResourceLike } | undefined;
  const provider = core.signals.providers.tracerProvider() as WithResource;
  const span = core.lastSpan as WithResource;
  const attributes = (provider?.resource ?? provider?._resource ?? span?.resource)?.attributes;
  return attributes !== undefined && attributes[ATTR_SERVICE_INSTANCE_ID] === undefined;
}

interface ResourceLike {
  readonly attributes?: Readonly<Record<string, unknown>>;
}
