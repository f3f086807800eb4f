/**
 * HiveLoop for OpenTelemetry: the operational story of AI agents in standard signals. This entry is the instrumentation;
 * it needs `@opentelemetry/api` and nothing else.
 */
export type { AgentOptions } from './instrumentation/agent-state.ts';
export type { ApprovalReceivedOptions, RequestApprovalOptions } from './instrumentation/approval.ts';
export { currentAction, currentAgent, currentTask } from './instrumentation/current.ts';
export type { EventOptions } from './instrumentation/custom-event.ts';
export type { Finding } from './instrumentation/diagnose.ts';
export type { EscalateOptions } from './instrumentation/escalation.ts';
export type {
  Action,
  ActionOptions,
  Agent,
  IssueHandle,
  LlmHandle,
  Task,
  TaskOptions,
  TrackContext,
} from './instrumentation/handles.ts';
export { init, type HiveLoop, type InitOptions } from './instrumentation/hiveloop.ts';
export type { IssueCategory, IssueReport, IssueSeverity } from './instrumentation/issue.ts';
export type { LlmCall, LlmCallOptions } from './instrumentation/llm-call.ts';
export type { Open } from './instrumentation/open.ts';
export type { PlanOptions, PlanStepAction, PlanStepOptions } from './instrumentation/plan.ts';
export type { QueueItem, QueueProcessing, QueueSnapshot } from './instrumentation/queue.ts';
export type { RetryOptions } from './instrumentation/retry.ts';
export type { ScheduledItem } from './instrumentation/scheduled.ts';
export type { TodoAction, TodoOptions } from './instrumentation/todo.ts';
export { toolPayload, type ToolPayloadInput } from './instrumentation/tool-payload.ts';
export type { Payload } from './otel/payload.ts';
export type { Limits, Redact } from './otel/settings.ts';
export type { EventCategory } from './semconv.ts';
export { version } from './version.ts';
