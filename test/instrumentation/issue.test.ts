import { describe, expect, test } from 'vitest';
import * as semconv from '../../src/semconv.ts';
import { openFreshHost, openHost } from './host.ts';

test.each([
  ['critical', 'FATAL', 21, 'critical'],
  ['high', 'ERROR', 17, 'high'],
  ['medium', 'WARN', 13, 'medium'],
  ['low', 'INFO', 9, 'low'],
  ['catastrophic', 'WARN', 13, 'medium'],
])('an issue of severity %s is a log record of severity %s', async (severity, text, number, label) => {
  const host = openHost();
  host.agent('a1').reportIssue({
    summary: 'CRM API returns 403',
    severity,
    issueId: 'crm-403',
    category: 'permissions',
    context: { status: 403 },
    occurrenceCount: 3,
  });

  const record = host.log(semconv.EVENT_ISSUE_REPORTED);
  expect(record).toMatchObject({ severityText: text, severityNumber: number, body: 'CRM API returns 403' });
  expect(record.attributes).toMatchObject({
    [semconv.ATTR_ISSUE_ID]: 'crm-403',
    [semconv.ATTR_ISSUE_SEVERITY]: severity,
    [semconv.ATTR_ISSUE_CATEGORY]: 'permissions',
    [semconv.ATTR_ISSUE_OCCURRENCE_COUNT]: 3,
    [`${semconv.ATTR_ISSUE_CONTEXT_PREFIX}status`]: 403,
    [semconv.ATTR_EVENT_CATEGORY]: 'pipeline',
  });
  const [point] = await host.points(semconv.METRIC_ISSUE_REPORTS);
  expect(point).toMatchObject({
    value: 1,
    attributes: { [semconv.ATTR_ISSUE_SEVERITY]: label, [semconv.ATTR_ISSUE_CATEGORY]: 'permissions' },
  });
});

test('an issue reported inside a task says its task, and belongs to the span that is active', () => {
  const host = openHost();
  const agent = host.agent('a1');
  agent.task('t1', (task) =>
    task.trackContext('tool', () => agent.reportIssue({ summary: 's', severity: 'low', issueId: 'i' })),
  );

  const record = host.log(semconv.EVENT_ISSUE_REPORTED);
  expect(record.spanContext?.spanId).toBe(host.span('execute_tool tool').spanContext().spanId);
  expect(record.attributes[semconv.ATTR_TASK_ID]).toBe('t1');
});

describe("a report's handle", () => {
  test('resolves and reports again by its id', () => {
    const host = openHost();
    const issue = host
      .agent()
      .reportIssue({ summary: 'first', severity: 'high', issueId: 'crm-403', category: 'other' });

    issue.report({ summary: 'again', occurrenceCount: 2 });
    issue.report();
    issue.resolve('recovered');

    expect(issue.issueId).toBe('crm-403');
    const reports = host.logsOf(semconv.EVENT_ISSUE_REPORTED);
    expect(reports.map(({ body }) => body)).toEqual(['first', 'again', 'first']);
    for (const { attributes } of reports) {
      expect(attributes).toMatchObject({
        [semconv.ATTR_ISSUE_ID]: 'crm-403',
        [semconv.ATTR_ISSUE_SEVERITY]: 'high',
        [semconv.ATTR_ISSUE_CATEGORY]: 'other',
      });
    }
    expect(host.log(semconv.EVENT_ISSUE_RESOLVED)).toMatchObject({ body: 'recovered', severityText: 'INFO' });
    expect(host.log(semconv.EVENT_ISSUE_RESOLVED).attributes).toMatchObject({
      [semconv.ATTR_ISSUE_ID]: 'crm-403',
      [semconv.ATTR_ISSUE_SUMMARY]: 'first',
    });
  });

  test('resolves without an id by the summary of its report', async () => {
    const host = await openFreshHost();
    const issue = host.agent().reportIssue({ summary: 'CRM is slow', severity: 'low' });
    issue.resolve('fast again');

    expect(issue.issueId).toBeUndefined();
    const { attributes } = host.log(semconv.EVENT_ISSUE_RESOLVED);
    expect(attributes[semconv.ATTR_ISSUE_SUMMARY]).toBe('CRM is slow');
    expect(attributes).not.toHaveProperty(semconv.ATTR_ISSUE_ID);
    expect(host.said('matches no report')).toEqual([]);
  });

  test('reads the report when it is made, not later', () => {
    const host = openHost();
    const report = { summary: 'first', severity: 'high', issueId: 'i1' };
    const issue = host.agent().reportIssue(report);
    report.issueId = 'i2';
    report.summary = 'changed';
    issue.resolve('done');

    expect(host.log(semconv.EVENT_ISSUE_RESOLVED).attributes).toMatchObject({
      [semconv.ATTR_ISSUE_ID]: 'i1',
      [semconv.ATTR_ISSUE_SUMMARY]: 'first',
    });
  });
});

test('a report of which a field cannot be read is told without that field', () => {
  const host = openHost();
  const report = {
    summary: 'CRM API returns 403',
    severity: 'high',
    issueId: 'crm-403',
    get category(): never {
      throw new Error('getter');
    },
  };
  host.agent().reportIssue(report);

  expect(host.log(semconv.EVENT_ISSUE_REPORTED).attributes[semconv.ATTR_ISSUE_ID]).toBe('crm-403');
  expect(host.log(semconv.EVENT_ISSUE_REPORTED).attributes).not.toHaveProperty(semconv.ATTR_ISSUE_CATEGORY);
});
