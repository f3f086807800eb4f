import { effectiveTime, type EventTimes, type IssueEvent } from '../../lifecycle/issue-event.ts';
import { type Address, addresses } from './address-book.ts';
import { addressEvent, type Arrival, keptWords, type SaidEvent } from './address-event.ts';
import type { EncodedEvents } from './encoded-events.ts';
import { boundedId } from './event-uid.ts';
import { NO_AGENT_ID, NO_SUMMARY } from './issue-carrier.ts';
import { type IssueLogFields, TEXT } from './issue-log-fields.ts';
import { SaidAddressCache } from './said-address-cache.ts';
import type { SaidSender } from './said-sender.ts';
import { id, shortSummary, text, word } from './said-text.ts';

const cache = new SaidAddressCache();

/** Adds the event that a log record with these fields is: what `readCarrier` makes of it. Else why it can never be taken. */
export function readIssueLog(
  kind: IssueEvent['kind'],
  fields: IssueLogFields,
  sender: SaidSender,
  arrival: Arrival,
  events: EncodedEvents,
): string | undefined {
  const summary = text(fields.repeatedText(fields.has(TEXT.body) ? TEXT.body : TEXT.summary));
  fields.addAddressTo(cache);
  const known = summary === '' ? undefined : cache.find(sender);
  if (known === undefined) return readUnknown(kind, fields, sender, arrival, events, summary);
  if (kind === 'report' && fields.isPlain()) {
    const words = keptWords(known, shortSummary(summary), known);
    events.pushReport(
      known,
      words,
      effectiveTime({ ...timesOf(fields), arrival: arrival.arrival }, arrival.windowNanos),
      fields.occurrenceCount,
      fields,
    );
  } else events.push(addressEvent(known, eventOf(kind, fields, summary, known), arrival));
  return undefined;
}

function readUnknown(
  kind: IssueEvent['kind'],
  fields: IssueLogFields,
  sender: SaidSender,
  arrival: Arrival,
  events: EncodedEvents,
  summary: string,
): string | undefined {
  const address = readAddress(kind, fields, sender, summary);
  if (typeof address === 'string') return address;
  const severity = word(fields.repeatedText(TEXT.severity));
  const category = word(fields.repeatedText(TEXT.category));
  events.push(addressEvent(address, eventOf(kind, fields, summary, { severity, category }), arrival));
  // Without an id the summary says which issue it is, and of that the cache knows nothing.
  if (address.identity.issueId !== '') cache.keep({ ...address, sender, severity, category });
  return undefined;
}

function eventOf(
  kind: IssueEvent['kind'],
  fields: IssueLogFields,
  summary: string,
  { severity, category }: Pick<SaidEvent, 'severity' | 'category'>,
): SaidEvent {
  const { time, observedTime } = timesOf(fields);
  return {
    kind,
    uid: boundedId(fields.text(TEXT.uid)),
    summary,
    severity,
    category,
    occurrenceCount: fields.occurrenceCount,
    time,
    observedTime,
    span: fields.span(),
  };
}

function timesOf(fields: IssueLogFields): Pick<EventTimes, 'time' | 'observedTime'> {
  const time = fields.time();
  // Nobody asks for the second beside the first.
  return { time, observedTime: time === 0n ? fields.observedTime() : 0n };
}

function readAddress(
  kind: IssueEvent['kind'],
  fields: IssueLogFields,
  sender: SaidSender,
  summary: string,
): Address | string {
  const agentId = id(fields.repeatedText(TEXT.agentId)) || sender.agentId;
  if (agentId === '') return NO_AGENT_ID;
  if (summary === '') return NO_SUMMARY;
  const { namespace, serviceName } = sender;
  const environment = sender.deployment || id(fields.repeatedText(TEXT.environment)) || sender.environment;
  const agentType = word(fields.repeatedText(TEXT.agentType)) || sender.agentType;
  const issueId = id(fields.text(TEXT.issueId));
  const reportSummary = kind === 'report' ? summary : text(fields.text(TEXT.issueSummary)) || summary;
  return addresses.find({ environment, namespace, agentId, serviceName, agentType }, issueId, reportSummary);
}
