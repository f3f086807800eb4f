import { describe, expect, it } from 'vitest';
import type { AgentBeats } from '../../../src/lifecycle/silence.ts';
import { checkStore } from '../../../src/translator/store/check-store.ts';
import { openMemoryStore } from '../../../src/translator/store/memory.ts';
import type { Store } from '../../../src/translator/store/store.ts';
import { NOW, openAt, pathOf } from './store-files.ts';

function beatsOf(agentId: string, newestBeatAt: bigint): AgentBeats {
  const agent = { environment: 'production', namespace: '', agentId };
  return { agent, newestBeatAt, thresholdSeconds: 0.5, newestStopAt: 0n };
}

async function savedIn(store: Store): Promise<readonly AgentBeats[]> {
  return [...(await store.agentBeats())].sort((a, b) => (a.agent.agentId < b.agent.agentId ? -1 : 1));
}

const [a, b, c] = [beatsOf('a', NOW), beatsOf('b', NOW + 1n), beatsOf('c', NOW + 2n)];

describe.each([
  ['memory', () => openMemoryStore(NOW)],
  ['SQLite', () => openAt()],
])('in %s', (_, open) => {
  it('heartbeats are kept to the nanosecond, the newest in place of what was known, until forgotten', async () => {
    const store = open();
    expect(await store.agentBeats()).toEqual([]);
    await store.saveAgentBeats({ known: [a, b], forgotten: [] });
    const newer = { ...a, newestBeatAt: NOW + 9n, newestStopAt: NOW + 10n, thresholdSeconds: 300 };
    await store.saveAgentBeats({ known: [newer, c], forgotten: [b.agent] });
    expect(await savedIn(store)).toEqual([newer, c]);
  });
});

it('heartbeats are there after a restart, and a check finds nothing wrong with them', async () => {
  const store = openAt();
  await store.saveAgentBeats({ known: [a, b], forgotten: [] });
  await store.close();
  expect(await savedIn(openAt())).toEqual([a, b]);
  expect((await checkStore(pathOf())).problems).toEqual([]);
});
