import type { Accounting } from '../../../src/translator/accounting.ts';
import type { IssueView } from '../../../src/translator/issue-view.ts';
import { createTranslator, type Translator } from '../../../src/translator/translator.ts';
import type { Step } from './histories.ts';
import { labelOf, type Message, SECOND, START, WINDOW } from './message.ts';
import { Model, type ModelIssue } from './model.ts';
import { ToldSink } from './told-sink.ts';
import { bySignal, logsOf, spansOf } from './wire.ts';

export interface PlayOptions {
  /** Default: `memory:`, which knows no restart. */
  readonly store?: 'memory:' | `sqlite:${string}`;
  /** The clock at the start: seconds after the first moment of any event. Default: 3 000. */
  readonly clockSeconds?: number;
}

/** A life played through a real translator and the model, side by side. */
export interface Played {
  readonly model: Model;
  readonly sink: ToldSink;
  readonly issues: readonly IssueView[];
  readonly counters: Accounting;
}

export async function play(steps: readonly Step[], options: PlayOptions = {}): Promise<Played> {
  const { store = 'memory:', clockSeconds = 3000 } = options;
  const model = new Model();
  const sink = new ToldSink();
  let clock = START + BigInt(clockSeconds) * SECOND;
  const open = (): Promise<Translator> => createTranslator({ store, sink, now: () => clock });
  let translator = await open();
  try {
    for (const step of steps) {
      switch (step.kind) {
        case 'request':
          for (const request of bySignal(step.messages)) {
            await send(translator, request);
            model.take(request, clock);
          }
          break;
        case 'clock':
          clock += BigInt(step.seconds) * SECOND;
          model.passTime(clock);
          await translator.flush();
          break;
        case 'restart':
          await translator.close();
          translator = await open();
          break;
        case 'dismiss':
          await dismiss(translator, model, step.which, clock);
      }
    }
    await translator.flush();
    return { model, sink, issues: await translator.issues(), counters: await translator.counters() };
  } finally {
    await translator.close();
  }
}

/** Time passes until every closer was told or found its place. */
export const LONG_ENOUGH: Step = { kind: 'clock', seconds: Number(WINDOW / SECOND) };

async function send(translator: Translator, request: readonly Message[]): Promise<void> {
  const isLog = request[0]?.carrier === 'log';
  const { receiver } = translator;
  const receipt = isLog ? await receiver.logs(logsOf(request)) : await receiver.traces(spansOf(request));
  if (receipt.kind !== 'accepted') throw new Error(`a request was not taken: ${JSON.stringify(receipt)}`);
}

async function dismiss(translator: Translator, model: Model, which: number, now: bigint): Promise<void> {
  const shown = (await translator.issues())
    .map(({ key, agentId, issueId, summary }) => ({ key, label: labelOf(agentId, issueId, summary) }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
  const chosen = shown[which % shown.length];
  if (chosen === undefined) return;
  const outcome = await translator.dismiss(chosen.key, { by: 'operator', why: 'known, and harmless' });
  const expected = model.dismiss(chosen.label, now);
  if (outcome !== expected) throw new Error(`dismissing ${chosen.label}: ${outcome}, and the model says ${expected}`);
}

/** What law 1 calls the state, by issue. */
export function statesOf(issues: readonly IssueView[]): ReadonlyMap<string, object> {
  return new Map(
    issues.map((issue) => {
      const { state, severity, category, episode, occurrences, firstSeen, lastSeen, openedAt, resolvedAt } = issue;
      const compared = { state, severity, category, episode, occurrences, firstSeen, lastSeen, openedAt, resolvedAt };
      return [labelOf(issue.agentId, issue.issueId, issue.summary), compared];
    }),
  );
}

/** The same from the model; an issue with no report is not shown. */
export function modelStates({ issues }: Model): ReadonlyMap<string, object> {
  return new Map([...issues.values()].flatMap((issue) => modelState(issue)));
}

function modelState({ label, state }: ModelIssue): readonly (readonly [string, object])[] {
  const episode = state.episodes.at(-1);
  if (episode === undefined) return [];
  const compared = {
    state: state.status,
    severity: state.severity,
    category: state.category,
    episode: state.episodes.length,
    occurrences: episode.occurrences,
    firstSeen: formatTime(state.firstSeen),
    lastSeen: formatTime(state.lastSeen),
    openedAt: formatTime(episode.openedAt),
    resolvedAt: episode.closed && formatTime(episode.closed.at),
  };
  return [[label, compared]];
}

function formatTime(unixNanos: bigint): string {
  const iso = new Date(Number(unixNanos / SECOND) * 1000).toISOString();
  return iso.replace(/\.\d+Z$/, `.${(unixNanos % SECOND).toString().padStart(9, '0')}Z`);
}
