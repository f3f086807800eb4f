import type { EventCategory } from '../../semconv.ts';
import { UsageError } from '../usage-error.ts';
import { SEVERITY_ERROR, type StoryEvent } from './story-event.ts';

/** The six filters of HiveLoop's activity stream: five categories, and `error` for severity ERROR and above. */
export const FILTERS: readonly (EventCategory | 'error')[] = ['task', 'action', 'llm', 'pipeline', 'human', 'error'];

export type OnlyFilter = (event: StoryEvent) => boolean;

/**
 * Reads `human,error`: an event passes that is in any of them. Without text all pass.
 * @throws UsageError on a word that is no filter
 */
export function parseOnly(text: string | undefined): OnlyFilter {
  if (text === undefined) return () => true;
  const wanted = new Set(
    text
      .split(',')
      .map((word) => word.trim())
      .filter(Boolean),
  );
  for (const word of wanted) {
    if (!FILTERS.some((filter) => filter === word)) {
      throw new UsageError(`--only '${word}' is not a filter; the filters are ${FILTERS.join(', ')}`);
    }
  }
  if (wanted.size === 0) throw new UsageError(`--only needs at least one of ${FILTERS.join(', ')}`);
  return ({ category, severityNumber }) =>
    wanted.has(category) || (wanted.has('error') && severityNumber >= SEVERITY_ERROR);
}
