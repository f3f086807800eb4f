import type { RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import { completedSteps, planBar } from './plan.ts';
import type { TaskState } from './task-state.ts';

/** The plan's last state and the counts of the task: on its span, because backends search attributes and not events. */
export function rollUps(task: TaskState): RecordAttributes {
  const { plan } = task;
  const attributes: RecordAttributes = {};
  if (plan !== undefined) {
    attributes[semconv.ATTR_PLAN_BAR] = planBar(plan);
    attributes[semconv.ATTR_PLAN_GOAL] = plan.goal;
    attributes[semconv.ATTR_PLAN_REVISION] = plan.revision;
    attributes[semconv.ATTR_PLAN_STEP_TOTAL] = plan.total;
    attributes[semconv.ATTR_PLAN_STEPS_COMPLETED] = completedSteps(plan);
  }
  if (task.retries > 0) attributes[semconv.ATTR_RETRY_COUNT] = task.retries;
  if (task.backoffSeconds > 0) attributes[semconv.ATTR_RETRY_BACKOFF_TOTAL] = task.backoffSeconds;
  if (task.escalations > 0) attributes[semconv.ATTR_ESCALATION_COUNT] = task.escalations;
  if (task.approvals > 0) attributes[semconv.ATTR_APPROVAL_COUNT] = task.approvals;
  if (task.issues > 0) attributes[semconv.ATTR_ISSUE_COUNT] = task.issues;
  return attributes;
}
