import type { Open } from './open.ts';

/** State of an agent's work queue. Manual §6.2. */
export interface QueueSnapshot {
  /** Items that wait, at least 0. */
  readonly depth: number;
  /** Age of the oldest item, in seconds. */
  readonly oldestAgeSeconds?: number;
  /** The items themselves; the first 10 are recorded. */
  readonly items?: readonly QueueItem[];
  /** What is being worked on. */
  readonly processing?: QueueProcessing;
}

export interface QueueItem {
  readonly id?: string;
  readonly priority?: Open<'low' | 'normal' | 'high' | 'urgent'>;
  readonly source?: Open<'human' | 'webhook' | 'scheduled' | 'agent'>;
  readonly summary?: string;
  /** When it was queued: a date, or RFC 3339. */
  readonly queuedAt?: string | Date;
}

export interface QueueProcessing {
  readonly id?: string;
  readonly summary?: string;
  readonly startedAt?: string | Date;
  /** Time spent on it so far, in milliseconds. */
  readonly elapsedMs?: number;
}
