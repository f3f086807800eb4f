import type { Span } from '@opentelemetry/api';
import { Signals } from '../otel/signals.ts';
import { Instruments } from './instruments.ts';

/** What all agents of the process share: the way to the host's signals, the metrics, and what `diagnose()` has seen. */
export class Core {
  readonly signals: Signals = new Signals();
  readonly instruments: Instruments = new Instruments(this.signals.metrics);
  /** Spans of another instrumentation of model clients, seen below scopes of ours. */
  foreignModelSpans = 0;
  /** LLM calls that we recorded with tokens of their own (`llm: 'full'`). */
  fullLlmCalls = 0;
  /** The last task's span: it knows the resource of the host. */
  lastSpan: Span | undefined;
}
