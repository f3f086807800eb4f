import { type AddressedEvent, type Reporter } from '../../lifecycle/issue.ts';
import { type AgentIdentity, identifyIssue } from '../../lifecycle/identity.ts';
import {
  effectiveTime,
  type IssueEvent,
  SEVERITIES,
  type Severity,
  type SpanReference,
} from '../../lifecycle/issue-event.ts';
import {
  ATTR_AGENT_ID,
  ATTR_AGENT_TYPE,
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_ENVIRONMENT,
  ATTR_ISSUE_CATEGORY,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_OCCURRENCE_COUNT,
  ATTR_ISSUE_SEVERITY,
  ATTR_ISSUE_SUMMARY,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_NAMESPACE,
  EVENT_ISSUE_DISMISSED,
  EVENT_ISSUE_REPORTED,
  EVENT_ISSUE_RESOLVED,
} from '../../semconv.ts';
import type { AnyValue, Attributes, Resource } from '../otlp/model.ts';

/** The names that are issue events, and what each is to the lifecycle. */
export const KIND_BY_EVENT: ReadonlyMap<string, IssueEvent['kind']> = new Map([
  [EVENT_ISSUE_REPORTED, 'report'],
  [EVENT_ISSUE_RESOLVED, 'resolve'],
  [EVENT_ISSUE_DISMISSED, 'dismiss'],
]);

/** An issue event as its carrier (log record, span event or span) holds it, before anything is checked. */
export interface IssueCarrier {
  readonly kind: IssueEvent['kind'];
  readonly resource: Resource;
  readonly attributes: Attributes;
  readonly uid: string;
  readonly summary: AnyValue;
  readonly time: bigint;
  readonly observedTime: bigint;
  readonly span: SpanReference;
}

/** When the request came in, unix ns, and how far ahead of that an event may be. */
export interface Arrival {
  readonly arrival: bigint;
  readonly windowNanos: bigint;
}

/** Longest summary that is kept: enough for people, and a state stays small whoever sends it. */
const SUMMARY_CHARACTERS_MAX = 1024;
const WORD_CHARACTERS_MAX = 256;

/** The event, or in a few words why it can never be taken. */
export function readCarrier(carrier: IssueCarrier, { arrival, windowNanos }: Arrival): AddressedEvent | string {
  const { kind, resource, attributes, uid, span } = carrier;
  const agent = readAgent(resource.attributes, attributes);
  if (agent.agentId === '') return `${ATTR_AGENT_ID} is missing`;
  const summary = text(carrier.summary);
  if (summary === '') return 'the summary is empty';

  const identifying = kind === 'report' ? summary : text(attributes[ATTR_ISSUE_SUMMARY]) || summary;
  const base = {
    uid,
    effectiveTime: effectiveTime({ time: carrier.time, observedTime: carrier.observedTime, arrival }, windowNanos),
    takenAt: arrival,
    summary: summary.slice(0, SUMMARY_CHARACTERS_MAX),
    span,
  };
  return {
    identity: identifyIssue(agent, text(attributes[ATTR_ISSUE_ID]), identifying),
    reporter: readReporter(resource.attributes, attributes),
    event: kind === 'report' ? { ...base, kind, ...readReport(attributes) } : { ...base, kind },
  };
}

function readAgent(resource: Attributes, attributes: Attributes): AgentIdentity {
  return {
    environment:
      text(resource[ATTR_DEPLOYMENT_ENVIRONMENT_NAME]) ||
      text(attributes[ATTR_ENVIRONMENT]) ||
      text(resource[ATTR_ENVIRONMENT]),
    namespace: text(resource[ATTR_SERVICE_NAMESPACE]),
    agentId: text(attributes[ATTR_AGENT_ID]) || text(resource[ATTR_AGENT_ID]),
  };
}

function readReporter(resource: Attributes, attributes: Attributes): Reporter {
  return {
    serviceName: text(resource[ATTR_SERVICE_NAME]),
    agentType: text(attributes[ATTR_AGENT_TYPE]) || text(resource[ATTR_AGENT_TYPE]),
  };
}

interface ReportDetails {
  readonly severity: Severity;
  readonly severityAsSaid: string;
  readonly category: string;
  readonly occurrenceCount: number;
}

function readReport(attributes: Attributes): ReportDetails {
  const severityAsSaid = text(attributes[ATTR_ISSUE_SEVERITY]).slice(0, WORD_CHARACTERS_MAX);
  const count = Number(attributes[ATTR_ISSUE_OCCURRENCE_COUNT] ?? 0);
  return {
    severity: SEVERITIES.find((severity) => severity === severityAsSaid.toLowerCase()) ?? 'medium',
    severityAsSaid,
    category: text(attributes[ATTR_ISSUE_CATEGORY]).slice(0, WORD_CHARACTERS_MAX),
    occurrenceCount: Number.isSafeInteger(count) && count > 0 ? count : 0,
  };
}

/** The value for people: a string trimmed, any other scalar as JavaScript prints it, anything deeper as JSON. */
function text(value: AnyValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'object')
    return JSON.stringify(value, (_, nested: unknown) => (typeof nested === 'bigint' ? String(nested) : nested));
  return String(value);
}
