import { addSeconds } from '../otel/clock.ts';
import { NOBODY } from '../otel/signals.ts';
import { toCount, toNumber, toText, type RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import type { TaskState } from './task-state.ts';

export interface RetryOptions {
  /** Number of the retry; the first is 1. Default: left out. */
  readonly attempt?: number;
  /** Wait before the next attempt, in seconds. Default: left out, and no time counts as lost. */
  readonly backoffSeconds?: number;
}

/**
 * Tells that the agent tries again, and how long it waits first. Emits `hiveloop.retry`, and adds to the metrics
 * `hiveloop.retry.count` and `hiveloop.retry.backoff` (s). A negative or non-finite wait is left out. Manual §7.2.
 */
export function recordRetry(task: TaskState, summary: unknown, options: RetryOptions | undefined): void {
  const { agent } = task;
  const { signals, instruments } = agent.core;
  const attempt = toCount(options?.attempt);
  const wait = toNumber(options?.backoffSeconds);
  const backoffSeconds = wait === undefined || wait < 0 ? undefined : wait;
  const text = toText(summary, signals.settings.limits.summaryLength);
  task.retries += 1;
  task.backoffSeconds = addSeconds(task.backoffSeconds, backoffSeconds ?? 0);
  if (task.isSilent) return;
  instruments.retries.add(1, agent.id, agent.type, task.type);
  if (backoffSeconds !== undefined) instruments.backoff.add(backoffSeconds, agent.id, agent.type, task.type);
  const carriers = task.carriers();
  if (carriers === NOBODY) return;
  const attributes: RecordAttributes = {};
  if (attempt !== undefined) attributes[semconv.ATTR_RETRY_ATTEMPT] = attempt;
  if (backoffSeconds !== undefined) attributes[semconv.ATTR_RETRY_BACKOFF_SECONDS] = backoffSeconds;
  task.emit(carriers, { name: semconv.EVENT_RETRY, severity: 'WARN', summary: text, attributes });
}
