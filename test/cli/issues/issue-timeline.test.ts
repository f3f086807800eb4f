import { expect, test, vi } from 'vitest';
import { createPaint } from '../../../src/cli/dev/paint.ts';
import { columnsOf } from '../../../src/cli/dev/width.ts';
import { readDetails } from '../../../src/cli/issues/api-issue.ts';
import { timelineLines } from '../../../src/cli/issues/issue-timeline.ts';

const entry = { episode: 1, occurrences: 1, severity: 'high', said: 'CRM API returns 403' };
const DETAILS = {
  asOf: '2026-09-21T14:59:59.000000000Z',
  lagSeconds: 1,
  issue: {
    key: '4f9ad1c2b8e04d7799aa01f2c3d4e5f6',
    environment: 'production',
    namespace: 'sales',
    agentId: 'lead-qualifier',
    issueId: 'crm-403',
    summary: 'CRM API returns 403 on every search since the key was rotated',
    state: 'open',
    stale: false,
    severity: 'critical',
    category: 'permissions',
    episode: 2,
    occurrences: 1,
    totalOccurrences: 6,
    openedAt: '2026-09-21T14:40:00.000000000Z',
    resolvedAt: null,
    timeToResolveSeconds: null,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
  },
  history: [
    { ...entry, at: '2026-09-21T13:50:00.000000000Z', transition: 'unmatched', said: 'all is well' },
    { ...entry, at: '2026-09-21T14:00:00.000000000Z', transition: 'opened' },
    { ...entry, at: '2026-09-21T14:01:00.000000000Z', transition: 'recurred', occurrences: 2 },
    { ...entry, at: '2026-09-21T14:02:00.000000000Z', transition: 'recurred', occurrences: 3 },
    { ...entry, at: '2026-09-21T14:03:00.000000000Z', transition: 'recurred', occurrences: 5, severity: 'critical' },
    { ...entry, at: '2026-09-21T14:12:05.000000000Z', transition: 'resolved', said: 'CRM API recovered' },
    {
      ...entry,
      at: '2026-09-21T14:40:00.000000000Z',
      transition: 'reopened',
      episode: 2,
      severity: 'critical',
      said: 'CRM API returns 403 on every search since the key was rotated',
    },
  ],
};

test('an issue reads as a story, reports that repeat share a line', () => {
  vi.stubEnv('TZ', 'UTC');
  const lines = (columns: number): readonly string[] =>
    timelineLines(readDetails(DETAILS), {
      columns,
      nowMillis: Date.parse('2026-09-21T15:00:00Z'),
      paint: createPaint(false),
    });
  expect(lines(80)).toMatchInlineSnapshot(`
    [
      "● crm-403 critical · open for 20m00s · episode 2 · ×1 (6 in all)",
      "  CRM API returns 403 on every search since the key was rotated",
      "",
      "  key       4f9ad1c2b8e04d7799aa01f2c3d4e5f6",
      "  agent     lead-qualifier",
      "  where     production · sales",
      "  category  permissions",
      "  trace     0af7651916cd43dd8448eb211c80319c span b7ad6b7169203331",
      "",
      "  2026-09-21 13:50:00  ? unmatched closed nothing  all is well",
      "  2026-09-21 14:00:00  ● opened    high  CRM API returns 403",
      "  2026-09-21 14:01:00  · recurred  high ×3 until 14:02:00  CRM API returns 403",
      "  2026-09-21 14:03:00  · recurred  critical ×5  CRM API returns 403",
      "  2026-09-21 14:12:05  ✓ resolved  after 12m05s  CRM API recovered",
      "  2026-09-21 14:40:00  ● reopened  critical, episode 2  CRM API returns 403 on…",
    ]
  `);
  expect(lines(120)).toMatchInlineSnapshot(`
    [
      "● crm-403 critical · open for 20m00s · episode 2 · ×1 (6 in all)",
      "  CRM API returns 403 on every search since the key was rotated",
      "",
      "  key       4f9ad1c2b8e04d7799aa01f2c3d4e5f6",
      "  agent     lead-qualifier",
      "  where     production · sales",
      "  category  permissions",
      "  trace     0af7651916cd43dd8448eb211c80319c span b7ad6b7169203331",
      "",
      "  2026-09-21 13:50:00  ? unmatched closed nothing  all is well",
      "  2026-09-21 14:00:00  ● opened    high  CRM API returns 403",
      "  2026-09-21 14:01:00  · recurred  high ×3 until 14:02:00  CRM API returns 403",
      "  2026-09-21 14:03:00  · recurred  critical ×5  CRM API returns 403",
      "  2026-09-21 14:12:05  ✓ resolved  after 12m05s  CRM API recovered",
      "  2026-09-21 14:40:00  ● reopened  critical, episode 2  CRM API returns 403 on every search since the key was rotated",
    ]
  `);
  for (const line of lines(80)) expect(columnsOf(line)).toBeLessThanOrEqual(80);
});

test.each([[undefined], [{}], [{ issue: {}, history: [] }], [{ issue: DETAILS.issue, history: 'none' }]])(
  '%j is no answer of a translator',
  (answer) => {
    expect(() => readDetails(answer)).toThrow(/no hiveloop translator/);
  },
);
