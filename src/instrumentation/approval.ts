import { secondsBetween, ticks } from '../otel/clock.ts';
import { sayOnce } from '../otel/diag.ts';
import { NOBODY } from '../otel/signals.ts';
import { toOptionalText, toText, type RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import type { Open } from './open.ts';
import type { PendingApproval, TaskState } from './task-state.ts';

export interface RequestApprovalOptions {
  /** Who is asked. Default: left out. */
  readonly approver?: string;
  /** Pairs the answer with this request. Default: left out; the answer then goes to the oldest request that waits. */
  readonly approvalId?: string;
}

export interface ApprovalReceivedOptions {
  /** Who answered. Default: left out. */
  readonly approvedBy?: string;
  /** The answer. Default `approved`. */
  readonly decision?: Open<'approved' | 'rejected'>;
  /** The request that it answers. Default: the oldest of the task that waits. */
  readonly approvalId?: string;
}

/**
 * Tells that the agent stops and waits for permission. Emits `hiveloop.approval.requested`; until the answer, or the
 * task's end, it counts in `hiveloop.approval.pending`. Manual §4.6.
 */
export function recordApprovalRequest(
  task: TaskState,
  summary: unknown,
  options: RequestApprovalOptions | undefined,
): void {
  const { summaryLength, idLength } = task.agent.core.signals.settings.limits;
  const approver = toOptionalText(options?.approver, idLength);
  const id = toOptionalText(options?.approvalId, idLength);
  const text = toText(summary, summaryLength);
  task.approvals += 1;
  if (!task.isEnded) task.pending.push({ id, since: ticks() });
  if (task.isSilent) return;
  const carriers = task.carriers();
  if (carriers === NOBODY) return;
  const attributes: RecordAttributes = {};
  if (approver !== undefined) attributes[semconv.ATTR_APPROVAL_APPROVER] = approver;
  if (id !== undefined) attributes[semconv.ATTR_APPROVAL_ID] = id;
  task.emit(carriers, { name: semconv.EVENT_APPROVAL_REQUESTED, summary: text, attributes });
}

/**
 * Tells that permission was given or refused. Emits `hiveloop.approval.received`, with the wait in seconds when the
 * request was made in this process, and records that wait in `hiveloop.approval.wait`. Manual §4.6.
 */
export function recordApproval(task: TaskState, summary: unknown, options: ApprovalReceivedOptions | undefined): void {
  const { agent } = task;
  const { signals, instruments } = agent.core;
  const { summaryLength, idLength } = signals.settings.limits;
  const approvedBy = toOptionalText(options?.approvedBy, idLength);
  const decision = toOptionalText(options?.decision, idLength) ?? 'approved';
  const id = toOptionalText(options?.approvalId, idLength);
  const text = toText(summary, summaryLength);
  const answered = takePending(task, id);
  const wait = answered === undefined ? undefined : secondsBetween(answered.since, ticks());
  if (task.isSilent) return;
  if (wait !== undefined) instruments.approvalWait.record(wait, agent.id, agent.type, decision);
  if (task.escalations > 0 && task.approvals === 0) {
    sayOnce(
      'approval without request',
      'task.approvalReceived() follows task.escalate() with no task.requestApproval(): an agent that waits requests approval, escalation hands off (manual 12.5)',
    );
  }
  const carriers = task.carriers();
  if (carriers === NOBODY) return;
  const attributes: RecordAttributes = { [semconv.ATTR_APPROVAL_DECISION]: decision };
  const answeredId = id ?? answered?.id;
  if (approvedBy !== undefined) attributes[semconv.ATTR_APPROVAL_APPROVED_BY] = approvedBy;
  if (answeredId !== undefined) attributes[semconv.ATTR_APPROVAL_ID] = answeredId;
  if (wait !== undefined) attributes[semconv.ATTR_APPROVAL_WAIT] = wait;
  task.emit(carriers, { name: semconv.EVENT_APPROVAL_RECEIVED, summary: text, attributes });
}

function takePending(task: TaskState, id: string | undefined): PendingApproval | undefined {
  const index = id === undefined ? 0 : task.pending.findIndex((approval) => approval.id === id);
  return index < 0 ? undefined : task.pending.splice(index, 1)[0];
}
