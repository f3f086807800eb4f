import { describe, expect, it } from 'vitest';
import { ATTR_AGENT_STUCK_THRESHOLD, SCOPE_TRANSLATOR } from '../../../src/semconv.ts';
import { isReadEventName } from '../../../src/translator/intake/agent-sign.ts';
import { takeLogs } from '../../../src/translator/intake/intake.ts';
import { heartbeat, stopped } from '../agent-logs.ts';
import { logBatch, RESOURCE, SECOND, START } from '../issue-batches.ts';

const ARRIVAL = { arrival: START + 100n * SECOND, windowNanos: 900n * SECOND };
const AGENT = { environment: 'production', namespace: '', agentId: 'lead-qualifier' };

describe('a heartbeat', () => {
  it('is a sign of the same agent as its issues, and counts as other', () => {
    expect(takeLogs(logBatch(heartbeat(5), stopped(9)), ARRIVAL)).toMatchObject({
      signs: [
        { kind: 'beat', agent: AGENT, at: START + 5n * SECOND, thresholdSeconds: 100 },
        { kind: 'stop', agent: AGENT, at: START + 9n * SECOND },
      ],
      events: [],
      rejections: [],
      other: 2,
    });
  });

  it.each([
    [undefined, 300],
    [0, 300],
    [-5, 300],
    [Infinity, 300],
    ['60', 300],
    [0.5, 0.5],
    [90n, 90],
  ])('with the stuck threshold %s has one of %d s', (said, thresholdSeconds) => {
    const record = heartbeat(5, { [ATTR_AGENT_STUCK_THRESHOLD]: said ?? null });
    expect(takeLogs(logBatch(record), ARRIVAL).signs).toMatchObject([{ thresholdSeconds }]);
  });

  it('without an agent id, or written by a translator, is no sign', () => {
    const own = { resource: RESOURCE, scope: { name: SCOPE_TRANSLATOR, version: '' }, logRecords: [heartbeat(5)] };
    const nameless = logBatch({ ...heartbeat(5), attributes: {} });
    expect(takeLogs([own, ...nameless], ARRIVAL)).toMatchObject({ signs: [], rejections: [], other: 1, ownInput: 1 });
  });

  it('is built by a server’s decoder', () => {
    expect([heartbeat(1), stopped(1)].map(({ eventName }) => isReadEventName(eventName))).toEqual([true, true]);
  });
});
