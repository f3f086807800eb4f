import { expect, test } from 'vitest';
import { createPaint } from '../../../src/cli/dev/paint.ts';
import { columnsOf } from '../../../src/cli/dev/width.ts';
import type { ApiIssue } from '../../../src/cli/issues/api-issue.ts';
import { tableLines, worstFirst } from '../../../src/cli/issues/issue-table.ts';
import { newsWarning } from '../../../src/cli/issues/issue-text.ts';

const NOW = Date.parse('2026-09-21T15:00:00Z');

function issue(overrides: Partial<ApiIssue>): ApiIssue {
  return {
    key: '4f9ad1c2b8e04d7799aa01f2c3d4e5f6',
    environment: 'production',
    namespace: '',
    agentId: 'lead-qualifier',
    issueId: 'crm-403',
    summary: 'CRM API returns 403',
    state: 'open',
    isStale: false,
    severity: 'high',
    category: 'permissions',
    episode: 1,
    occurrences: 1,
    totalOccurrences: 1,
    openedAt: '2026-09-21T14:00:00.000000000Z',
    resolvedAt: '',
    timeToResolveSeconds: 0,
    traceId: '',
    spanId: '',
    ...overrides,
  };
}

const ISSUES = [
  issue({
    key: '0a11b2c3b8e04d7799aa01f2c3d4e5f6',
    severity: 'low',
    issueId: 'v1-0123456789abcdef0123456789abcdef',
    summary: 'Enrichment is slow today: median of 4 s in the last hour, 12 s at the worst',
    agentId: 'a-very-long-agent-name-of-a-team',
    occurrences: 1204,
  }),
  issue({ openedAt: '2026-09-21T14:59:20.000000000Z' }),
  issue({ key: '77ab0e10b8e04d7799aa01f2c3d4e5f6', severity: 'critical', episode: 3, isStale: true, issueId: 'smtp' }),
  issue({
    key: '9c000000b8e04d7799aa01f2c3d4e5f6',
    state: 'resolved',
    resolvedAt: '2026-09-21T14:30:00Z',
    timeToResolveSeconds: 1800,
  }),
  issue({ key: '4f9ad1c207e04d7799aa01f2c3d4e5f6', openedAt: '2026-09-19T14:59:20Z', summary: '直らない\u001b[31m赤' }),
];

function table(columns: number, isColoured = false): readonly string[] {
  return tableLines(worstFirst(ISSUES), { columns, nowMillis: NOW, paint: createPaint(isColoured) });
}

test('worst first, a line each, no wider than the terminal', () => {
  expect(table(80)).toMatchInlineSnapshot(`
    [
      "  KEY       SEVERITY   OPEN     ×  AGENT           ISSUE",
      "● 77ab0e10b critical  1h00m    ×1  lead-qualifier  silent ep 3 smtp CRM API ret…",
      "● 4f9ad1c20 high      2d00h    ×1  lead-qualifier  crm-403 直らない赤",
      "● 4f9ad1c2b high        40s    ×1  lead-qualifier  crm-403 CRM API returns 403",
      "● 0a11b2c3b low       1h00m ×1204  a-very-long-a…  Enrichment is slow today: me…",
      "✓ 9c000000b high     30m00s    ×1  lead-qualifier  resolved crm-403 CRM API ret…",
    ]
  `);
  expect(table(120)).toMatchInlineSnapshot(`
    [
      "  KEY       SEVERITY   OPEN     ×  AGENT                     ISSUE",
      "● 77ab0e10b critical  1h00m    ×1  lead-qualifier            silent ep 3 smtp CRM API returns 403",
      "● 4f9ad1c20 high      2d00h    ×1  lead-qualifier            crm-403 直らない赤",
      "● 4f9ad1c2b high        40s    ×1  lead-qualifier            crm-403 CRM API returns 403",
      "● 0a11b2c3b low       1h00m ×1204  a-very-long-agent-name-…  Enrichment is slow today: median of 4 s in the last hour,…",
      "✓ 9c000000b high     30m00s    ×1  lead-qualifier            resolved crm-403 CRM API returns 403",
    ]
  `);
  for (const columns of [40, 80, 100, 120]) {
    for (const line of table(columns)) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
  }
});

test('the keys that are shown tell the issues apart', () => {
  const shown = table(Infinity)
    .slice(1)
    .map((line) => line.split(/\s+/)[1] ?? '');
  expect(new Set(shown).size).toBe(ISSUES.length);
});

test('what an agent says cannot colour or break the line', () => {
  // eslint-disable-next-line no-control-regex -- the escape character is what it looks for
  expect(table(120).join('')).not.toMatch(/\u001b/);
  expect(table(120, true)[1]).toContain('\u001b[31m●\u001b[0m');
});

test.each([
  [{ asOf: '', lagSeconds: 0 }, /no event yet/],
  [{ asOf: '2026-09-21T14:00:00Z', lagSeconds: 60 }, undefined],
  [{ asOf: '2026-09-21T14:00:00Z', lagSeconds: 200 }, /^the news is 3m20s old/],
])('%j: %s', (freshness, warning) => {
  if (warning === undefined) expect(newsWarning(freshness)).toBeUndefined();
  else expect(newsWarning(freshness)).toMatch(warning);
});
