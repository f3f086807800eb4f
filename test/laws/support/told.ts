import { groupBy } from './group-by.ts';
import type { Model, ModelTold } from './model.ts';
import type { Heard } from './told-sink.ts';

/** What was told of each issue, in order, but `unmatched`, which belongs to no episode: as the model has it. */
export function expectedByIssue({ issues }: Model): ReadonlyMap<string, readonly string[]> {
  return byIssue([...issues.values()].map(({ label, told }) => [label, told]));
}

/** The same as a backend heard it. */
export function heardByIssue(heard: readonly Heard[]): ReadonlyMap<string, readonly string[]> {
  return byIssue([...groupBy(heard, ({ label }) => label)]);
}

function byIssue(told: readonly (readonly [string, readonly ModelTold[]])[]): ReadonlyMap<string, readonly string[]> {
  const lines = told.map(([label, things]) => {
    const inEpisodes = things.filter(({ transition }) => transition !== 'unmatched');
    return [
      label,
      inEpisodes.map((one) => `${one.transition} ${String(one.episode)} ${String(one.at)} ${String(one.isLate)}`),
    ] as const;
  });
  return new Map(lines.filter(([, list]) => list.length > 0));
}

/** Closers that were told to match nothing: agent and time. One of an issue never seen has no summary to know it by. */
export function expectedUnmatched({ issues }: Model): readonly string[] {
  const all = [...issues.values()].flatMap(({ label, told }) =>
    told.map((one) => ({ ...one, agent: /^[a-z-]+/.exec(label)?.[0] ?? '' })),
  );
  return unmatched(all);
}

export function heardUnmatched(heard: readonly Heard[]): readonly string[] {
  return unmatched(heard);
}

function unmatched(told: readonly (ModelTold & { readonly agent: string })[]): readonly string[] {
  return told
    .filter(({ transition }) => transition === 'unmatched')
    .map(({ agent, at }) => `${agent} ${String(at)}`)
    .sort();
}

const TURNS: ReadonlySet<string> = new Set(['opened', 'reopened', 'resolved', 'dismissed']);

/** Openings and closings by issue, in the order in which they were heard. */
export function turnsHeard(heard: readonly Heard[]): ReadonlyMap<string, readonly Heard[]> {
  return groupBy(
    heard.filter(({ transition }) => TURNS.has(transition)),
    ({ label }) => label,
  );
}

/** True when openings and closings alternate and are numbered from 1. */
export function areInTurn(turns: readonly ModelTold[]): boolean {
  return turns.every(({ transition, episode }, index) => {
    const isOpening = transition === 'opened' || transition === 'reopened';
    return isOpening === (index % 2 === 0) && episode === (index >> 1) + 1;
  });
}
