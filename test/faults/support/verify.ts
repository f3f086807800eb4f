import type { IssueView } from '../../../src/translator/issue-view.ts';
import { createTranslator } from '../../../src/translator/translator.ts';
import { groupBy } from '../../laws/support/group-by.ts';
import { labelOf, type Message } from '../../laws/support/message.ts';
import { Model, ModelIssue } from '../../laws/support/model.ts';
import { byOrder, turnsOf } from '../../laws/support/walk.ts';
import { modelStates, statesOf } from '../../laws/support/play.ts';
import { areInTurn, turnsHeard } from '../../laws/support/told.ts';
import type { Sent } from './client.ts';
import type { RecordingBackend } from './recording-backend.ts';

export interface Evidence {
  readonly storePath: string;
  readonly sent: readonly Sent[];
  readonly backend: RecordingBackend;
  /** False when a wrong clock gave events times of its own: then what was told must agree with the state as it is. Default: true. */
  readonly timesAreAsSaid?: boolean;
}

/** What is wrong after all that happened, in words; empty when the laws hold. */
export async function verify({
  storePath,
  sent,
  backend,
  timesAreAsSaid = true,
}: Evidence): Promise<readonly string[]> {
  const translator = await createTranslator({ store: `sqlite:${storePath}` });
  try {
    const model = modelOf(sent.flatMap(({ messages }) => messages));
    const issues = await translator.issues();
    const turns = timesAreAsSaid ? modelTurns(model) : ownTurns(issues);
    return [
      ...(timesAreAsSaid ? differences(statesOf(issues), modelStates(model)) : []),
      ...accounts(await translator.counters(), sent),
      ...stories(backend, turns),
    ];
  } finally {
    await translator.close();
  }
}

/** Openings and closings of each issue, together. */
type Turns = ReadonlyMap<string, number>;

function modelTurns({ issues }: Model): Turns {
  return new Map([...issues.values()].map(({ label, state }) => [label, turnsOf(state).length]));
}

function ownTurns(issues: readonly IssueView[]): Turns {
  return new Map(
    issues.map(({ agentId, issueId, summary, episode, state }) => [
      labelOf(agentId, issueId, summary),
      2 * episode - (state === 'open' ? 1 : 0),
    ]),
  );
}

/** The set of what was sent, walked: all of it lies within the window, so no order of arrival matters. */
export function modelOf(messages: readonly Message[]): Model {
  const model = new Model();
  const sound = new Map(
    messages.filter(({ flaw }) => flaw === 'none').map((message) => [`${message.agent} ${message.uid}`, message]),
  );
  const byLabel = groupBy(sound.values(), ({ agent, issueId, problem }) => labelOf(agent, issueId, problem));
  for (const [label, said] of byLabel) {
    const issue = new ModelIssue(label);
    issue.events = said.map((message) => ({ message, at: message.time, takenAt: 0n })).sort(byOrder);
    model.issues.set(label, issue);
  }
  return model;
}

function differences(found: ReadonlyMap<string, object>, expected: ReadonlyMap<string, object>): readonly string[] {
  return [...new Set([...found.keys(), ...expected.keys()])].flatMap((label) => {
    const [is, ought] = [JSON.stringify(found.get(label)), JSON.stringify(expected.get(label))];
    return is === ought ? [] : [`state of ${label}: ${is}\n  the model says ${ought}`];
  });
}

type Counted = Readonly<Record<'received' | 'duplicate' | 'applied' | 'straggler' | 'rejected', number>>;

function accounts(counted: Counted, sent: readonly Sent[]): readonly string[] {
  const { received, duplicate, applied, straggler, rejected } = counted;
  const messages = sent.flatMap((client) => client.messages);
  const unique = new Set(messages.filter(({ flaw }) => flaw === 'none').map(({ agent, uid }) => `${agent} ${uid}`))
    .size;
  const flawed = messages.filter(({ flaw }) => flaw !== 'none').length;
  const acknowledged = sent.reduce((sum, { acknowledgedEvents }) => sum + acknowledgedEvents, 0);
  const claims: readonly (readonly [boolean, string])[] = [
    [received === duplicate + applied + straggler + rejected, 'received = duplicate + applied + straggler + rejected'],
    [applied === unique, `applied = ${String(unique)} events that were sent`],
    [straggler === 0, 'no straggler within the window'],
    [rejected >= flawed, `rejected >= ${String(flawed)} flawed events that were acknowledged`],
    [received >= acknowledged, `received >= ${String(acknowledged)} events that were acknowledged`],
  ];
  return claims.filter(([holds]) => !holds).map(([, claim]) => `not: ${claim}: ${JSON.stringify(counted)}`);
}

function stories({ heard, contradictions }: RecordingBackend, expectedTurns: Turns): readonly string[] {
  const problems = contradictions.map((id) => `two bodies under one id: ${id}`);
  const turnsByIssue = turnsHeard(heard);
  for (const [label, expected] of expectedTurns) {
    const turns = turnsByIssue.get(label) ?? [];
    if (turns.length !== expected)
      problems.push(`${label}: ${String(turns.length)} openings and closings heard, ${String(expected)} happened`);
    if (!areInTurn(turns))
      problems.push(
        `${label}: not in turn: ${turns.map((turn) => `${turn.transition} ${String(turn.episode)}`).join(', ')}`,
      );
  }
  return problems;
}
