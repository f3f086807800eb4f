import type { PlanState } from './plan-state.ts';
import type { StoryEvent } from './story-event.ts';

/** One thing to show. `event` says when, whose and how severe; the rest is what is worth showing of it. */
export type StoryItem = { readonly event: StoryEvent; readonly depth: number } & StoryDetail;

/** `hasBar` is false where the next change of the same plan is told at once: one bar then shows both. */
export type StoryDetail =
  | { readonly kind: 'task_started'; readonly taskType: string; readonly project: string }
  | ({ readonly kind: 'task_ended' } & TaskEnd)
  | { readonly kind: 'plan'; readonly plan: PlanState; readonly hasBar: boolean }
  | {
      readonly kind: 'plan_step';
      readonly hasBar: boolean;
      readonly plan: PlanState;
      readonly index: number;
      readonly action: string;
      readonly summary: string;
    }
  | { readonly kind: 'action_open'; readonly name: string; readonly runningSeconds: number | undefined }
  | {
      readonly kind: 'action_ended';
      readonly name: string;
      readonly durationSeconds: number | undefined;
      readonly failure: string | undefined;
    }
  | ({ readonly kind: 'llm' } & LlmCall)
  | { readonly kind: 'retry'; readonly attempt: number | undefined; readonly backoffSeconds: number | undefined }
  | { readonly kind: 'escalation'; readonly assignedTo: string; readonly reason: string }
  | { readonly kind: 'approval_requested'; readonly approver: string }
  | {
      readonly kind: 'approval_received';
      readonly decision: string;
      readonly approvedBy: string;
      readonly waitSeconds: number | undefined;
    }
  | {
      readonly kind: 'issue_said';
      readonly verb: 'reported' | 'resolved' | 'dismissed';
      readonly issueId: string;
      readonly severity: string;
    }
  | ({ readonly kind: 'issue_transition' } & IssueTransition)
  | {
      readonly kind: 'queue';
      readonly items: number;
      readonly oldestSeconds: number | undefined;
      readonly processing: string;
    }
  | { readonly kind: 'todo'; readonly action: string; readonly todoId: string; readonly priority: string }
  | { readonly kind: 'scheduled'; readonly count: number }
  | { readonly kind: 'agent_stopped' }
  | { readonly kind: 'custom'; readonly payload: string };

export interface TaskEnd {
  readonly outcome: 'completed' | 'failed' | 'abandoned';
  /** The caller's own word for the end, empty for `success` and the like. */
  readonly status: string;
  readonly durationSeconds: number | undefined;
  readonly failure: string;
  readonly tools: number;
  readonly toolsFailed: number;
  readonly retries: number;
}

export interface LlmCall {
  readonly name: string;
  readonly model: string;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly durationSeconds: number | undefined;
  readonly cost: number | undefined;
  readonly failure: string | undefined;
}

export interface IssueTransition {
  readonly transition: string;
  /** The agent's id of the issue, else the start of its fingerprint. */
  readonly issueId: string;
  readonly severity: string;
  readonly episode: number;
  readonly occurrences: number | undefined;
  readonly ageSeconds: number | undefined;
  readonly timeToResolveSeconds: number | undefined;
  readonly isLate: boolean;
}
