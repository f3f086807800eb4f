/**
 * Every span, event, attribute and metric name that HiveLoop writes or reads, and nowhere else.
 *
 * Each line says: type, unit where there is one, stability, and the section of the HiveLoop manual (part 7) that it
 * carries ("§3" = plans). Stability: `hiveloop` = ours, additions only; `stable` and `development` = the status of the
 * OpenTelemetry convention that the name comes from. Names of GenAI follow semantic conventions 1.37, which backends
 * read today; {@link GEN_AI_SUCCESSORS} holds what replaces them.
 */

/** Instrumentation scope of every span, log record and metric of the instrumentation. */
export const SCOPE_INSTRUMENTATION = 'hiveloop-otel';
/** Scope of all that the translator derives; it ignores this scope on its way in, so it never reads its own output. */
export const SCOPE_TRANSLATOR = 'hiveloop.translator';
/** What the names of our own events, attributes and metrics begin with. */
export const NAME_PREFIX = 'hiveloop.';
/** `service.name` of the translator's own telemetry. What it derives carries the reporting service's name. */
export const SERVICE_TRANSLATOR = 'hiveloop-translator';

// ─── Span names ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** `gen_ai.operation.name` and first word of a task's root span: `invoke_agent {agent}`. development, §9 */
export const OPERATION_INVOKE_AGENT = 'invoke_agent';
/** `gen_ai.operation.name` and first word of a tool's span: `execute_tool {tool}`. development, §8 */
export const OPERATION_EXECUTE_TOOL = 'execute_tool';
/** Default `gen_ai.operation.name` of an LLM call: `chat {model}`. development, §8.4 */
export const OPERATION_CHAT = 'chat';
/** Derived: the span of an issue's episode is `issue {id}`, one of its transitions `issue.{transition}`. hiveloop, §5.9 */
export const SPAN_ISSUE = 'issue';

// ─── Events: log records' event names, and the same names on span events ─────────────────────────────────────────────

/** A task began. Log record. hiveloop, §9 */
export const EVENT_TASK_STARTED = 'hiveloop.task.started';
/** A task ended well. Log record. hiveloop, §9 */
export const EVENT_TASK_COMPLETED = 'hiveloop.task.completed';
/** A task ended with an error, or was left open at shutdown. Log record, ERROR. hiveloop, §5.3 */
export const EVENT_TASK_FAILED = 'hiveloop.task.failed';
/** A tool or tracked function began. Log record. hiveloop, §8.10 `action_started` */
export const EVENT_ACTION_STARTED = 'hiveloop.action.started';
/** A tool or tracked function ended well; carries its payload. Log record. hiveloop, §8.10 `action_completed` */
export const EVENT_ACTION_COMPLETED = 'hiveloop.action.completed';
/** A tool or tracked function failed; carries the exception. Log record, ERROR. hiveloop, §8.7 `action_failed` */
export const EVENT_ACTION_FAILED = 'hiveloop.action.failed';
/** One call of a model. Log record. hiveloop, §8.4 */
export const EVENT_LLM_CALL = 'hiveloop.llm.call';
/** A plan, or its next revision. Log record and span event. hiveloop, §3 `plan_created` */
export const EVENT_PLAN_CREATED = 'hiveloop.plan.created';
/** A step of the plan changed. Log record (failed: ERROR) and span event. hiveloop, §3 `plan_step` */
export const EVENT_PLAN_STEP = 'hiveloop.plan.step';
/** The agent tries again. Log record, WARN, and span event. hiveloop, §7 `retry_started` */
export const EVENT_RETRY = 'hiveloop.retry';
/** The agent hands work off. Log record, WARN, and span event. hiveloop, §4 `escalated` */
export const EVENT_ESCALATION = 'hiveloop.escalation';
/** The agent stops and waits for permission. Log record and span event. hiveloop, §4.6 */
export const EVENT_APPROVAL_REQUESTED = 'hiveloop.approval.requested';
/** Permission was given or refused. Log record and span event. hiveloop, §4.6 */
export const EVENT_APPROVAL_RECEIVED = 'hiveloop.approval.received';
/** The agent reports a persistent problem. Log record, severity by the issue's. hiveloop, §5 */
export const EVENT_ISSUE_REPORTED = 'hiveloop.issue.reported';
/** The agent says that the problem is gone. Log record. hiveloop, §5 */
export const EVENT_ISSUE_RESOLVED = 'hiveloop.issue.resolved';
/** A person closed the issue. Log record. hiveloop, §5 */
export const EVENT_ISSUE_DISMISSED = 'hiveloop.issue.dismissed';
/** A step in an issue's life, derived by the translator. Log record. hiveloop, §5.9 */
export const EVENT_ISSUE_LIFECYCLE = 'hiveloop.issue.lifecycle';
/** State of the agent's work queue. Log record, DEBUG. hiveloop, §6 */
export const EVENT_QUEUE_SNAPSHOT = 'hiveloop.queue.snapshot';
/** The agent is alive; carries what runs. Log record, DEBUG. hiveloop, §6.3 */
export const EVENT_AGENT_HEARTBEAT = 'hiveloop.agent.heartbeat';
/** The agent was stopped on purpose. Log record. hiveloop */
export const EVENT_AGENT_STOPPED = 'hiveloop.agent.stopped';
/** A to-do of the agent changed. Log record. hiveloop */
export const EVENT_TODO = 'hiveloop.todo';
/** What the agent has scheduled. Log record. hiveloop */
export const EVENT_SCHEDULED = 'hiveloop.scheduled';
/** An exception, as OpenTelemetry records it on a span. stable, §8.7 */
export const EVENT_EXCEPTION = 'exception';

