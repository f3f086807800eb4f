import { describe, expect, test } from 'vitest';
import { fit, paintLine, piece, spaced } from '../../../src/cli/dev/line.ts';
import { createPaint, wantsColour } from '../../../src/cli/dev/paint.ts';
import { nameLimit, planBar } from '../../../src/cli/dev/plan-bar.ts';
import type { PlanStep, StepState } from '../../../src/cli/dev/plan-state.ts';
import { columnsOf, cut, cutStart, plain } from '../../../src/cli/dev/width.ts';

const noColour = createPaint(false);

describe('columns', () => {
  test.each([
    ['', 0],
    ['search_crm', 10],
    ['▶ ■ ▪ ✗ ● ▲ ‖ ✔ – …', 19],
    ['田中さん', 8],
    ['한국', 4],
    ['🎉', 2],
    ['👩‍💻', 2],
    ['e\u0301', 1],
  ])('%s takes %d', (text, columns) => expect(columnsOf(text)).toBe(columns));

  test.each([
    ['search_crm', 10, 'search_crm'],
    ['search_crm', 9, 'search_c…'],
    ['two words', 5, 'two…'],
    ['田中さん', 6, '田中…'],
    ['田中さん', 5, '田中…'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
  ])('%s cut to %d is %s', (text, columns, expected) => {
    expect(cut(text, columns)).toBe(expected);
    expect(columnsOf(cut(text, columns))).toBeLessThanOrEqual(columns);
  });

  test('an id is cut at its start, since its end tells it from others', () => {
    expect(cutStart('sales-lead-4801', 10)).toBe('…lead-4801');
  });

  test('text of models and tools cannot move the cursor, colour, hide or break the line', () => {
    expect(plain('a\u001b[2J\u001b[31mb\r\n\tc \u202ed\u200b\u0007 \u001b]0;title\u0007e')).toBe('ab c d e');
  });
});

describe('a line that is too long', () => {
  const pieces = spaced(
    piece('bad', '✗ enrich_lead_with_external_data', 10),
    piece('dim', '5.0s'),
    piece('bad', 'TimeoutError: the request timed out'),
  );
  const fitted = (columns: number): string => paintLine(fit(pieces, columns), noColour);

  test('is cut at its end first', () =>
    expect(fitted(60)).toBe('✗ enrich_lead_with_external_data 5.0s TimeoutError: the req…'));
  test('then in what may shrink', () => expect(fitted(40)).toBe('✗ enrich_lead… 5.0s TimeoutError: the r…'));
  test('then at its end again', () => expect(fitted(20)).toBe('✗ enrich_… 5.0s Tim…'));
  test.each([1, 7, 33, 500])('never takes more than %d columns', (columns) => {
    expect(columnsOf(fitted(columns))).toBeLessThanOrEqual(columns);
  });
});

describe('the plan bar', () => {
  const steps: readonly PlanStep[] = (
    [
      ['Search CRM', 'completed'],
      ['Score lead against criteria', 'skipped'],
      ['Enrich', 'failed'],
      ['Route to a sales rep', 'started'],
      ['Tell', 'pending'],
    ] satisfies readonly (readonly [string, StepState])[]
  ).map(([name, state]) => ({ name, state }));
  const bar = (columns: number): string => paintLine(planBar(steps, 3, columns), noColour);

  test('has each step with its mark', () => {
    expect(bar(Infinity)).toBe(
      '[■ Search CRM] [– Score lead against criteria] [✗ Enrich] [▪ Route to a sales rep] [  Tell]',
    );
  });
  test('cuts the longest names first', () => {
    expect(bar(72)).toBe('[■ Search CRM] [– Score lead ag…] [✗ Enrich] [▪ Route to a sa…] [  Tell]');
  });
  test('has marks only, and the current name, where names would say nothing', () => {
    expect(bar(30)).toBe('[■–✗▪ ] Route to a sales rep');
  });
  test.each([20, 45, 50, 72, 61, 88, 95])('fits %d columns', (columns) =>
    expect(columnsOf(bar(columns))).toBeLessThanOrEqual(columns),
  );

  test('colours: green completed, grey skipped, red failed, blue started, grey not started', () => {
    const codes = paintLine(planBar(steps, 3, Infinity), createPaint(true)).match(/\d+(?=m\[)/g);
    expect(codes).toEqual(['32', '90', '31', '34', '90']);
  });

  test('a limit for names is the largest that lets all of them fit', () => {
    expect([nameLimit([10, 20, 5], 35), nameLimit([10, 20, 5], 30), nameLimit([10, 20, 5], 15)]).toEqual([20, 15, 5]);
  });
});

describe('colour', () => {
  const tty = { isTTY: true };
  test.each([
    ['a terminal', tty, {}, false, true],
    ['a pipe', {}, {}, false, false],
    ['NO_COLOR', tty, { NO_COLOR: '1' }, false, false],
    ['an empty NO_COLOR', tty, { NO_COLOR: '' }, false, true],
    ['FORCE_COLOR in a pipe', {}, { FORCE_COLOR: '1' }, false, true],
    ['FORCE_COLOR=0', tty, { FORCE_COLOR: '0' }, false, false],
    ['NO_COLOR against FORCE_COLOR', tty, { NO_COLOR: '1', FORCE_COLOR: '1' }, false, false],
    ['--no-color against FORCE_COLOR', tty, { FORCE_COLOR: '1' }, true, false],
    ['a dumb terminal', tty, { TERM: 'dumb' }, false, false],
  ])('%s', (_what, stream, environment, isRefused, expected) => {
    expect(wantsColour(stream, environment, isRefused)).toBe(expected);
  });
});
