import type { PlanState } from './plan-state.ts';
import type { StoryEvent } from './story-event.ts';

/** A tool or function that has begun and not ended. */
export interface OpenAction {
  readonly event: StoryEvent;
  readonly name: string;
  /** True once a line says that it has begun. */
  isShown: boolean;
}

/** What the terminal knows of one run of a task (or of an agent's work outside tasks). */
export interface RunState {
  plan: PlanState | undefined;
  /** In the order in which they began: the later is taken to run inside the earlier. */
  readonly openActions: OpenAction[];
  /** Requests without an answer: id (or a number) → when. */
  readonly approvals: Map<string, bigint>;
  tools: number;
  toolsFailed: number;
  retries: number;
}

export function newRun(): RunState {
  return { plan: undefined, openActions: [], approvals: new Map(), tools: 0, toolsFailed: 0, retries: 0 };
}