// ─── Attributes of every record ──────────────────────────────────────────────────────────────────────────────────────

/** string: unique within its agent; the same uid is the same event. On every log record, and on a span event or span that is the event's only carrier. development */
export const ATTR_LOG_RECORD_UID = 'log.record.uid';
/** string: the filter of the activity stream that shows it, see {@link EventCategory}. hiveloop, §3.7, §4.7, §8.10 */
export const ATTR_EVENT_CATEGORY = 'hiveloop.event.category';
/** string: severity text of an event that only a span carries (`DEBUG`, `WARN`, `ERROR`, `FATAL`; left out for INFO). hiveloop */
export const ATTR_EVENT_SEVERITY = 'hiveloop.event.severity';
/** string: what happened, for people. In a log record the body says it, so this is only on span events and spans. hiveloop */
export const ATTR_SUMMARY = 'hiveloop.summary';
/** int: attributes that did not fit into 64 attributes or 48 KB. hiveloop */
export const ATTR_DROPPED_ATTRIBUTES = 'hiveloop.dropped_attributes';
/** string: `init({ environment })`. hiveloop */
export const ATTR_ENVIRONMENT = 'hiveloop.environment';
/** string: `init({ group })`. hiveloop */
export const ATTR_GROUP = 'hiveloop.group';
/** double, s: how long the task, action or LLM call took; on the log record of its end. hiveloop, §8.3 */
export const ATTR_DURATION = 'hiveloop.duration';
/** Where SDK 1.x, which drops `eventName`, leaves the event's name. development */
export const ATTR_OTEL_EVENT_NAME = 'otel.event.name';
/** The deprecated attribute for an event's name; written for SDK 1.x, read from anyone. deprecated */
export const ATTR_EVENT_NAME = 'event.name';

// ─── Agent ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** string: the agent's stable id. hiveloop */
export const ATTR_AGENT_ID = 'hiveloop.agent.id';
/** string, default `general`. hiveloop */
export const ATTR_AGENT_TYPE = 'hiveloop.agent.type';
/** string. hiveloop */
export const ATTR_AGENT_VERSION = 'hiveloop.agent.version';
/** string, default `custom`. hiveloop */
export const ATTR_AGENT_FRAMEWORK = 'hiveloop.agent.framework';
/** double, s: silence or lack of progress longer than this means stuck. hiveloop */
export const ATTR_AGENT_STUCK_THRESHOLD = 'hiveloop.agent.stuck_threshold';
/** string, JSON array of at most 50 running tasks: `{ "id", "run_id", "started_at", "progress_at" }`, times in RFC 3339. hiveloop */
export const ATTR_AGENT_TASKS = 'hiveloop.agent.tasks';
/** int: tasks that run now, also those beyond the 50 listed. hiveloop */
export const ATTR_AGENT_TASKS_RUNNING = 'hiveloop.agent.tasks.running';
/** int: approvals asked for and not answered. hiveloop */
export const ATTR_AGENT_APPROVALS_PENDING = 'hiveloop.agent.approvals.pending';

// ─── Task ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** string, at most 256 characters. hiveloop */
export const ATTR_TASK_ID = 'hiveloop.task.id';
/** string: one run of the task; default a random UUID. hiveloop */
export const ATTR_TASK_RUN_ID = 'hiveloop.task.run_id';
/** string. hiveloop */
export const ATTR_TASK_TYPE = 'hiveloop.task.type';
/** string: `success` or the caller's word, `failure`, `abandoned` (left open at shutdown). hiveloop */
export const ATTR_TASK_STATUS = 'hiveloop.task.status';
/** string: the task's project. hiveloop */
export const ATTR_PROJECT_ID = 'hiveloop.project.id';
/** string: ties work of several agents together. hiveloop */
export const ATTR_CORRELATION_ID = 'hiveloop.correlation_id';

/** int: retries of the task, on its span at its end. hiveloop, §7 */
export const ATTR_RETRY_COUNT = 'hiveloop.retry.count';
/** double, s: backoff of the task in total, on its span at its end. hiveloop, §7 */
export const ATTR_RETRY_BACKOFF_TOTAL = 'hiveloop.retry.backoff';
/** int: on the task's span at its end. hiveloop, §4 */
export const ATTR_ESCALATION_COUNT = 'hiveloop.escalation.count';
/** int: approvals requested, on the task's span at its end. hiveloop, §4.6 */
export const ATTR_APPROVAL_COUNT = 'hiveloop.approval.count';
/** int: issues reported inside the task, on its span at its end. hiveloop, §5 */
export const ATTR_ISSUE_COUNT = 'hiveloop.issue.count';

