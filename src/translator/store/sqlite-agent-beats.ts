import type { AgentBeats } from '../../lifecycle/silence.ts';
import { integer, number, type Row, text } from './row.ts';
import type { Statements } from './sqlite-statements.ts';
import type { Store } from './store.ts';

type AgentBeatsMethods = Pick<Store, 'agentBeats' | 'saveAgentBeats'>;

/** What is known of agents' heartbeats: a row an agent. */
export function agentBeatsOn(
  statements: Statements,
  transaction: (act: () => void) => Promise<void>,
): AgentBeatsMethods {
  return {
    agentBeats: () =>
      new Promise((resolve) => {
        resolve(statements.agentBeats.all().map(readBeats));
      }),
    saveAgentBeats: ({ known, forgotten }) =>
      transaction(() => {
        for (const { environment, namespace, agentId } of forgotten) {
          statements.forgetAgentBeats.run(environment, namespace, agentId);
        }
        for (const { agent, newestBeatAt, thresholdSeconds, newestStopAt } of known) {
          const { environment, namespace, agentId } = agent;
          statements.saveAgentBeats.run(environment, namespace, agentId, newestBeatAt, thresholdSeconds, newestStopAt);
        }
      }),
  };
}

function readBeats(row: Row): AgentBeats {
  return {
    agent: {
      environment: text(row, 'environment'),
      namespace: text(row, 'namespace'),
      agentId: text(row, 'agent_id'),
    },
    newestBeatAt: integer(row, 'newest_beat_at'),
    thresholdSeconds: number(row, 'threshold_seconds'),
    newestStopAt: integer(row, 'newest_stop_at'),
  };
}
