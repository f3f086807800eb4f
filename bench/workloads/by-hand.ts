import { randomBytes } from 'node:crypto';
import { SpanStatusCode, type Span } from '@opentelemetry/api';

/* What the contenders by hand share: what a careful user would keep in a file of helpers. */

export const SCOPE = 'lead-qualifier';
export const SCOPE_VERSION = '1.0.0';

const prefix = randomBytes(8).toString('hex');
let count = 0;

/** A `log.record.uid`: a random prefix and a counter. */
export function nextUid(): string {
  count += 1;
  return `${prefix}-${count.toString(36)}`;
}

export function recordFailure(span: Span, error: unknown): void {
  const failure = error instanceof Error ? error : new Error(String(error));
  span.recordException(failure);
  span.setAttribute('error.type', failure.name);
  span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
}

const MARKS: Readonly<Record<string, string>> = { completed: '■', started: '▪', failed: '✗', skipped: '–' };

/** The plan as a bar, and how many of its steps are completed. */
export class PlanProgress {
  readonly #titles: readonly string[];
  readonly #states: string[] = [];

  constructor(titles: readonly string[]) {
    this.#titles = titles;
  }

  move(index: number, state: string): void {
    this.#states[index] = state;
  }

  bar(): string {
    return this.#titles.map((title, index) => `[${MARKS[this.#states[index] ?? ''] ?? ' '} ${title}]`).join(' ');
  }

  completed(): number {
    return this.#states.filter((state) => state === 'completed').length;
  }
}
