import type { AddressedEvent, Reporter } from '../../lifecycle/issue.ts';
import type { AgentIdentity } from '../../lifecycle/identity.ts';
import type { IssueEvent, SpanReference } from '../../lifecycle/issue-event.ts';
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
import { addresses } from './address-book.ts';
import { addressEvent, type Arrival } from './address-event.ts';
import { countOf, id, text, word } from './said-text.ts';

/** The names that are issue events, and what each is to the lifecycle. */
export const KIND_BY_EVENT: ReadonlyMap<string, IssueEvent['kind']> = new Map([
  [EVENT_ISSUE_REPORTED, 'report'],
  [EVENT_ISSUE_RESOLVED, 'resolve'],
  [EVENT_ISSUE_DISMISSED, 'dismiss'],
]);

/** True for the names that are issue events. */
export function isIssueEventName(name: string): boolean {
  return KIND_BY_EVENT.has(name);
}

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

/** Why an issue event can never be taken, in a few words. */
type Rejection = string;
export const NO_AGENT_ID: Rejection = `${ATTR_AGENT_ID} is missing`;
export const NO_SUMMARY = 'the summary is empty';

/** The event, or why it can never be taken. */
export function readCarrier(carrier: IssueCarrier, arrival: Arrival): AddressedEvent | Rejection {
  const { kind, resource, attributes, uid, time, observedTime, span } = carrier;
  const agent = readAgent(resource.attributes, attributes);
  if (agent.agentId === '') return NO_AGENT_ID;
  const summary = text(carrier.summary);
  if (summary === '') return NO_SUMMARY;

  const isReport = kind === 'report';
  const sender = { ...agent, ...readReporter(resource.attributes, attributes) };
  const reportSummary = isReport ? summary : text(attributes[ATTR_ISSUE_SUMMARY]) || summary;
  const address = addresses.find(sender, id(attributes[ATTR_ISSUE_ID]), reportSummary);
  const said = {
    kind,
    uid,
    summary,
    severity: isReport ? word(attributes[ATTR_ISSUE_SEVERITY]) : '',
    category: isReport ? word(attributes[ATTR_ISSUE_CATEGORY]) : '',
    occurrenceCount: isReport ? countOf(attributes[ATTR_ISSUE_OCCURRENCE_COUNT]) : 0,
    time,
    observedTime,
    span,
  };
  return addressEvent(address, said, arrival);
}

/** Whose a record is; the agent's id is empty when it does not say. */
export function readAgent(resource: Attributes, attributes: Attributes): AgentIdentity {
  return {
    environment:
      id(resource[ATTR_DEPLOYMENT_ENVIRONMENT_NAME]) ||
      id(attributes[ATTR_ENVIRONMENT]) ||
      id(resource[ATTR_ENVIRONMENT]),
    namespace: id(resource[ATTR_SERVICE_NAMESPACE]),
    agentId: id(attributes[ATTR_AGENT_ID]) || id(resource[ATTR_AGENT_ID]),
  };
}

function readReporter(resource: Attributes, attributes: Attributes): Reporter {
  return {
    serviceName: word(resource[ATTR_SERVICE_NAME]),
    agentType: word(attributes[ATTR_AGENT_TYPE]) || word(resource[ATTR_AGENT_TYPE]),
  };
}
