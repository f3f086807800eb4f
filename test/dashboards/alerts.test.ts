import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { labelName } from '../../collector/grafana/src/names/prometheus-name.ts';
import { AGENT_ALERTS } from '../../collector/grafana/src/rules/agent-alerts.ts';
import { type Alert, runbookOf } from '../../collector/grafana/src/rules/alert.ts';
import { ISSUE_ALERTS } from '../../collector/grafana/src/rules/issue-alerts.ts';
import { ALERTS } from '../../collector/grafana/src/rules/rule-files.ts';
import { generate } from '../../collector/grafana/src/generate.ts';
import { ATTR_AGENT_ID, ATTR_ISSUE_FINGERPRINT, ATTR_ISSUE_ID } from '../../src/semconv.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const RUNBOOKS = readdirSync(`${ROOT}docs/runbooks`);
const TESTS = readdirSync(`${ROOT}collector/prometheus/tests`).map((file) =>
  readFileSync(`${ROOT}collector/prometheus/tests/${file}`, 'utf8'),
);

/** The tests of the files, one by one. */
const BLOCKS = TESTS.flatMap((text) => text.split(/^ {2}- name:/m));

describe.each(ALERTS.map((alert) => [alert.name, alert] as const))('%s', (name, alert) => {
  test('has a runbook with what it means, what it costs, where to look and what to do', () => {
    const page = readFileSync(`${ROOT}docs/runbooks/${runbookOf(alert)}`, 'utf8');
    expect(page.startsWith(`# ${name}\n`)).toBe(true);
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['Meaning', 'Impact', 'What to look at', 'What to do']);
    expect(page).toContain(`\`${alert.severity}\``);
  });

  test('is seen firing and not firing by promtool', () => {
    const about = BLOCKS.filter((text) => text.includes(name));
    expect(about.some((text) => /value: 1\b|exp_labels:/.test(text))).toBe(true);
    expect(about.some((text) => /exp_(samples|alerts): \[\]/.test(text))).toBe(true);
  });
});

test('there is no runbook without an alert', () => {
  expect([...RUNBOOKS].sort()).toEqual(ALERTS.map(runbookOf).sort());
});

test('an alert about an agent names it, one about an issue names both', () => {
  const label = (attribute: string): string => `$labels.${labelName(attribute)}`;
  for (const { summary } of AGENT_ALERTS) expect(summary).toContain(label(ATTR_AGENT_ID));
  const aboutIssues = (alert: Alert): boolean => !/Unknown|Store/.test(alert.name);
  for (const { summary } of ISSUE_ALERTS.filter(aboutIssues)) {
    expect(summary).toContain(label(ATTR_AGENT_ID));
    expect(summary).toContain(label(ATTR_ISSUE_ID));
    expect(summary).toContain(label(ATTR_ISSUE_FINGERPRINT));
  }
});

test('every page has a test in which data stops and the page does not, and goes on when its value swings', () => {
  for (const { name, severity, keepFiringFor } of ALERTS) {
    if (severity !== 'critical') continue;
    expect(keepFiringFor, name).not.toBe('0m');
    // Prometheus itself says whether a scrape worked, so this one's data cannot stop.
    if (name === 'HiveLoopCollectorDown') continue;
    const stopping = BLOCKS.filter(
      (text) => text.includes(name) && /data( has)? stop/.test(text) && text.includes(' _x'),
    );
    expect(stopping.length, name).toBeGreaterThan(0);
  }
});

test('the runbooks may be elsewhere', async () => {
  const files = await generate({ runbooks: 'https://git.example.com/runbooks' });
  expect(files.get('prometheus/rules/alerts.yml')).toContain(
    'runbook_url: https://git.example.com/runbooks/agent-silent.md',
  );
});
