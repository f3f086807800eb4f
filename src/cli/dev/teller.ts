import type { Received } from './intake.ts';
import { joinBars } from './join-bars.ts';
import { jsonLine } from './json-line.ts';
import type { OnlyFilter } from './only.ts';
import type { Paint } from './paint.ts';
import { Story } from './story.ts';
import type { StoryEvent } from './story-event.ts';
import type { StoryItem } from './story-item.ts';
import { summaryJson, summaryLines } from './summary.ts';
import { Tally } from './tally.ts';
import { Terminal } from './terminal.ts';
import { EVENT_AGENT_HEARTBEAT } from '../../semconv.ts';

export interface TellerOptions {
  readonly format: 'lines' | 'json';
  readonly only: OnlyFilter;
  readonly paint: Paint;
  /** Width now; Infinity where nothing is to be cut. */
  readonly columns: () => number;
  /** Takes whole lines, each with its end. */
  readonly write: (text: string) => void;
}

/** Tells events as they come, as lines for people or as JSON, and adds them up for the end. */
export class Teller {
  readonly #options: TellerOptions;
  readonly #story = new Story();
  readonly #tally = new Tally();
  readonly #terminal: Terminal;

  constructor(options: TellerOptions) {
    this.#options = options;
    this.#terminal = new Terminal({ columns: options.columns(), paint: options.paint });
  }

  tell(events: readonly StoryEvent[]): void {
    for (const event of events) this.#tally.add(event);
    if (this.#options.format === 'json') {
      const told = events.filter((event) => event.name !== EVENT_AGENT_HEARTBEAT && this.#options.only(event));
      this.#write(told.map(jsonLine));
    } else this.#show(events.flatMap((event) => this.#story.tell(event)));
  }

  /** What time alone makes worth telling: a tool that runs long. */
  tick(nowMillis: number): void {
    if (this.#options.format === 'lines') this.#show(this.#story.longActions(nowMillis));
  }

  end(received: Received, time: string): void {
    const totals = this.#tally.totals();
    const { format, columns, paint } = this.#options;
    this.#write(
      format === 'json' ? [summaryJson(totals, received, time)] : summaryLines(totals, received, columns(), paint),
    );
  }

  #show(items: readonly StoryItem[]): void {
    this.#terminal.columns = this.#options.columns();
    const shown = joinBars(items.filter(({ event }) => this.#options.only(event)));
    this.#write(shown.flatMap((item) => this.#terminal.lines(item)));
  }

  #write(lines: readonly string[]): void {
    if (lines.length > 0) this.#options.write(lines.map((line) => `${line}\n`).join(''));
  }
}
