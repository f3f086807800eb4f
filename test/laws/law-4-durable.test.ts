import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { checkStore } from '../../src/translator/store/check-store.ts';
import { CrashingStore } from './support/crashing-store.ts';
import { anyMessage, type MessageOptions } from './support/histories.ts';
import { type Message, report, resolve, SECOND, START } from './support/message.ts';
import { Model } from './support/model.ts';
import { modelStates, statesOf } from './support/play.ts';
import { forAll } from './support/replay.ts';
import { type Sending, SENDINGS, sentRequest } from './support/sent.ts';
import { expectedByIssue, expectedUnmatched, heardByIssue, heardUnmatched } from './support/told.ts';
import { bySignal } from './support/wire.ts';

const HISTORIES = 100;
const BURSTS = 3;
const HOUR = 3600;
const MILLISECOND = SECOND / 1000n;
const folder = mkdtempSync(join(tmpdir(), 'hiveloop-law-4-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Request {
  readonly messages: readonly Message[];
  readonly sending: Sending;
}

type Step =
  /** Requests of one turn of the event loop. */
  | { readonly kind: 'turn'; readonly requests: readonly Request[]; readonly trouble: 'none' | 'bug' | 'full' }
  | { readonly kind: 'clock'; readonly seconds: number }
  | { readonly kind: 'restart' | 'crash' };

function anySteps(options: MessageOptions, aheadSeconds: number, length = 4): fc.Arbitrary<readonly Step[]> {
  const request = fc.record({
    messages: fc.array(anyMessage(options), { minLength: 1, maxLength: length }),
    sending: fc.constantFrom(...SENDINGS),
  });
  const turn = fc.record({
    kind: fc.constant('turn' as const),
    requests: fc.array(request, { minLength: 1, maxLength: 3 }),
    trouble: fc.constantFrom('none' as const, 'none' as const, 'none' as const, 'bug' as const, 'full' as const),
  });
  return fc.array(
    fc.oneof(
      { arbitrary: turn, weight: 6 },
      {
        arbitrary: fc.integer({ min: -60, max: aheadSeconds }).map((seconds): Step => ({ kind: 'clock', seconds })),
        weight: 2,
      },
      { arbitrary: fc.constantFrom<Step>({ kind: 'restart' }, { kind: 'crash' }, { kind: 'crash' }), weight: 3 },
    ),
    { minLength: 1, maxLength: 16 },
  );
}

/** Bursts of one issue until its tail is full and longer; in some of them a little is late, by up to the window. */
function anyBursts(): fc.Arbitrary<readonly Step[]> {
  const offsets = fc.array(fc.tuple(fc.nat(19), fc.nat(900), fc.nat(7)), { minLength: 60, maxLength: 160 });
  const burst = fc.tuple(
    offsets,
    fc.constantFrom(...SENDINGS),
    fc.constantFrom('none' as const, 'full' as const),
    fc.nat(5),
  );
  const after = fc.constantFrom<Step>({ kind: 'crash' }, { kind: 'restart' }, { kind: 'clock', seconds: 300 });
  return fc.array(fc.tuple(burst, after), { minLength: 18, maxLength: 18 }).map((bursts) => {
    let second = 1000;
    return bursts.flatMap(([[places, sending, trouble, lateness], next], which): readonly Step[] => {
      const messages = places.map(([isLate, late, isClosing], index) => {
        second += index % 4 === 0 ? 1 : 0;
        const said = { uid: `${String(which)}-${String(index)}` };
        const at = isLate === 0 && lateness === 0 ? second - late : second;
        return isClosing === 0 ? resolve(at, said) : report(at, said);
      });
      const turn: Step = { kind: 'turn', requests: [{ messages, sending }], trouble };
      return [turn, { kind: 'clock', seconds: 20 }, next];
    });
  });
}

/**
 * Bursts of two issues that mostly only recur, some of them often enough to fill the tail within the window; now and then
 * one is late, at the same instant as another, of another severity or category, claims more, or closes.
 */
function anyRecurring(): fc.Arbitrary<readonly Step[]> {
  const kind = fc.oneof(
    { arbitrary: fc.constant('recurs' as const), weight: 60 },
    { arbitrary: fc.constant('overtaken' as const), weight: 12 },
    {
      arbitrary: fc.constantFrom('late', 'tie', 'severity', 'category', 'uncategorised', 'claims', 'closes'),
      weight: 2,
    },
  );
  const places = fc.array(fc.tuple(kind, fc.integer({ min: 1, max: 700 }), fc.nat(9)), {
    minLength: 90,
    maxLength: 220,
  });
  const trouble = fc.constantFrom('none' as const, 'none' as const, 'bug' as const, 'full' as const);
  const after = fc.constantFrom<Step>({ kind: 'crash' }, { kind: 'restart' }, { kind: 'clock', seconds: 90 });
  const burst = fc.tuple(places, fc.constantFrom(...SENDINGS), trouble, after, fc.nat(90));
  return fc.array(burst, { minLength: 14, maxLength: 14 }).map((bursts) => {
    let clock = 1000n * SECOND;
    return bursts.flatMap(([messages, sending, what, next, split], which): readonly Step[] => {
      const said = messages.map(([does, stepMillis, issue], index): Message => {
        if (does !== 'tie') clock += BigInt(stepMillis) * MILLISECOND;
        const late = BigInt(stepMillis) * (does === 'overtaken' ? 2n * MILLISECOND : SECOND);
        const at = does === 'late' || does === 'overtaken' ? clock - late : clock;
        const common = {
          uid: `${String(which)}-${String(index)}`,
          time: START + at,
          issueId: issue === 0 ? 'mail' : 'crm',
        };
        if (does === 'closes') return resolve(0, common);
        return report(0, {
          ...common,
          severity: does === 'severity' ? 'low' : 'high',
          category: does === 'category' ? 'other' : does === 'uncategorised' ? '' : 'permissions',
          occurrenceCount: does === 'claims' ? index * 3 : 0,
        });
      });
      const requests = [said.slice(0, split), said.slice(split)].map((some) => ({ messages: some, sending }));
      return [{ kind: 'turn', requests, trouble: what }, { kind: 'clock', seconds: 20 }, next];
    });
  });
}

let runs = 0;

async function live(steps: readonly Step[], checkpointEvents: number, spreadSeconds: number): Promise<void> {
  const store = new CrashingStore(join(folder, String(++runs)), checkpointEvents);
  const model = new Model();
  let clock = START + BigInt(spreadSeconds) * SECOND;
  const taken: Request[] = [];
  for (const step of steps) {
    switch (step.kind) {
      case 'turn': {
        const requests = step.requests.flatMap(({ messages, sending }) =>
          bySignal(messages).map((some) => ({ messages: some, sending })),
        );
        const sent = requests.map(({ messages, sending }) => sentRequest(messages, sending, clock));
        if (step.trouble === 'full') {
          store.break();
          const outcomes = await store.commit(sent, clock);
          expect(outcomes.map(({ status }) => status)).toEqual(sent.map(() => 'rejected'));
          store.mend();
        }
        const [first] = sent;
        const bug = step.trouble === 'bug' && first !== undefined ? store.commitFaulty(first, clock) : undefined;
        const outcomes = await store.commit(sent, clock);
        await bug;
        expect(outcomes.map(({ status }) => status)).toEqual(sent.map(() => 'fulfilled'));
        for (const request of requests) {
          taken.push(request);
          model.take(request.messages, clock);
        }
        break;
      }
      case 'clock':
        clock += BigInt(step.seconds) * SECOND;
        model.passTime(clock);
        await store.passTime(clock);
        break;
      case 'restart':
        await store.restart();
        break;
      case 'crash':
        await store.crash();
    }
  }
  const states = statesOf(await store.issues());
  expect(states).toEqual(modelStates(model));
  const issues = [...model.issues.values()];
  const windowShortened = sumOf(issues, ({ shortened }) => shortened);
  expect(await store.accounting()).toMatchObject({ ...model.accounting, windowShortened });
  const heard = await store.heard();
  expect(heardByIssue(heard)).toEqual(expectedByIssue(model));
  expect(heardUnmatched(heard)).toEqual(expectedUnmatched(model));
  const occurrences = sumOf(issues, ({ totalOccurrences, stragglerReports }) => totalOccurrences - stragglerReports);
  expect(await store.occurrences()).toBe(occurrences);

  await store.crash();
  for (const { messages, sending } of taken) {
    await store.commit([sentRequest(messages, sending, clock)], clock);
    model.take(messages, clock);
  }
  expect(await store.accounting()).toMatchObject(model.accounting);
  expect(statesOf(await store.issues())).toEqual(states);
  await store.close();
  expect((await checkStore(store.path)).problems).toEqual([]);
}

function sumOf<T>(items: readonly T[], number: (item: T) => number): number {
  return items.reduce((sum, item) => sum + number(item), 0);
}

const LIVES = [
  {
    span: 'within the window',
    options: { spreadSeconds: 40, uids: 60, mayLackTime: true, mayBeFlawed: true },
    ahead: 400,
  },
  { span: 'over hours', options: { spreadSeconds: 5 * HOUR, agents: 1, mayLackTime: true }, ahead: 2 * HOUR },
];

it.each(LIVES)(
  'law 4, durable: crashes, restarts, checkpoints, bugs and a full disk at any moment change nothing of what is known and told, $span',
  async ({ options, ahead }) => {
    const arbitrary = fc.tuple(anySteps(options, ahead), fc.constantFrom(1, 3, 8, 1000));
    await forAll(arbitrary, HISTORIES, ([steps, checkpointEvents]) =>
      live(steps, checkpointEvents, options.spreadSeconds),
    );
  },
  120_000,
);

it('law 4, durable: a full tail, with late events deep in it, is the same after crashes and checkpoints', async () => {
  const arbitrary = fc.tuple(anyBursts(), fc.constantFrom(50, 200, 700));
  await forAll(arbitrary, BURSTS, ([steps, checkpointEvents]) => live(steps, checkpointEvents, 1000));
}, 120_000);

it('law 4, durable: issues of which nearly all reports only recur are the same after crashes, bugs and checkpoints', async () => {
  const arbitrary = fc.tuple(anyRecurring(), fc.constantFrom(50, 200, 700, 100_000));
  await forAll(arbitrary, BURSTS, ([steps, checkpointEvents]) => live(steps, checkpointEvents, 3000));
}, 120_000);
