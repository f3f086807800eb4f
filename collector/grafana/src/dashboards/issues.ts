import { dashboard, environmentVariable, fixedChoice, textBox, type DashboardFile } from './dashboard.ts';
import { JAEGER_UI } from './links.ts';
import { openIssues } from './rows/issues-open.ts';
import { issueHistory } from './rows/issues-history.ts';
import { issueNumbers } from './rows/issues-numbers.ts';

const SEVERITIES = { all: '.+', critical: 'critical', high: 'high', medium: 'medium', low: 'low' } as const;

export function issuesDashboard(): DashboardFile {
  return dashboard({
    uid: 'hiveloop-issues',
    title: 'HiveLoop: Issues',
    description: 'Problems that agents report: what is open, how long, how often, and what became of the others.',
    from: '24h',
    variables: [
      environmentVariable(),
      fixedChoice('severity', 'Severity', SEVERITIES),
      textBox('jaeger', 'Jaeger', JAEGER_UI),
    ],
    rows: [openIssues(), issueHistory(), issueNumbers()],
  });
}
