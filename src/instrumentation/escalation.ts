import { NOBODY } from '../otel/signals.ts';
import { toOptionalText, toText, type RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import type { TaskState } from './task-state.ts';

export interface EscalateOptions {
  /** Who or what takes over: a person, team, queue or agent. Default: left out. */
  readonly assignedTo?: string;
  /** More detail, where the summary is not enough. Default: left out. */
  readonly reason?: string;
}

/**
 * Tells that the agent hands its work off and moves on; to stop and wait for a person is `requestApproval`. Emits
 * `hiveloop.escalation` and adds to the metric `hiveloop.escalation.count`. Manual §4.2.
 */
export function recordEscalation(task: TaskState, summary: unknown, options: EscalateOptions | undefined): void {
  const { agent } = task;
  const { signals, instruments } = agent.core;
  const { summaryLength, idLength } = signals.settings.limits;
  const assignedTo = toOptionalText(options?.assignedTo, idLength);
  const reason = toOptionalText(options?.reason, summaryLength);
  const text = toText(summary, summaryLength);
  task.escalations += 1;
  if (task.isSilent) return;
  instruments.escalations.add(1, agent.id, agent.type, task.type);
  const carriers = task.carriers();
  if (carriers === NOBODY) return;
  const attributes: RecordAttributes = {};
  if (assignedTo !== undefined) attributes[semconv.ATTR_ESCALATION_ASSIGNED_TO] = assignedTo;
  if (reason !== undefined) attributes[semconv.ATTR_ESCALATION_REASON] = reason;
  task.emit(carriers, { name: semconv.EVENT_ESCALATION, severity: 'WARN', summary: text, attributes });
}
