/** What a test does without the real programs. */
import { describe } from 'vitest';
import { absenceOf, findBinaries, isAbsent } from '../../backends/programs.ts';

const ABSENT = findBinaries().filter(isAbsent);

/** `HIVELOOP_E2E=required`: a missing program is a failure and nothing is skipped. */
export const isRequired = process.env['HIVELOOP_E2E'] === 'required';

/** `describe` for tests that need the programs: skipped when one is missing, which the run says once at its end. */
export const stock = describe.skipIf(ABSENT.length > 0 && !isRequired);

/** What is missing and what to do about it; undefined when nothing is. */
export function absence(): string | undefined {
  return ABSENT.length > 0 ? absenceOf(ABSENT) : undefined;
}
