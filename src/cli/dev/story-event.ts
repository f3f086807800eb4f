import type { AnyValue, Attributes } from '../../translator/otlp/model.ts';
import type { EventCategory } from '../../semconv.ts';

/** One thing that happened, whichever signal carried it: a log record, a span's start or end, or a span event. */
export interface StoryEvent {
  readonly timeUnixNano: bigint;
  /** Event name, of `EVENT_*` or the caller's own. */
  readonly name: string;
  readonly category: EventCategory;
  /** OTLP severity number, 1 to 24. */
  readonly severityNumber: number;
  readonly agentId: string;
  /** Empty outside a task, as are `runId` and `taskId` together. */
  readonly taskId: string;
  /** One run of the task: its run id, else the task id. */
  readonly runId: string;
  /** Span of the action or task that it tells of; empty when unknown. */
  readonly spanId: string;
  readonly summary: string;
  readonly attributes: Attributes;
}

export const SEVERITY_INFO = 9;
export const SEVERITY_ERROR = 17;

const SEVERITY_TEXTS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;

/** The short name of a severity number's range; `INFO` for 0, which says nothing. */
export function severityText(severityNumber: number): string {
  return SEVERITY_TEXTS[Math.floor((severityNumber - 1) / 4)] ?? 'INFO';
}

/** The lowest number of a severity's range; INFO for an unknown word. */
export function severityNumberOf(text: string): number {
  const index = SEVERITY_TEXTS.findIndex((known) => known === text.toUpperCase());
  return index < 0 ? SEVERITY_INFO : index * 4 + 1;
}

/** The attribute as text, empty when absent: what another language sent as a number reads the same. */
export function textOf(attributes: Attributes, name: string): string {
  const value = attributes[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : '';
}

/** The attribute as a finite number, undefined when absent or something else. */
export function numberOf(attributes: Attributes, name: string): number | undefined {
  const value = attributes[name];
  const number = typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** The attribute as a list of texts; empty when it is none. */
export function textsOf(attributes: Attributes, name: string): readonly string[] {
  const value: AnyValue | undefined = attributes[name];
  return Array.isArray(value)
    ? value.map((entry: AnyValue) => (typeof entry === 'string' ? entry : JSON.stringify(entry)))
    : [];
}
