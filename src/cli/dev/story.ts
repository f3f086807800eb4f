import {
  ATTR_APPROVAL_APPROVER,
  ATTR_APPROVAL_ID,
  ATTR_APPROVAL_WAIT,
  ATTR_DURATION,
  ATTR_ESCALATION_ASSIGNED_TO,
  ATTR_ESCALATION_REASON,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_SEVERITY,
  ATTR_PLAN_STEP_ACTION,
  ATTR_PLAN_STEP_INDEX,
  ATTR_PROJECT_ID,
  ATTR_RETRY_ATTEMPT,
  ATTR_RETRY_BACKOFF_SECONDS,
  ATTR_TASK_STATUS,
  ATTR_TASK_TYPE,
  ATTR_TODO_ACTION,
  ATTR_TODO_ID,
  ATTR_TODO_PRIORITY,
  EVENT_ACTION_COMPLETED,
  EVENT_ACTION_FAILED,
  EVENT_ACTION_STARTED,
  EVENT_AGENT_HEARTBEAT,
  EVENT_AGENT_STOPPED,
  EVENT_APPROVAL_RECEIVED,
  EVENT_APPROVAL_REQUESTED,
  EVENT_ESCALATION,
  EVENT_ISSUE_DISMISSED,
  EVENT_ISSUE_LIFECYCLE,
  EVENT_ISSUE_REPORTED,
  EVENT_ISSUE_RESOLVED,
  EVENT_LLM_CALL,
  EVENT_PLAN_CREATED,
  EVENT_PLAN_STEP,
  EVENT_QUEUE_SNAPSHOT,
  EVENT_RETRY,
  EVENT_SCHEDULED,
  EVENT_TASK_COMPLETED,
  EVENT_TASK_FAILED,
  EVENT_TASK_STARTED,
  EVENT_TODO,
} from '../../semconv.ts';
import {
  approvalAnswer,
  failureText,
  issueTransitionOf,
  llmCallOf,
  payloadText,
  queueOf,
  scheduledCount,
} from './details.ts';
import { applyStep, planOf } from './plan-state.ts';
import { RecentMap } from './recent.ts';
import { actionsAround, endAction, longShown, openAction, openShown } from './open-actions.ts';
import { newRun, type RunState } from './run-state.ts';
import { numberOf, textOf, type StoryEvent } from './story-event.ts';
import type { StoryDetail, StoryItem, TaskEnd } from './story-item.ts';

/** An action that runs longer than this gets a line before its end. */
const LONG_ACTION_NANOS = 2_000_000_000n;
const REMEMBERED_RUNS = 10_000;
const NANOS_PER_MILLI = 1_000_000n;
const NANOS_PER_SECOND = 1e9;

/**
 * What of each event is worth a line, and what the line needs from earlier events: the plan's bar, the depth of nested
 * tools, how long an approval waited. No clock, no I/O; the same events give the same items.
 */
export class Story {
  readonly #runs = new RecentMap<RunState>(REMEMBERED_RUNS);
  readonly #queueDepths = new RecentMap<number>(REMEMBERED_RUNS);

  /** The items of one event, in order: none for a heartbeat, two where a tool must be opened before what happens in it. */
  tell(event: StoryEvent): readonly StoryItem[] {
    const run = this.#runOf(event);
    switch (event.name) {
      case EVENT_ACTION_STARTED:
        openAction(run, event);
        return [];
      case EVENT_ACTION_COMPLETED:
      case EVENT_ACTION_FAILED:
        return endAction(run, event);
      case EVENT_LLM_CALL:
        return this.#llmCall(run, event);
      case EVENT_TASK_COMPLETED:
      case EVENT_TASK_FAILED:
        this.#runs.delete(keyOf(event));
        return [{ event, depth: 0, kind: 'task_ended', ...taskEnd(run, event) }];
      default: {
        const detail = this.#detail(run, event);
        return detail === undefined ? [] : [{ event, depth: 0, ...detail }];
      }
    }
  }

  /** Tools that have run for a while and have no line yet. Each is told once. */
  longActions(nowMillis: number): readonly StoryItem[] {
    const nowNanos = BigInt(Math.floor(nowMillis)) * NANOS_PER_MILLI;
    return [...this.#runs.values()].flatMap((run) => longShown(run, nowNanos, LONG_ACTION_NANOS));
  }

  #llmCall(run: RunState, event: StoryEvent): readonly StoryItem[] {
    const around = actionsAround(run, event);
    return [...openShown(around), { event, depth: around.length, kind: 'llm', ...llmCallOf(event) }];
  }