// ─── Action (tool or tracked function) ───────────────────────────────────────────────────────────────────────────────

/** string: the name given to `trackContext` or `track`. hiveloop, §8.3 */
export const ATTR_ACTION_NAME = 'hiveloop.action.name';
/** Prefix, one attribute a top-level key: primitives as they are, the rest JSON. hiveloop, §8.5 */
export const ATTR_PAYLOAD_PREFIX = 'hiveloop.payload.';
/** string: id of the span around it (the task's or an action's), on log records of actions and LLM calls: parallel tools are not taken for nested ones. hiveloop, §8.8 */
export const ATTR_PARENT_SPAN_ID = 'hiveloop.parent_span_id';
/** string: name of the tracked function. stable, §8.3 */
export const ATTR_CODE_FUNCTION_NAME = 'code.function.name';

// ─── Plan ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** string: what the plan is to achieve. hiveloop, §3.2 */
export const ATTR_PLAN_GOAL = 'hiveloop.plan.goal';
/** string[]: the steps in order. hiveloop, §3.2 */
export const ATTR_PLAN_STEPS = 'hiveloop.plan.steps';
/** int, from 0. hiveloop, §3.5 */
export const ATTR_PLAN_REVISION = 'hiveloop.plan.revision';
/** int, from 0. hiveloop, §3.2 */
export const ATTR_PLAN_STEP_INDEX = 'hiveloop.plan.step.index';
/** string: `started`, `completed`, `failed`, `skipped`. hiveloop, §3.2 */
export const ATTR_PLAN_STEP_ACTION = 'hiveloop.plan.step.action';
/** int: steps of the plan. hiveloop, §3.2 */
export const ATTR_PLAN_STEP_TOTAL = 'hiveloop.plan.step.total';
/** int: LLM turns spent on the step. hiveloop, §3.2 */
export const ATTR_PLAN_STEP_TURNS = 'hiveloop.plan.step.turns';
/** int: tokens spent on the step. hiveloop, §3.2 */
export const ATTR_PLAN_STEP_TOKENS = 'hiveloop.plan.step.tokens';
/** int: completed steps of the latest revision, on the task's span at its end. hiveloop, §3.7 */
export const ATTR_PLAN_STEPS_COMPLETED = 'hiveloop.plan.steps.completed';
/** string: `[■ Search CRM] [✗ Enrich] [  Route]`, on the task's span at its end. hiveloop, §3.1 */
export const ATTR_PLAN_BAR = 'hiveloop.plan.bar';

// ─── Retry, escalation, approval ─────────────────────────────────────────────────────────────────────────────────────

/** int, from 1. hiveloop, §7.2 */
export const ATTR_RETRY_ATTEMPT = 'hiveloop.retry.attempt';
/** double, s: wait before the next attempt. hiveloop, §7.2 */
export const ATTR_RETRY_BACKOFF_SECONDS = 'hiveloop.retry.backoff_seconds';
/** string: who or what receives it. hiveloop, §4.2 */
export const ATTR_ESCALATION_ASSIGNED_TO = 'hiveloop.escalation.assigned_to';
/** string. hiveloop, §4.2 */
export const ATTR_ESCALATION_REASON = 'hiveloop.escalation.reason';
/** string: pairs the answer with the request. hiveloop, §4.6 */
export const ATTR_APPROVAL_ID = 'hiveloop.approval.id';
/** string. hiveloop, §4.6 */
export const ATTR_APPROVAL_APPROVER = 'hiveloop.approval.approver';
/** string. hiveloop, §4.6 */
export const ATTR_APPROVAL_APPROVED_BY = 'hiveloop.approval.approved_by';
/** string: `approved`, `rejected`. hiveloop, §4.6 */
export const ATTR_APPROVAL_DECISION = 'hiveloop.approval.decision';
/** double, s: from the request to the answer. hiveloop, §4.6 */
export const ATTR_APPROVAL_WAIT = 'hiveloop.approval.wait';

// ─── Issue ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** string: the agent's stable name of the problem. hiveloop, §5.7 */
export const ATTR_ISSUE_ID = 'hiveloop.issue.id';
/** string: `critical`, `high`, `medium`, `low`. hiveloop, §5.6 */
export const ATTR_ISSUE_SEVERITY = 'hiveloop.issue.severity';
/** string: `permissions`, `connectivity`, `configuration`, `data_quality`, `rate_limit`, `other`. hiveloop, §5.2 */
export const ATTR_ISSUE_CATEGORY = 'hiveloop.issue.category';
/** int: how often the agent says that it happened. hiveloop, §5.2 */
export const ATTR_ISSUE_OCCURRENCE_COUNT = 'hiveloop.issue.occurrence_count';
/** Prefix, one attribute a top-level key. hiveloop, §5.2 */
export const ATTR_ISSUE_CONTEXT_PREFIX = 'hiveloop.issue.context.';
/** string, on a resolve or dismiss: the summary of the report that it answers; on what is derived: of the last report. hiveloop, §5 */
export const ATTR_ISSUE_SUMMARY = 'hiveloop.issue.summary';

