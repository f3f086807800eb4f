import { effectiveTime } from '../../lifecycle/issue-event.ts';
import { type AgentSign, STUCK_THRESHOLD_SECONDS } from '../../lifecycle/silence.ts';
import { ATTR_AGENT_STUCK_THRESHOLD, EVENT_AGENT_HEARTBEAT, EVENT_AGENT_STOPPED } from '../../semconv.ts';
import type { AnyValue, LogRecord, Resource } from '../otlp/model.ts';
import type { Arrival } from './address-event.ts';
import { isIssueEventName, readAgent } from './issue-carrier.ts';

const KIND_BY_EVENT: ReadonlyMap<string, AgentSign['kind']> = new Map([
  [EVENT_AGENT_HEARTBEAT, 'beat'],
  [EVENT_AGENT_STOPPED, 'stop'],
]);

/** What a server hands to its decoders: of all that comes, only this is worth building for the translator. */
export function isReadEventName(name: string): boolean {
  return isIssueEventName(name) || KIND_BY_EVENT.has(name);
}

/** The sign of life, or of a stop, that a log record is; undefined when it is none, or does not say of which agent. */
export function readAgentSign(
  resource: Resource,
  record: LogRecord,
  { arrival, windowNanos }: Arrival,
): AgentSign | undefined {
  const kind = KIND_BY_EVENT.get(record.eventName);
  if (kind === undefined) return undefined;
  const { timeUnixNano: time, observedTimeUnixNano: observedTime, attributes } = record;
  const agent = readAgent(resource.attributes, attributes);
  if (agent.agentId === '') return undefined;
  const at = effectiveTime({ time, observedTime, arrival }, windowNanos);
  if (kind === 'stop') return { kind, agent, at };
  return { kind, agent, at, thresholdSeconds: readThreshold(attributes[ATTR_AGENT_STUCK_THRESHOLD]) };
}

/** Seconds; what is no duration counts as the default. */
function readThreshold(value: AnyValue | undefined): number {
  const seconds = typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0;
  return seconds > 0 && Number.isFinite(seconds) ? seconds : STUCK_THRESHOLD_SECONDS;
}
