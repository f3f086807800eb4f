import {
  ATTR_PLAN_GOAL,
  ATTR_PLAN_REVISION,
  ATTR_PLAN_STEP_ACTION,
  ATTR_PLAN_STEP_INDEX,
  ATTR_PLAN_STEP_TOTAL,
  ATTR_PLAN_STEPS,
  PLAN_MARKS,
} from '../../semconv.ts';
import { numberOf, textOf, textsOf, type StoryEvent } from './story-event.ts';

export type StepState = keyof typeof PLAN_MARKS;

export interface PlanStep {
  readonly name: string;
  readonly state: StepState;
}

export interface PlanState {
  readonly goal: string;
  readonly revision: number;
  readonly steps: readonly PlanStep[];
}

const STEPS_MAX = 200;

/** A plan as it is declared: no step has begun. */
export function planOf({ attributes, summary }: StoryEvent): PlanState {
  return {
    goal: textOf(attributes, ATTR_PLAN_GOAL) || summary,
    revision: numberOf(attributes, ATTR_PLAN_REVISION) ?? 0,
    steps: textsOf(attributes, ATTR_PLAN_STEPS)
      .slice(0, STEPS_MAX)
      .map((name) => ({ name, state: 'pending' })),
  };
}

/**
 * The plan after one of its steps changed. A step of an older revision changes nothing; one of a plan that was never
 * seen (the terminal came later) gets steps with no names.
 */
export function applyStep(plan: PlanState | undefined, { attributes }: StoryEvent): PlanState {
  const revision = numberOf(attributes, ATTR_PLAN_REVISION) ?? plan?.revision ?? 0;
  const known = plan !== undefined && plan.revision >= revision ? plan : { goal: '', revision, steps: [] };
  if (known.revision > revision) return known;
  const index = numberOf(attributes, ATTR_PLAN_STEP_INDEX) ?? -1;
  const total = Math.min(
    STEPS_MAX,
    Math.max(numberOf(attributes, ATTR_PLAN_STEP_TOTAL) ?? 0, index + 1, known.steps.length),
  );
  const state = stateOf(textOf(attributes, ATTR_PLAN_STEP_ACTION));
  const steps = Array.from({ length: total }, (_, at): PlanStep => {
    const step = known.steps[at] ?? { name: `step ${at + 1}`, state: 'pending' };
    return at === index && state !== undefined ? { ...step, state } : step;
  });
  return { ...known, steps };
}

function stateOf(action: string): StepState | undefined {
  return Object.hasOwn(PLAN_MARKS, action) ? (action as StepState) : undefined;
}