/** string, derived: the issue's key, 32 hex digits: what `hiveloop issues dismiss` takes. hiveloop */
export const ATTR_ISSUE_KEY = 'hiveloop.issue.key';
/** string, derived: `opened`, `recurred`, `severity_changed`, `resolved`, `dismissed`, `reopened`, `unmatched`. hiveloop */
export const ATTR_ISSUE_TRANSITION = 'hiveloop.issue.transition';
/** int, derived, from 1. hiveloop */
export const ATTR_ISSUE_EPISODE = 'hiveloop.issue.episode';
/** int, derived: of this episode. hiveloop */
export const ATTR_ISSUE_OCCURRENCES = 'hiveloop.issue.occurrences';
/** double, s, derived: since the episode opened. hiveloop */
export const ATTR_ISSUE_AGE = 'hiveloop.issue.age';
/** double, s, derived: from opened to closed. hiveloop */
export const ATTR_ISSUE_TIME_TO_RESOLVE = 'hiveloop.issue.time_to_resolve';
/** boolean, derived: a late event made it known. hiveloop */
export const ATTR_ISSUE_LATE = 'hiveloop.issue.late';
/** string, derived: hash of the summary, where the agent gave no id. hiveloop, §12.6 */
export const ATTR_ISSUE_FINGERPRINT = 'hiveloop.issue.fingerprint';
/** string, derived: trace of the report. hiveloop */
export const ATTR_ISSUE_TRACE_ID = 'hiveloop.issue.trace_id';
/** string, derived: span of the report. hiveloop */
export const ATTR_ISSUE_SPAN_ID = 'hiveloop.issue.span_id';

// ─── Queue, to-do, scheduled ─────────────────────────────────────────────────────────────────────────────────────────

/** int: items that wait. hiveloop, §6.2 */
export const ATTR_QUEUE_DEPTH = 'hiveloop.queue.depth';
/** double, s: age of the oldest item. hiveloop, §6.2 */
export const ATTR_QUEUE_OLDEST_AGE = 'hiveloop.queue.oldest_item_age';
/** string, JSON array with the manual's field names: `id`, `priority`, `source`, `summary`, `queued_at`. hiveloop, §6.2 */
export const ATTR_QUEUE_ITEMS = 'hiveloop.queue.items';
/** string, JSON object: `id`, `summary`, `started_at`, `elapsed_ms`. hiveloop, §6.2 */
export const ATTR_QUEUE_PROCESSING = 'hiveloop.queue.processing';
/** string. hiveloop */
export const ATTR_TODO_ID = 'hiveloop.todo.id';
/** string: `created`, `completed`, `failed`, `dismissed`, `deferred`. hiveloop */
export const ATTR_TODO_ACTION = 'hiveloop.todo.action';
/** string: `low`, `normal`, `high`, `urgent`. hiveloop */
export const ATTR_TODO_PRIORITY = 'hiveloop.todo.priority';
/** string. hiveloop */
export const ATTR_TODO_SOURCE = 'hiveloop.todo.source';
/** string. hiveloop */
export const ATTR_TODO_CONTEXT = 'hiveloop.todo.context';
/** string, RFC 3339. hiveloop */
export const ATTR_TODO_DUE_BY = 'hiveloop.todo.due_by';
/** string, JSON array: `id`, `name`, `next_run`, `interval`, `enabled`, `last_status`, `last_run`. hiveloop */
export const ATTR_SCHEDULED_ITEMS = 'hiveloop.scheduled.items';
/** int. hiveloop */
export const ATTR_SCHEDULED_COUNT = 'hiveloop.scheduled.count';

// ─── LLM calls ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** string: the caller's name of the call, such as `agent_turn`. hiveloop, §8.4 */
export const ATTR_LLM_NAME = 'hiveloop.llm.name';
/** double, USD. hiveloop */
export const ATTR_LLM_COST = 'hiveloop.llm.cost';
/** Prefix, one attribute a top-level key of `metadata`. hiveloop */
export const ATTR_LLM_METADATA_PREFIX = 'hiveloop.llm.metadata.';
/** string: recorded only with `captureContent`. hiveloop */
export const ATTR_LLM_PROMPT_PREVIEW = 'hiveloop.llm.prompt_preview';
/** string: recorded only with `captureContent`. hiveloop */
export const ATTR_LLM_RESPONSE_PREVIEW = 'hiveloop.llm.response_preview';
/** string, only with `llm: 'story'`. hiveloop */
export const ATTR_LLM_MODEL = 'hiveloop.llm.model';
/** string, only with `llm: 'story'`. hiveloop */
export const ATTR_LLM_PROVIDER = 'hiveloop.llm.provider';
/** int, {token}, only with `llm: 'story'`: a number for people, in a name that no backend adds up. hiveloop */
export const ATTR_LLM_INPUT_TOKENS = 'hiveloop.llm.input_tokens';
/** int, {token}, only with `llm: 'story'`. hiveloop */
export const ATTR_LLM_OUTPUT_TOKENS = 'hiveloop.llm.output_tokens';

