import { expect, it } from 'vitest';
import { groupBy } from './support/group-by.ts';
import { anyLife, anySet, type Step } from './support/histories.ts';
import { labelOf, report, resolve, SECOND, START } from './support/message.ts';
import { byOrder, walk } from './support/walk.ts';
import { modelStates, play, statesOf } from './support/play.ts';
import { forAll } from './support/replay.ts';

const HISTORIES = 2000;
const HOURS = 3600;
/** However far the clock jumps back, no event is ahead of it: so its time is what it says, and the set alone decides. */
const AFTER_ALL_SECONDS = 40 * HOURS;

/** Events over five hours, in any order, while the clock goes on for days and back by an hour: many have left the tail before others come. */
const longLife = anyLife({
  spreadSeconds: 5 * HOURS,
  agents: 1,
  maxSteps: 30,
  aheadSeconds: 2 * HOURS,
  backSeconds: HOURS,
});

/** Open or not, by issue, as all events together say it, stragglers among them. */
function openBySet(steps: readonly Step[]): ReadonlyMap<string, boolean> {
  const byUid = new Map(
    steps
      .flatMap((step) => (step.kind === 'request' ? step.messages : []))
      .toReversed()
      .map((message) => [message.uid, message] as const),
  );
  const byLabel = groupBy(byUid.values(), ({ agent, issueId, problem }) => labelOf(agent, issueId, problem));
  return new Map(
    [...byLabel].map(([label, messages]) => {
      const events = messages.map((message) => ({ message, at: message.time, takenAt: 0n })).sort(byOrder);
      return [label, walk(events).status === 'open'];
    }),
  );
}

it('law 1, confluence: outside the window, open or closed is still what all events together say', async () => {
  await forAll(longLife, HISTORIES, async (steps) => {
    const { issues } = await play(steps, { clockSeconds: AFTER_ALL_SECONDS });
    const expected = openBySet(steps);
    for (const { agentId, issueId, summary, state } of issues) {
      expect(state === 'open').toBe(expected.get(labelOf(agentId, issueId, summary)));
    }
  });
}, 120_000);

it('law 1, confluence: outside the window, the rest of the state is that of the events that were not stragglers', async () => {
  await forAll(longLife, HISTORIES, async (steps) => {
    const { issues, model } = await play(steps, { clockSeconds: AFTER_ALL_SECONDS });
    expect(statesOf(issues)).toEqual(modelStates(model));
    const totals = new Map(
      issues.map((issue) => [labelOf(issue.agentId, issue.issueId, issue.summary), issue.totalOccurrences]),
    );
    for (const [label, total] of totals) expect(total).toBe(model.issues.get(label)?.totalOccurrences);
  });
}, 120_000);

it('law 1, confluence: a backlog of a night that drains in seconds folds as if it had come in time', async () => {
  const night = anySet({ spreadSeconds: 9 * HOURS, agents: 1 }, 40);
  await forAll(night, 500, async (set) => {
    const shuffled = set.map((message): Step => ({ kind: 'request', messages: [message] }));
    const { issues, counters, model } = await play(shuffled, { clockSeconds: 10 * HOURS });
    expect(statesOf(issues)).toEqual(modelStates(model));
    expect(counters).toMatchObject({ applied: set.length, straggler: 0 });
  });
}, 60_000);

it('law 1, confluence: more than 1 024 events within the window leave the tail early, which is counted, and open or closed is right', async () => {
  const messages = Array.from({ length: 1500 }, (_, index) =>
    index % 3 === 2
      ? resolve(0, { uid: `c${String(index)}`, time: START + BigInt(index) * (SECOND / 4n) })
      : report(0, { uid: `r${String(index)}`, time: START + BigInt(index) * (SECOND / 4n) }),
  );
  const late = report(0, { uid: 'late', time: START + SECOND });
  const steps: Step[] = [
    { kind: 'request', messages },
    { kind: 'request', messages: [late] },
  ];
  const { issues, counters, model } = await play(steps);
  expect(statesOf(issues)).toEqual(modelStates(model));
  expect(counters).toMatchObject({ applied: 1500, straggler: 1, windowShortened: 1500 - 1024 });
  expect(issues).toMatchObject([{ state: 'resolved' }]);
}, 30_000);
