import { NAME_PREFIX } from '../../semconv.ts';
import type { Skipped } from './model.ts';

/** Says of a name whether what bears it is to be built. */
export type IsWanted = (name: string) => boolean;

const NOTHING: Skipped = { named: 0, unnamed: 0 };

/** Counts what is skipped in one scope. */
export class SkippedCount implements Skipped {
  named = 0;
  unnamed = 0;

  add(name: string, count = 1): void {
    if (name.startsWith(NAME_PREFIX)) this.named += count;
    else this.unnamed += count;
  }
}

/** As a field of a scope: left out when nothing was skipped. */
export function skippedField({ named, unnamed }: Skipped = NOTHING): { readonly skipped?: Skipped } {
  return named + unnamed === 0 ? {} : { skipped: { named, unnamed } };
}
