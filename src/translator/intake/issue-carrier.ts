import type { AddressedEvent, Reporter } from '../../lifecycle/issue.ts';
import type { AgentIdentity } from '../../lifecycle/identity.ts';
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
import { AddressBook, type Words } from './address-book.ts';
import { boundedId } from './event-uid.ts';

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
  const reporter = readReporter(resource.attributes, attributes);
  const address = addresses.find(agent, reporter, id(attributes[ATTR_ISSUE_ID]), identifying);
  const at = effectiveTime({ time: carrier.time, observedTime: carrier.observedTime, arrival }, windowNanos);
  const said = cut(summary, SUMMARY_CHARACTERS_MAX);
  if (kind !== 'report') {
    const event = { kind, uid, effectiveTime: at, takenAt: arrival, summary: said, span };
    return { identity: address.identity, reporter: address.reporter, names: address.names, event };
  }
  const words = same(address.words, {
    summary: said,
    severityAsSaid: word(attributes[ATTR_ISSUE_SEVERITY]),
    category: word(attributes[ATTR_ISSUE_CATEGORY]),
  });
  address.words = words;
  return {
    identity: address.identity,
    reporter: address.reporter,
    names: address.names,
    event: {
      kind,
      uid,
      effectiveTime: at,
      takenAt: arrival,
      summary: words.summary,
      span,
      severity: severityOf(words.severityAsSaid),
      severityAsSaid: words.severityAsSaid,
      category: words.category,
      occurrenceCount: countOf(attributes[ATTR_ISSUE_OCCURRENCE_COUNT]),
    },
  };
}

const addresses = new AddressBook();

/** The words that are kept already, where they are the same: an issue's events then share them. */
function same(known: Words, words: Words): Words {
  const isSame =
    known.summary === words.summary &&
    known.severityAsSaid === words.severityAsSaid &&
    known.category === words.category;
  return isSame ? known : words;
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

function severityOf(said: string): Severity {
  const lower = said.toLowerCase();
  return SEVERITIES.find((severity) => severity === lower) ?? 'medium';
}

function countOf(value: AnyValue | undefined): number {
  const count = Number(value ?? 0);
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

function id(value: AnyValue | undefined): string {
  return boundedId(text(value));
}

function word(value: AnyValue | undefined): string {
  return cut(text(value), WORD_CHARACTERS_MAX);
}

/** A copy where something is cut off: a slice would keep all of a long string in memory for as long as the issue lives. */
function cut(long: string, charactersMax: number): string {
  return long.length <= charactersMax ? long : Buffer.from(long.slice(0, charactersMax)).toString();
}

/**
 * A copy where something is trimmed, for the same reason; a copy of two bytes a character, so that no character changes.
 * A text longer than any that is kept is kept by nobody, and not copied.
 */
function trimmed(padded: string): string {
  const text = padded.trim();
  const isKept = text.length < padded.length && text.length <= SUMMARY_CHARACTERS_MAX;
  return isKept ? Buffer.from(text, 'utf16le').toString('utf16le') : text;
}

/** The value for people: a string trimmed, any other scalar as JavaScript prints it, anything deeper as JSON. */
function text(value: AnyValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return trimmed(value);
  if (typeof value === 'object')
    return JSON.stringify(value, (_, nested: unknown) => (typeof nested === 'bigint' ? String(nested) : nested));
  return String(value);
}
