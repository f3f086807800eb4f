import type { QueueSnapshot } from 'hiveloop-otel';
import type { Lead } from './leads.ts';

/** The work queue: leads wait here until a worker is free. */
export class LeadQueue {
  readonly #waiting: { readonly lead: Lead; readonly queuedAt: Date }[] = [];
  readonly #idleWorkers: ((lead: Lead | undefined) => void)[] = [];
  #isClosed = false;

  put(lead: Lead): void {
    const worker = this.#idleWorkers.shift();
    if (worker === undefined) this.#waiting.push({ lead, queuedAt: new Date() });
    else worker(lead);
  }

  /** The next lead as soon as there is one; undefined when the queue is closed and empty. */
  take(): Promise<Lead | undefined> {
    const next = this.#waiting.shift();
    if (next !== undefined || this.#isClosed) return Promise.resolve(next?.lead);
    return new Promise((resolve) => this.#idleWorkers.push(resolve));
  }

  /** No more leads come. */
  close(): void {
    this.#isClosed = true;
    for (const worker of this.#idleWorkers.splice(0)) worker(undefined);
  }

  /**
   * What HiveLoop's `queueProvider` answers at each heartbeat: the badge `Q:3`, and what waits behind it.
   * @see HiveLoop manual, part 7, section 6.3
   */
  snapshot(): QueueSnapshot {
    const oldest = this.#waiting[0];
    return {
      depth: this.#waiting.length,
      ...(oldest === undefined ? {} : { oldestAgeSeconds: (Date.now() - oldest.queuedAt.getTime()) / 1000 }),
      items: this.#waiting.map(({ lead, queuedAt }) => ({
        id: `lead-${lead.id}`,
        priority: lead.priority,
        source: 'webhook',
        summary: `Qualify ${lead.company}`,
        queuedAt,
      })),
    };
  }
}
