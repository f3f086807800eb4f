import {
  ATTR_ISSUE_SUMMARY,
  ATTR_QUEUE_DEPTH,
  ATTR_RETRY_BACKOFF_SECONDS,
  ATTR_TASK_STATUS,
  EVENT_ACTION_COMPLETED,
  EVENT_ACTION_FAILED,
  EVENT_AGENT_HEARTBEAT,
  EVENT_APPROVAL_RECEIVED,
  EVENT_APPROVAL_REQUESTED,
  EVENT_ESCALATION,
  EVENT_ISSUE_LIFECYCLE,
  EVENT_LLM_CALL,
  EVENT_QUEUE_SNAPSHOT,
  EVENT_RETRY,
  EVENT_TASK_COMPLETED,
  EVENT_TASK_FAILED,
  EVENT_TASK_STARTED,
} from '../../semconv.ts';
import { actionName, approvalAnswer, issueTransitionOf, llmCallOf } from './details.ts';
import { numberOf, textOf, type StoryEvent } from './story-event.ts';

/** An issue that the translator says is open. */
export interface OpenIssue {
  readonly agentId: string;
  readonly issueId: string;
  readonly severity: string;
  readonly episode: number;
  readonly occurrences: number;
  readonly summary: string;
}

/** What was received, in figures. */
export interface Totals {
  readonly tasks: { started: number; completed: number; failed: number; abandoned: number; running: number };
  /** By tool or function. */
  readonly tools: Record<string, { count: number; failed: number }>;
  readonly retries: { count: number; backoffSeconds: number };
  readonly escalations: number;
  readonly approvals: { requested: number; byDecision: Record<string, number> };
  readonly llm: { calls: number; inputTokens: number; outputTokens: number; costUsd: number };
  readonly issues: { byTransition: Record<string, number>; open: readonly OpenIssue[] };
  /** Last depth by agent. */
  readonly queues: Record<string, number>;
  readonly heartbeats: number;
}

/** Adds up the story for the summary. */
export class Tally {
  readonly #running = new Set<string>();
  readonly #open = new Map<string, OpenIssue>();
  readonly #tasks = { started: 0, completed: 0, failed: 0, abandoned: 0 };
  readonly #tools = new Map<string, { count: number; failed: number }>();
  readonly #retries = { count: 0, backoffSeconds: 0 };
  readonly #decisions = new Map<string, number>();
  readonly #llm = { calls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 };
  readonly #transitions = new Map<string, number>();
  readonly #queues = new Map<string, number>();
  #requested = 0;
  #escalations = 0;
  #heartbeats = 0;

  add(event: StoryEvent): void {
    const { attributes } = event;
    const run = `${event.agentId} ${event.runId}`;
    switch (event.name) {
      case EVENT_TASK_STARTED:
        this.#tasks.started++;
        this.#running.add(run);
        return;
      case EVENT_TASK_COMPLETED:
      case EVENT_TASK_FAILED: {
        const isAbandoned = textOf(attributes, ATTR_TASK_STATUS) === 'abandoned';
        this.#tasks[event.name === EVENT_TASK_COMPLETED ? 'completed' : isAbandoned ? 'abandoned' : 'failed']++;
        this.#running.delete(run);
        return;
      }
      case EVENT_ACTION_COMPLETED:
      case EVENT_ACTION_FAILED: {
        const tool = this.#tools.get(actionName(event)) ?? { count: 0, failed: 0 };
        tool.count++;
        if (event.name === EVENT_ACTION_FAILED) tool.failed++;
        this.#tools.set(actionName(event), tool);
        return;
      }
      case EVENT_RETRY:
        this.#retries.count++;
        this.#retries.backoffSeconds += numberOf(attributes, ATTR_RETRY_BACKOFF_SECONDS) ?? 0;
        return;
      case EVENT_ESCALATION:
        this.#escalations++;
        return;
      case EVENT_APPROVAL_REQUESTED:
        this.#requested++;
        return;
      case EVENT_APPROVAL_RECEIVED:
        increment(this.#decisions, approvalAnswer(event).decision);
        return;
      case EVENT_LLM_CALL:
        this.#addLlmCall(event);
        return;
      case EVENT_QUEUE_SNAPSHOT:
        this.#queues.set(event.agentId, numberOf(attributes, ATTR_QUEUE_DEPTH) ?? 0);
        return;
      case EVENT_ISSUE_LIFECYCLE:
        this.#addTransition(event);
        return;
      case EVENT_AGENT_HEARTBEAT:
        this.#heartbeats++;
        return;
    }
  }

  totals(): Totals {
    return {
      tasks: { ...this.#tasks, running: this.#running.size },
      tools: Object.fromEntries(this.#tools),
      retries: { ...this.#retries },
      escalations: this.#escalations,
      approvals: { requested: this.#requested, byDecision: Object.fromEntries(this.#decisions) },
      llm: { ...this.#llm },
      issues: { byTransition: Object.fromEntries(this.#transitions), open: [...this.#open.values()] },
      queues: Object.fromEntries(this.#queues),
      heartbeats: this.#heartbeats,
    };
  }

  #addLlmCall(event: StoryEvent): void {
    const { inputTokens = 0, outputTokens = 0, cost = 0 } = llmCallOf(event);
    this.#llm.calls++;
    this.#llm.inputTokens += inputTokens;
    this.#llm.outputTokens += outputTokens;
    this.#llm.costUsd += cost;
  }

  #addTransition(event: StoryEvent): void {
    const { transition, issueId, severity, episode, occurrences = 1 } = issueTransitionOf(event);
    const key = `${event.agentId} ${issueId}`;
    increment(this.#transitions, transition);
    if (transition === 'resolved' || transition === 'dismissed') this.#open.delete(key);
    else if (transition !== 'unmatched') {
      const { agentId } = event;
      const summary = textOf(event.attributes, ATTR_ISSUE_SUMMARY) || event.summary;
      this.#open.set(key, { agentId, issueId, severity, episode, occurrences, summary });
    }
  }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
