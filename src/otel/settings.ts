import { attempt } from './guard.ts';

/** Bounds at our edge: what is longer is cut, what is more is counted and left out. All can be set by `init({ limits })`. */
export interface Limits {
  /** Characters of a summary, a message, a goal or a step. Default 512. */
  readonly summaryLength: number;
  /** Bytes of a payload or context in all, in UTF-8. Default 32 768. */
  readonly payloadBytes: number;
  /** Items of a queue snapshot. Default 10. */
  readonly queueItems: number;
  /** Characters of an id or a name. Default 256. */
  readonly idLength: number;
  /** Attributes of one record. Default 64. */
  readonly attributes: number;
  /** Distinct values of a metric label per process; agent ids may have ten times as many. Default 100. */
  readonly labelValues: number;
}

export type Redact = (value: unknown, path: string) => unknown;

/** The options of `init`, with their defaults applied. */
export interface Settings {
  readonly environment: string | undefined;
  readonly group: string | undefined;
  readonly events: 'both' | 'span' | 'log';
  readonly taskParent: 'root' | 'active';
  readonly llm: 'full' | 'story';
  readonly captureContent: boolean;
  readonly redact: Redact | undefined;
  readonly limits: Limits;
}

export const DEFAULT_LIMITS: Limits = {
  summaryLength: 512,
  payloadBytes: 32_768,
  queueItems: 10,
  idLength: 256,
  attributes: 64,
  labelValues: 100,
};

export const DEFAULT_SETTINGS: Settings = {
  environment: undefined,
  group: undefined,
  events: 'both',
  taskParent: 'root',
  llm: 'full',
  captureContent: false,
  redact: undefined,
  limits: DEFAULT_LIMITS,
};

/**
 * Passes a value through the host's `redact` hook. A hook that throws has not cleared the value, so it is dropped:
 * undefined, and the attribute is not sent.
 */
export function redacted(redact: Redact | undefined, value: unknown, path: string): unknown {
  if (redact === undefined) return value;
  return attempt('the redact hook', () => redact(value, path), undefined);
}