  #detail(run: RunState, event: StoryEvent): StoryDetail | undefined {
    const { attributes } = event;
    const text = (name: string): string => textOf(attributes, name);
    switch (event.name) {
      case EVENT_TASK_STARTED:
        return { kind: 'task_started', taskType: text(ATTR_TASK_TYPE), project: text(ATTR_PROJECT_ID) };
      case EVENT_PLAN_CREATED:
        run.plan = planOf(event);
        return { kind: 'plan', plan: run.plan, hasBar: true };
      case EVENT_PLAN_STEP: {
        run.plan = applyStep(run.plan, event);
        const index = numberOf(attributes, ATTR_PLAN_STEP_INDEX) ?? 0;
        return {
          kind: 'plan_step',
          plan: run.plan,
          hasBar: true,
          index,
          action: text(ATTR_PLAN_STEP_ACTION),
          summary: event.summary,
        };
      }
      case EVENT_RETRY:
        run.retries++;
        return {
          kind: 'retry',
          attempt: numberOf(attributes, ATTR_RETRY_ATTEMPT),
          backoffSeconds: numberOf(attributes, ATTR_RETRY_BACKOFF_SECONDS),
        };
      case EVENT_ESCALATION:
        return {
          kind: 'escalation',
          assignedTo: text(ATTR_ESCALATION_ASSIGNED_TO),
          reason: text(ATTR_ESCALATION_REASON),
        };
      case EVENT_APPROVAL_REQUESTED:
        run.approvals.set(text(ATTR_APPROVAL_ID) || String(run.approvals.size), event.timeUnixNano);
        return { kind: 'approval_requested', approver: text(ATTR_APPROVAL_APPROVER) };
      case EVENT_APPROVAL_RECEIVED:
        return { kind: 'approval_received', ...approvalAnswer(event), waitSeconds: waitOf(run, event) };
      case EVENT_ISSUE_REPORTED:
        return {
          kind: 'issue_said',
          verb: 'reported',
          issueId: text(ATTR_ISSUE_ID),
          severity: text(ATTR_ISSUE_SEVERITY),
        };
      case EVENT_ISSUE_RESOLVED:
        return { kind: 'issue_said', verb: 'resolved', issueId: text(ATTR_ISSUE_ID), severity: '' };
      case EVENT_ISSUE_DISMISSED:
        return { kind: 'issue_said', verb: 'dismissed', issueId: text(ATTR_ISSUE_ID), severity: '' };
      case EVENT_ISSUE_LIFECYCLE:
        return { kind: 'issue_transition', ...issueTransitionOf(event) };
      case EVENT_QUEUE_SNAPSHOT:
        return this.#queueChange(event);
      case EVENT_TODO:
        return {
          kind: 'todo',
          action: text(ATTR_TODO_ACTION),
          todoId: text(ATTR_TODO_ID),
          priority: text(ATTR_TODO_PRIORITY),
        };
      case EVENT_SCHEDULED:
        return { kind: 'scheduled', count: scheduledCount(event) };
      case EVENT_AGENT_HEARTBEAT:
        return undefined;
      case EVENT_AGENT_STOPPED:
        return { kind: 'agent_stopped' };
      default:
        return { kind: 'custom', payload: payloadText(event) };
    }
  }

  /** A snapshot is news when the depth is. */
  #queueChange(event: StoryEvent): StoryDetail | undefined {
    const queue = queueOf(event);
    if (this.#queueDepths.get(event.agentId) === queue.items) return undefined;
    this.#queueDepths.set(event.agentId, queue.items);
    return queue;
  }

  #runOf(event: StoryEvent): RunState {
    const key = keyOf(event);
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    const run = newRun();
    this.#runs.set(key, run);
    return run;
  }
}

function keyOf({ agentId, runId }: StoryEvent): string {
  return `${agentId} ${runId}`;
}

function taskEnd(run: RunState, { name, attributes }: StoryEvent): TaskEnd {
  const status = textOf(attributes, ATTR_TASK_STATUS);
  const failed = status === 'abandoned' ? 'abandoned' : 'failed';
  return {
    outcome: name === EVENT_TASK_COMPLETED ? 'completed' : failed,
    status: ['success', 'completed', 'failure', 'failed', 'abandoned'].includes(status) ? '' : status,
    durationSeconds: numberOf(attributes, ATTR_DURATION),
    failure: failureText(attributes),
    tools: run.tools,
    toolsFailed: run.toolsFailed,
    retries: run.retries,
  };
}

/** From the request to its answer: as the record says, else from the request with that id, else from the oldest one. */
function waitOf(run: RunState, event: StoryEvent): number | undefined {
  const said = textOf(event.attributes, ATTR_APPROVAL_ID);
  const id = run.approvals.has(said) ? said : ([...run.approvals.keys()][0] ?? '');
  const asked = run.approvals.get(id);
  run.approvals.delete(id);
  const measured = asked === undefined ? undefined : Number(event.timeUnixNano - asked) / NANOS_PER_SECOND;
  return numberOf(event.attributes, ATTR_APPROVAL_WAIT) ?? measured;
}
