import { expect, it } from 'vitest';
import { ATTR_ISSUE_CATEGORY, LABEL_OVERFLOW } from '../../../src/semconv.ts';
import { Admission } from '../../../src/translator/emit/admission.ts';
import type { Series } from '../../../src/translator/emit/series.ts';

function series(agentId: string, category = ''): Series {
  const agent = { environment: 'test', namespace: '', serviceName: 'sales', agentId };
  return { metric: 'm', agent, labels: { [ATTR_ISSUE_CATEGORY]: category } };
}

const agentIds = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, index) => `agent-${String(from + index)}`);

it('the first 1 000 agents have series of their own, later ones share one', () => {
  const admission = new Admission([]);
  const admitted = agentIds(0, 1003).map((id) => admission.agent(series(id).agent));
  expect(admitted.filter(({ agentId }) => agentId !== LABEL_OVERFLOW)).toHaveLength(1000);
  expect(new Set(admitted.slice(1000))).toHaveLength(1);
  expect(admission.agent(series('agent-999').agent).agentId).toBe('agent-999');
});

it('the first 100 categories stand for themselves, and no category is none of them', () => {
  const admission = new Admission([]);
  const categories = Array.from({ length: 101 }, (_, index) => admission.category(`free text ${String(index)}`));
  expect(categories.filter((category) => category === LABEL_OVERFLOW)).toHaveLength(1);
  expect(admission.category('')).toBe('');
});

it('who has come in stays in over a restart, and nobody else takes the place', () => {
  const alive = agentIds(0, 1000).map((id) => series(id));
  const admission = new Admission(alive);
  expect(admission.agent(series('new').agent).agentId).toBe(LABEL_OVERFLOW);
  expect(admission.agent(series('agent-7').agent).agentId).toBe('agent-7');
});

it('a place is free once its series have ended, but not while anybody shares the common one', () => {
  const admission = new Admission(agentIds(0, 1000).map((id) => series(id)));
  expect(admission.agent(series('shared').agent).agentId).toBe(LABEL_OVERFLOW);
  admission.keepOnly([...agentIds(0, 900).map((id) => series(id)), series(LABEL_OVERFLOW)]);
  expect(admission.agent(series('shared').agent).agentId).toBe(LABEL_OVERFLOW);
  admission.keepOnly(agentIds(0, 900).map((id) => series(id)));
  expect(admission.agent(series('fresh').agent).agentId).toBe('fresh');
});