// ─── GenAI conventions ───────────────────────────────────────────────────────────────────────────────────────────────

/** string. development */
export const ATTR_GEN_AI_OPERATION_NAME = 'gen_ai.operation.name';
/** string. development */
export const ATTR_GEN_AI_AGENT_NAME = 'gen_ai.agent.name';
/** string: only when the application has one. development */
export const ATTR_GEN_AI_CONVERSATION_ID = 'gen_ai.conversation.id';
/** string. development, §8.3 */
export const ATTR_GEN_AI_TOOL_NAME = 'gen_ai.tool.name';
/** string: `function`, `extension`, `datastore`. development */
export const ATTR_GEN_AI_TOOL_TYPE = 'gen_ai.tool.type';
/** string. development */
export const ATTR_GEN_AI_TOOL_CALL_ID = 'gen_ai.tool.call.id';
/** string: `openai`, `anthropic` and so on. development */
export const ATTR_GEN_AI_PROVIDER_NAME = 'gen_ai.provider.name';
/** The older name of the provider, looked for on other instrumentations' spans. deprecated */
export const ATTR_GEN_AI_SYSTEM = 'gen_ai.system';
/** string. development */
export const ATTR_GEN_AI_REQUEST_MODEL = 'gen_ai.request.model';
/** string. development */
export const ATTR_GEN_AI_RESPONSE_MODEL = 'gen_ai.response.model';
/** string[]. development */
export const ATTR_GEN_AI_FINISH_REASONS = 'gen_ai.response.finish_reasons';
/** int, {token}; cached tokens are part of it. development */
export const ATTR_GEN_AI_INPUT_TOKENS = 'gen_ai.usage.input_tokens';
/** int, {token}; reasoning tokens are part of it. development */
export const ATTR_GEN_AI_OUTPUT_TOKENS = 'gen_ai.usage.output_tokens';
/** int, {token}. development */
export const ATTR_GEN_AI_CACHE_READ_TOKENS = 'gen_ai.usage.cache_read.input_tokens';
/** int, {token}. development */
export const ATTR_GEN_AI_CACHE_WRITE_TOKENS = 'gen_ai.usage.cache_write.input_tokens';
/** int, {token}. development */
export const ATTR_GEN_AI_REASONING_TOKENS = 'gen_ai.usage.reasoning.output_tokens';
/** string: `input` or `output`, on the token metric. development */
export const ATTR_GEN_AI_TOKEN_TYPE = 'gen_ai.token.type';

/** What newer conventions call the names of 1.37 that this file uses. */
export const GEN_AI_SUCCESSORS = {
  'gen_ai.client.operation.duration': 'gen_ai.client.inference.duration',
  'gen_ai.client.token.usage': 'gen_ai.client.inference.operation.{input_tokens,output_tokens}',
} as const;

// ─── Errors and resource ─────────────────────────────────────────────────────────────────────────────────────────────

/** string: class or code of the error, low cardinality. stable, §8.7 */
export const ATTR_ERROR_TYPE = 'error.type';
/** string. stable, §8.7 */
export const ATTR_EXCEPTION_TYPE = 'exception.type';
/** string. stable, §8.7 */
export const ATTR_EXCEPTION_MESSAGE = 'exception.message';
/** string. stable */
export const ATTR_EXCEPTION_STACKTRACE = 'exception.stacktrace';
/** int. Metric label of answers of the translator's HTTP server. stable */
export const ATTR_HTTP_RESPONSE_STATUS_CODE = 'http.response.status_code';
/** Resource. stable */
export const ATTR_SERVICE_NAME = 'service.name';
/** Resource. stable */
export const ATTR_SERVICE_NAMESPACE = 'service.namespace';
/** Resource: replicas without it fight over gauges. stable */
export const ATTR_SERVICE_INSTANCE_ID = 'service.instance.id';
/** Resource. stable */
export const ATTR_SERVICE_VERSION = 'service.version';
/** Resource. stable */
export const ATTR_DEPLOYMENT_ENVIRONMENT_NAME = 'deployment.environment.name';

/** Metric label: `success`, `failure`, `abandoned`; for plan steps the step's action. hiveloop */
export const ATTR_OUTCOME = 'hiveloop.outcome';
/** Value of a label beyond its 100 (agent ids: 1 000) distinct values. */
export const LABEL_OVERFLOW = '_OTHER';
/** Metric label: how the translator counted an event: `duplicate`, `applied`, `straggler`, `rejected`. hiveloop */
export const ATTR_RESULT = 'hiveloop.result';
/** OTLP signal of what waits to be sent: `logs`, `traces`; of a request that was answered also `metrics`, and `other` for none of them. hiveloop */
export const ATTR_SIGNAL = 'hiveloop.signal';

