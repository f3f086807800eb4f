import type { StoryItem } from './story-item.ts';

/**
 * Of plan changes of one run that arrive together with nothing between them, only the last keeps its bar: a step's end
 * and the next one's start are one picture, and half the lines.
 */
export function joinBars(items: readonly StoryItem[]): readonly StoryItem[] {
  const nextOfRun = new Map<string, StoryItem['kind']>();
  return items
    .toReversed()
    .map((item) => {
      const run = `${item.event.agentId} ${item.event.runId}`;
      const next = nextOfRun.get(run);
      nextOfRun.set(run, item.kind);
      const isPlan = item.kind === 'plan' || item.kind === 'plan_step';
      return isPlan && next === 'plan_step' ? { ...item, hasBar: false } : item;
    })
    .toReversed();
}
