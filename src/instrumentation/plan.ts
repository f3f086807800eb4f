import { sayOnce } from '../otel/diag.ts';
import { NOBODY } from '../otel/signals.ts';
import { toCount, toText, type RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import type { Open } from './open.ts';
import type { PlanState, TaskState } from './task-state.ts';

export type PlanStepAction = Open<'started' | 'completed' | 'failed' | 'skipped'>;

export interface PlanOptions {
  /** Number of the revision; increase it when the agent plans anew. Default 0. Manual §3.5. */
  readonly revision?: number;
}

export interface PlanStepOptions {
  /** Steps of the plan. Default: as many as the plan has. */
  readonly totalSteps?: number;
  /** LLM turns spent on the step. */
  readonly turns?: number;
  /** Tokens spent on the step. */
  readonly tokens?: number;
  /** The revision that the step belongs to. Default: that of the plan. */
  readonly planRevision?: number;
}

/** Steps of a plan that are remembered, and of those the ones that go out with it. */
const MAX_STEPS_READ = 1000;
const MAX_STEPS = 100;
const BAR_STEPS = 20;
const BAR_STEP_LENGTH = 60;

/** Emits `hiveloop.plan.created` and remembers the plan: its steps are the bar on the task's span. Manual §3.2. */
export function recordPlan(task: TaskState, goal: unknown, steps: unknown, options: PlanOptions | undefined): void {
  const { summaryLength, payloadBytes } = task.agent.core.signals.settings.limits;
  const plan: PlanState = {
    goal: toText(goal, summaryLength),
    steps: readSteps(steps, summaryLength, payloadBytes),
    total: countSteps(steps),
    revision: toCount(options?.revision) ?? 0,
    states: [],
  };
  task.plan = plan;
  if (task.isSilent) return;
  const carriers = task.carriers();
  if (carriers === NOBODY) return;
  task.emit(carriers, {
    name: semconv.EVENT_PLAN_CREATED,
    summary: plan.goal,
    attributes: {
      [semconv.ATTR_PLAN_GOAL]: plan.goal,
      [semconv.ATTR_PLAN_STEPS]: plan.steps.slice(0, MAX_STEPS),
      [semconv.ATTR_PLAN_STEP_TOTAL]: plan.total,
      [semconv.ATTR_PLAN_REVISION]: plan.revision,
    },
  });
}

/**
 * Emits `hiveloop.plan.step` and moves the plan's bar. A step of an older revision is told but leaves the bar alone;
 * a step outside the plan is told too, with one sentence to the developer. Manual §3.2, §12.4.
 */
export function recordPlanStep(
  task: TaskState,
  stepIndex: unknown,
  action: unknown,
  summary: unknown,
  options: PlanStepOptions | undefined,
): void {
  const { core } = task.agent;
  const { summaryLength, idLength } = core.signals.settings.limits;
  const index = toCount(stepIndex);
  const done = toText(action, idLength);
  const revision = toCount(options?.planRevision) ?? task.plan?.revision;
  const total = toCount(options?.totalSteps) ?? task.plan?.total;
  const turns = toCount(options?.turns);
  const tokens = toCount(options?.tokens);
  moveBar(task.plan, index, done, revision);
  if (task.isSilent) return;
  core.instruments.planSteps.add(1, task.agent.id, task.agent.type, task.type, done);
  const carriers = task.carriers();
  if (carriers === NOBODY) return;
  const attributes: RecordAttributes = { [semconv.ATTR_PLAN_STEP_ACTION]: done };
  if (index !== undefined) attributes[semconv.ATTR_PLAN_STEP_INDEX] = index;
  if (total !== undefined) attributes[semconv.ATTR_PLAN_STEP_TOTAL] = total;
  if (revision !== undefined) attributes[semconv.ATTR_PLAN_REVISION] = revision;
  if (turns !== undefined) attributes[semconv.ATTR_PLAN_STEP_TURNS] = turns;
  if (tokens !== undefined) attributes[semconv.ATTR_PLAN_STEP_TOKENS] = tokens;
  const severity = done === 'failed' ? 'ERROR' : 'INFO';
  const text = summary === undefined ? stepName(task.plan, index) : toText(summary, summaryLength);
  task.emit(carriers, { name: semconv.EVENT_PLAN_STEP, severity, summary: text, attributes });
}

/** The bar of a plan as text: `[■ Search CRM] [✗ Enrich] [  Route]`, 20 steps, then how many more. */
export function planBar(plan: PlanState): string {
  const shown = plan.steps.slice(0, BAR_STEPS).map((step, index) => {
    const state = plan.states[index] ?? 'pending';
    const mark = Object.hasOwn(semconv.PLAN_MARKS, state)
      ? semconv.PLAN_MARKS[state as keyof typeof semconv.PLAN_MARKS]
      : '▪';
    return `[${mark} ${toText(step, BAR_STEP_LENGTH)}]`;
  });
  const more = plan.total - shown.length;
  return shown.join(' ') + (more > 0 ? ` +${more}` : '');
}

/** Steps of the plan that are completed. */
export function completedSteps(plan: PlanState): number {
  return plan.states.filter((state) => state === 'completed').length;
}

function moveBar(
  plan: PlanState | undefined,
  index: number | undefined,
  action: string,
  revision: number | undefined,
): void {
  if (plan === undefined) {
    sayOnce('step without plan', 'task.planStep() was called before task.plan(): call task.plan(goal, steps) first');
  } else if (index === undefined || index >= plan.total) {
    sayOnce(
      'step outside plan',
      `task.planStep() was called with an index outside the plan (0 to ${plan.total - 1}): steps count from 0`,
    );
  } else if (revision === plan.revision) {
    plan.states[index] = action;
  }
}

function stepName(plan: PlanState | undefined, index: number | undefined): string {
  return (index === undefined ? undefined : plan?.steps[index]) ?? '';
}

/** All steps of the plan, also those that are not remembered. */
function countSteps(steps: unknown): number {
  if (typeof steps === 'string') return 1;
  return Array.isArray(steps) ? steps.length : 0;
}

/** The steps as text; those that go out share the bytes of a payload, so that a long plan still fits into one record. */
function readSteps(steps: unknown, summaryLength: number, payloadBytes: number): readonly string[] {
  if (typeof steps === 'string') return [toText(steps, summaryLength)];
  if (!Array.isArray(steps)) {
    sayOnce('steps no list', 'task.plan() needs its steps as an array of strings; the plan was recorded without steps');
    return [];
  }
  const read = (steps as readonly unknown[]).slice(0, MAX_STEPS_READ);
  const limit = Math.min(summaryLength, Math.floor(payloadBytes / Math.min(Math.max(read.length, 1), MAX_STEPS)));
  const texts: string[] = []; // measured: `Array.from` with a function took 1.3 % of a run
  for (const step of read) texts.push(toText(step, limit));
  return texts;
}