// ─── Metrics ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a metric is: enough to make the instrument, and for documents and dashboards to be checked against. */
export interface MetricDefinition {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram' | 'updown';
  /** UCUM. `{x}` is an annotation: Prometheus leaves it out of the name. */
  readonly unit: string;
  readonly description: string;
  readonly boundaries?: readonly number[];
}

const SECONDS_TASK = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6];
const SECONDS_CALL = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const SECONDS_WAIT = [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400];
const SECONDS_ISSUE = [10, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 259_200, 604_800, 2_592_000];
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];

/** Duration of a task. development, §9 */
export const METRIC_TASK_DURATION: MetricDefinition = {
  name: 'gen_ai.invoke_agent.duration',
  kind: 'histogram',
  unit: 's',
  description: 'Duration of a task, by agent, task type and error type',
  boundaries: SECONDS_TASK,
};
/** Duration of a tool call. development, §8 */
export const METRIC_TOOL_DURATION: MetricDefinition = {
  name: 'gen_ai.execute_tool.duration',
  kind: 'histogram',
  unit: 's',
  description: 'Duration of a tool call, by agent, tool and error type',
  boundaries: SECONDS_CALL,
};
/** Tokens per LLM call, by `gen_ai.token.type`. Not with `llm: 'story'`. development, §8.4 */
export const METRIC_TOKEN_USAGE: MetricDefinition = {
  name: 'gen_ai.client.token.usage',
  kind: 'histogram',
  unit: '{token}',
  description: 'Tokens of an LLM call, by type',
  boundaries: TOKENS,
};
/** Duration of an LLM call. Not with `llm: 'story'`. development, §8.4 */
export const METRIC_LLM_DURATION: MetricDefinition = {
  name: 'gen_ai.client.operation.duration',
  kind: 'histogram',
  unit: 's',
  description: 'Duration of an LLM call',
  boundaries: SECONDS_CALL,
};
/** Dollars. Not `USD`: a bare unit would become part of the Prometheus name. hiveloop */
export const METRIC_LLM_COST: MetricDefinition = {
  name: 'hiveloop.llm.cost',
  kind: 'counter',
  unit: '{USD}',
  description: 'Cost of LLM calls as the agent reported it',
};
/** Retries. hiveloop, §7 */
export const METRIC_RETRY_COUNT: MetricDefinition = {
  name: 'hiveloop.retry.count',
  kind: 'counter',
  unit: '{retry}',
  description: 'Retries',
};
/** Time lost to backoff. hiveloop, §7 */
export const METRIC_RETRY_BACKOFF: MetricDefinition = {
  name: 'hiveloop.retry.backoff',
  kind: 'counter',
  unit: 's',
  description: 'Time lost to waiting before retries',
};
/** Escalations. hiveloop, §4 */
export const METRIC_ESCALATION_COUNT: MetricDefinition = {
  name: 'hiveloop.escalation.count',
  kind: 'counter',
  unit: '{escalation}',
  description: 'Escalations',
};
/** Approvals that wait for an answer. hiveloop, §4.6 */
export const METRIC_APPROVAL_PENDING: MetricDefinition = {
  name: 'hiveloop.approval.pending',
  kind: 'gauge',
  unit: '{approval}',
  description: 'Approvals requested and not answered',
};
/** Age of the oldest of them; 0 when none waits. hiveloop, §4.6 */
export const METRIC_APPROVAL_OLDEST_AGE: MetricDefinition = {
  name: 'hiveloop.approval.oldest_age',
  kind: 'gauge',
  unit: 's',
  description: 'Age of the oldest approval that waits',
};
/** Wait of an answered approval. hiveloop, §4.6 */
export const METRIC_APPROVAL_WAIT: MetricDefinition = {
  name: 'hiveloop.approval.wait',
  kind: 'histogram',
  unit: 's',
  description: 'Time from an approval request to its answer',
  boundaries: SECONDS_WAIT,
};
/** Plan steps, by `hiveloop.outcome` (the step's action). hiveloop, §3 */
export const METRIC_PLAN_STEPS: MetricDefinition = {
  name: 'hiveloop.plan.steps',
  kind: 'counter',
  unit: '{step}',
  description: 'Plan steps by what became of them',
};
/** Tasks that run. hiveloop */
export const METRIC_TASK_ACTIVE: MetricDefinition = {
  name: 'hiveloop.task.active',
  kind: 'gauge',
  unit: '{task}',
  description: 'Tasks that run now',
};
/** Depth of the work queue. hiveloop, §6 */
export const METRIC_QUEUE_DEPTH: MetricDefinition = {
  name: 'hiveloop.queue.depth',
  kind: 'gauge',
  unit: '{item}',
  description: 'Items in the work queue at the last snapshot',
};
/** Age of the queue's oldest item. hiveloop, §6 */
export const METRIC_QUEUE_OLDEST_AGE: MetricDefinition = {
  name: 'hiveloop.queue.oldest_item_age',
  kind: 'gauge',
  unit: 's',
  description: 'Age of the oldest queue item at the last snapshot',
};
/** Unix time of the last heartbeat; 0 after `agent.stop()`. hiveloop */
export const METRIC_HEARTBEAT_TIME: MetricDefinition = {
  name: 'hiveloop.agent.heartbeat.time',
  kind: 'gauge',
  unit: 's',
  description: 'Unix time of the last heartbeat, 0 after a stop',
};
/** The agent's own threshold. hiveloop */
export const METRIC_STUCK_THRESHOLD: MetricDefinition = {
  name: 'hiveloop.agent.stuck_threshold',
  kind: 'gauge',
  unit: 's',
  description: 'Silence after which the agent counts as stuck',
};
/** Reports of issues as sent. hiveloop, §5 */
export const METRIC_ISSUE_REPORTS: MetricDefinition = {
  name: 'hiveloop.issue.reports',
  kind: 'counter',
  unit: '{report}',
  description: 'Issue reports, by severity and category',
};

