import { expect, it } from 'vitest';
import type { AgentSign } from '../../src/lifecycle/silence.ts';
import { AgentWatch } from '../../src/translator/agent-watch.ts';
import { openMemoryStore } from '../../src/translator/store/memory.ts';
import type { Store } from '../../src/translator/store/store.ts';
import { SECOND, START } from './issue-batches.ts';

const AGENTS = 10_000;

function beat(agent: number, seconds: number): AgentSign {
  const identity = { environment: '', namespace: '', agentId: `agent-${String(agent)}` };
  return { kind: 'beat', agent: identity, at: START + BigInt(seconds) * SECOND, thresholdSeconds: 300 };
}

function take(watch: AgentWatch, signs: readonly AgentSign[]): void {
  watch.take(signs, [], START);
}

async function savedIn(store: Store): Promise<readonly string[]> {
  return (await store.agentBeats()).map(({ agent }) => agent.agentId);
}

function beats(from: number, to: number): readonly AgentSign[] {
  return Array.from({ length: to - from }, (_, at) => beat(from + at, from + at));
}

it('beyond 10 000 agents the one that was not heard of for the longest is forgotten, in the store too', async () => {
  const store = openMemoryStore(START);
  const watch = new AgentWatch([], START);
  take(watch, beats(0, AGENTS));
  await watch.save((change) => store.saveAgentBeats(change));
  take(watch, [beat(0, AGENTS), beat(AGENTS, AGENTS)]);
  await watch.save((change) => store.saveAgentBeats(change));
  const saved = new Set(await savedIn(store));
  expect([saved.size, saved.has('agent-0'), saved.has('agent-1')]).toEqual([AGENTS, true, false]);
});

it('an agent that is forgotten while it is being saved does not stay in the store', async () => {
  const store = openMemoryStore(START);
  const watch = new AgentWatch([], START);
  take(watch, beats(0, AGENTS));
  const saving = watch.save((change) => store.saveAgentBeats(change));
  take(watch, beats(AGENTS, AGENTS + 1));
  await saving;
  await watch.save((change) => store.saveAgentBeats(change));
  const saved = new Set(await savedIn(store));
  expect([saved.size, saved.has('agent-0')]).toEqual([AGENTS, false]);
});

it('what a store that is away does not take stays bounded, and is saved once it is back', async () => {
  const store = openMemoryStore(START);
  const watch = new AgentWatch([], START);
  for (let from = 0; from < 5 * AGENTS; from += AGENTS) {
    take(watch, beats(from, from + AGENTS));
    await expect(watch.save(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  }
  let written = 0;
  await watch.save((change) => {
    written = change.known.length + change.forgotten.length;
    return store.saveAgentBeats(change);
  });
  expect([written, (await savedIn(store)).length]).toEqual([AGENTS, AGENTS]);
});
