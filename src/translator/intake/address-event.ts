import { effectiveTime, type IssueEvent, type SpanReference } from '../../lifecycle/issue-event.ts';
import type { AddressedEvent } from '../../lifecycle/issue.ts';
import type { Address, Words } from './address-book.ts';
import { severityOf, shortSummary } from './said-text.ts';

/** What the carrier of an issue event says of it, however it was read: texts trimmed, words bounded, empty for none. */
export interface SaidEvent {
  readonly kind: IssueEvent['kind'];
  readonly uid: string;
  readonly summary: string;
  /** This, and the next two, are asked for of a report only. */
  readonly severity: string;
  readonly category: string;
  /** 0 when it does not say. */
  readonly occurrenceCount: number;
  readonly time: bigint;
  readonly observedTime: bigint;
  readonly span: SpanReference;
}

/** When the request came in, unix ns, and how far ahead of that an event may be. */
export interface Arrival {
  readonly arrival: bigint;
  readonly windowNanos: bigint;
}

/** The event of the issue at this address. */
export function addressEvent(address: Address, said: SaidEvent, { arrival, windowNanos }: Arrival): AddressedEvent {
  const { identity, reporter, names } = address;
  const { kind, uid, time, observedTime, span, occurrenceCount } = said;
  const at = effectiveTime({ time, observedTime, arrival }, windowNanos);
  const summary = shortSummary(said.summary);
  if (kind !== 'report') {
    return { identity, reporter, names, event: { kind, uid, effectiveTime: at, takenAt: arrival, summary, span } };
  }
  const words = keptWords(address, summary, said);
  return {
    identity,
    reporter,
    names,
    event: {
      kind,
      uid,
      effectiveTime: at,
      takenAt: arrival,
      summary: words.summary,
      span,
      severity: words.severity,
      severityAsSaid: words.severityAsSaid,
      category: words.category,
      occurrenceCount,
    },
  };
}

/** The words that are kept already, where they are the same: an issue's events then share them. */
export function keptWords(
  address: Address,
  summary: string,
  { severity, category }: Pick<SaidEvent, 'severity' | 'category'>,
): Words {
  const kept = address.words;
  if (kept.summary === summary && kept.severityAsSaid === severity && kept.category === category) return kept;
  const words = { summary, severity: severityOf(severity), severityAsSaid: severity, category };
  address.words = words;
  return words;
}