/** Derived: open issues. hiveloop, §5.9 */
export const METRIC_ISSUE_ACTIVE: MetricDefinition = {
  name: 'hiveloop.issue.active',
  kind: 'gauge',
  unit: '{issue}',
  description: 'Issues open now, by agent, severity and category',
};
/** Derived: issue transitions. hiveloop, §5.9 */
export const METRIC_ISSUE_TRANSITIONS: MetricDefinition = {
  name: 'hiveloop.issue.transitions',
  kind: 'counter',
  unit: '{transition}',
  description: 'Issue transitions told',
};
/** Derived: occurrences; per episode the reports seen or the count claimed, whichever is more. hiveloop, §5.2 */
export const METRIC_ISSUE_OCCURRENCES: MetricDefinition = {
  name: 'hiveloop.issue.occurrences',
  kind: 'counter',
  unit: '{occurrence}',
  description: 'Occurrences of issues, by agent',
};
/** Derived, own: issue events taken in. hiveloop */
export const METRIC_TRANSLATOR_EVENTS_RECEIVED: MetricDefinition = {
  name: 'hiveloop.translator.events.received',
  kind: 'counter',
  unit: '{event}',
  description: 'Issue events received',
};
/** Derived, own: issue events by `hiveloop.result`. hiveloop */
export const METRIC_TRANSLATOR_EVENTS: MetricDefinition = {
  name: 'hiveloop.translator.events',
  kind: 'counter',
  unit: '{event}',
  description: 'Issue events by what became of them',
};
/** Derived, own: when the metrics were last computed. hiveloop */
export const METRIC_TRANSLATOR_SNAPSHOT_TIME: MetricDefinition = {
  name: 'hiveloop.translator.snapshot.time',
  kind: 'gauge',
  unit: 's',
  description: 'Unix time of the last derived metrics',
};

/** Derived: age of the longest open issue, by agent; 0 when none is open. hiveloop, §5.9 */
export const METRIC_ISSUE_OLDEST_AGE: MetricDefinition = {
  name: 'hiveloop.issue.oldest_age',
  kind: 'gauge',
  unit: 's',
  description: 'Age of the issue that is open the longest, by agent',
};
/** Derived: unix time at which an issue opened, for the 200 most severe open ones: an alert can name the issue. hiveloop, §5.9 */
export const METRIC_ISSUE_OPENED_AT: MetricDefinition = {
  name: 'hiveloop.issue.opened_at',
  kind: 'gauge',
  unit: 's',
  description: 'Unix time at which the issue opened, for the most severe open issues',
};
/** Derived: open issues that `hiveloop.issue.opened_at` leaves out. hiveloop */
export const METRIC_ISSUE_OPENED_AT_OMITTED: MetricDefinition = {
  name: 'hiveloop.issue.opened_at.omitted',
  kind: 'gauge',
  unit: '{issue}',
  description: 'Open issues that hiveloop.issue.opened_at leaves out',
};
/** Derived: from opened to closed, by agent, severity and transition (`resolved`, `dismissed`). hiveloop, §5.9 */
export const METRIC_ISSUE_TIME_TO_RESOLVE: MetricDefinition = {
  name: 'hiveloop.issue.time_to_resolve',
  kind: 'histogram',
  unit: 's',
  description: 'Time from the opening of an issue to its closing',
  boundaries: SECONDS_ISSUE,
};
/** Derived, own: when the store was made, which is where its counters begin. hiveloop */
export const METRIC_TRANSLATOR_STORE_CREATED: MetricDefinition = {
  name: 'hiveloop.translator.store.created',
  kind: 'gauge',
  unit: 's',
  description: 'Unix time at which the store was made',
};
/** Derived, own: records that are no issue events, by `hiveloop.result`: `other` of ours, `foreign`, `own_input`. hiveloop */
export const METRIC_TRANSLATOR_RECORDS: MetricDefinition = {
  name: 'hiveloop.translator.records',
  kind: 'counter',
  unit: '{record}',
  description: 'Records that are no issue events, by what they are',
};
/**
 * Derived, own: requests answered, by `hiveloop.signal` and `http.response.status_code`. At 400, 401, 404, 413 and 415 a
 * sender drops its data for good, and nobody else counts it: an alert belongs on them. Not those of `/healthz` and
 * `/readyz`. hiveloop
 */
