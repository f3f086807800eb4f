import { ATTR_AGENT_STUCK_THRESHOLD, EVENT_AGENT_HEARTBEAT, EVENT_AGENT_STOPPED } from '../../src/semconv.ts';
import type { Attributes, LogRecord } from '../../src/translator/otlp/model.ts';
import { issueLog } from './issue-batches.ts';

/** A heartbeat of the agent of {@link issueLog}, some seconds after the start; it counts as stuck after 100 s. */
export function heartbeat(seconds: number, attributes: Attributes = {}): LogRecord {
  const said = { [ATTR_AGENT_STUCK_THRESHOLD]: 100, ...attributes };
  return { ...issueLog('report', seconds, said), eventName: EVENT_AGENT_HEARTBEAT, body: 'Alive, 0 running' };
}

export function stopped(seconds: number): LogRecord {
  return { ...issueLog('report', seconds), eventName: EVENT_AGENT_STOPPED, body: 'Stopped' };
}