export const METRIC_TRANSLATOR_REQUESTS: MetricDefinition = {
  name: 'hiveloop.translator.requests',
  kind: 'counter',
  unit: '{request}',
  description: 'HTTP requests answered, by signal and status code',
};
/** Derived, own: events folded before the reorder window was over, because an issue held more than 1 024. hiveloop */
export const METRIC_TRANSLATOR_WINDOW_SHORTENED: MetricDefinition = {
  name: 'hiveloop.translator.window.shortened',
  kind: 'counter',
  unit: '{event}',
  description: 'Events folded before the reorder window was over',
};
/** Derived, own: telemetry that waits to be sent, by `hiveloop.signal`. hiveloop */
export const METRIC_TRANSLATOR_OUTBOX_ROWS: MetricDefinition = {
  name: 'hiveloop.translator.outbox.rows',
  kind: 'gauge',
  unit: '{row}',
  description: 'Derived telemetry that waits to be sent',
};
/** Derived, own: how long the oldest of it waits; 0 when nothing does. hiveloop */
export const METRIC_TRANSLATOR_OUTBOX_OLDEST_AGE: MetricDefinition = {
  name: 'hiveloop.translator.outbox.oldest_age',
  kind: 'gauge',
  unit: 's',
  description: 'How long the oldest derived telemetry waits to be sent',
};
/** Derived, own: telemetry that the receiver refused and that was set aside. An alert belongs on it. hiveloop */
export const METRIC_TRANSLATOR_OUTBOX_PARKED: MetricDefinition = {
  name: 'hiveloop.translator.outbox.parked',
  kind: 'counter',
  unit: '{row}',
  description: 'Derived telemetry that was refused and set aside',
};
/** Derived, own: telemetry dropped because the receiver was away for too long. hiveloop */
export const METRIC_TRANSLATOR_OUTBOX_AGED_OUT: MetricDefinition = {
  name: 'hiveloop.translator.outbox.aged_out',
  kind: 'counter',
  unit: '{row}',
  description: 'Derived telemetry dropped because the receiver was away for too long',
};
/** Derived, own: records that the receiver rejected in an answer of success (partial success). hiveloop */
export const METRIC_TRANSLATOR_OUTBOX_REJECTED: MetricDefinition = {
  name: 'hiveloop.translator.outbox.rejected',
  kind: 'counter',
  unit: '{record}',
  description: 'Derived records rejected by partial success',
};

// ─── Vocabularies ────────────────────────────────────────────────────────────────────────────────────────────────────

/** The filters of HiveLoop's activity stream; the sixth, `error`, is severity ≥ ERROR. */
export type EventCategory = 'task' | 'action' | 'llm' | 'pipeline' | 'human';

/** Category of each of our events, for carriers that do not say it (span events). */
export const CATEGORY_BY_EVENT: Readonly<Record<string, EventCategory>> = {
  [EVENT_TASK_STARTED]: 'task',
  [EVENT_TASK_COMPLETED]: 'task',
  [EVENT_TASK_FAILED]: 'task',
  [EVENT_PLAN_CREATED]: 'task',
  [EVENT_PLAN_STEP]: 'task',
  [EVENT_RETRY]: 'task',
  [EVENT_ACTION_STARTED]: 'action',
  [EVENT_ACTION_COMPLETED]: 'action',
  [EVENT_ACTION_FAILED]: 'action',
  [EVENT_LLM_CALL]: 'llm',
  [EVENT_ISSUE_REPORTED]: 'pipeline',
  [EVENT_ISSUE_RESOLVED]: 'pipeline',
  [EVENT_ISSUE_DISMISSED]: 'pipeline',
  [EVENT_ISSUE_LIFECYCLE]: 'pipeline',
  [EVENT_QUEUE_SNAPSHOT]: 'pipeline',
  [EVENT_TODO]: 'pipeline',
  [EVENT_SCHEDULED]: 'pipeline',
  [EVENT_AGENT_HEARTBEAT]: 'pipeline',
  [EVENT_AGENT_STOPPED]: 'pipeline',
  [EVENT_ESCALATION]: 'human',
  [EVENT_APPROVAL_REQUESTED]: 'human',
  [EVENT_APPROVAL_RECEIVED]: 'human',
};

/** Marks of the plan bar, by state of the step. §3.1 */
export const PLAN_MARKS = { pending: ' ', started: '▪', completed: '■', failed: '✗', skipped: '–' } as const;
