/*
 * HiveLoop manual, §11.3, read from what arrives over OTLP: from the service, and from the translator behind it.
 *
 * | Box                           | Signal                         | Attribute and value                                     |
 * |-------------------------------|--------------------------------|---------------------------------------------------------|
 * | an API call fails three times | log event                      | `hiveloop.issue.reported`, after the third and not before |
 * | red badge ("● 1 issue")       | gauge, derived                 | `hiveloop.issue.active` ≥ 1 for `hiveloop.agent.id`     |
 * | row of the Pipeline tab       | labels of that gauge; lifecycle log event | `hiveloop.issue.severity`, `.category`, `.occurrences` |
 * | the badge disappears          | gauge, derived                 | `hiveloop.issue.active` = 0                             |
 * | report and resolve in the stream | log events, category `pipeline` | `hiveloop.issue.reported` (ERROR), `hiveloop.issue.resolved` |
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVENT_ISSUE_LIFECYCLE, EVENT_ISSUE_REPORTED, EVENT_ISSUE_RESOLVED } from '../../src/semconv.ts';
import { createTranslator, type IssueView, type Translator } from '../../src/translator/index.ts';
import { openCollector, type Collector } from '../support/collector.ts';
import { lastValues } from '../support/metric-points.ts';
import { startService } from '../support/service.ts';
import { activityStream, eventsNamed } from '../support/story.ts';

const ERROR = 17;
const BADGE = 'hiveloop.agent.id=crm-sync hiveloop.issue.category=connectivity hiveloop.issue.severity=high';

let derived: Collector;
let translator: Translator;
let collector: Collector;
let reportsAfterTwoFailures: number;
let badges: Readonly<Record<'before' | 'reported' | 'resolved', Readonly<Record<string, number>>>>;
let issuesWhileOpen: readonly IssueView[];

async function badge(): Promise<Readonly<Record<string, number>>> {
  await translator.flush();
  return lastValues(derived.arrived.points, 'hiveloop.issue.active');
}

beforeAll(async () => {
  derived = await openCollector();
  translator = await createTranslator({ store: 'memory:', sink: { url: derived.url } });
  collector = await openCollector(translator.receiver);
  const service = startService('issue-service', collector);
  await service.says('failed twice');
  reportsAfterTwoFailures = eventsNamed(collector.arrived, EVENT_ISSUE_REPORTED).length;
  const before = await badge();
  service.tell('fail again');
  await service.says('reported');
  const reported = await badge();
  issuesWhileOpen = await translator.issues();
  service.tell('recover');
  await service.ended;
  badges = { before, reported, resolved: await badge() };
});

afterAll(async () => {
  await translator.close();
  await Promise.all([collector.close(), derived.close()]);
});

describe('manual §11.3, issues', () => {
  test('an issue is reported when an API call failed three times, and not before', () => {
    const reports = eventsNamed(collector.arrived, EVENT_ISSUE_REPORTED);

    expect(reportsAfterTwoFailures).toBe(0);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({
      body: 'crm consistently failing: connection refused',
      severityNumber: ERROR,
      attributes: {
        'hiveloop.issue.id': 'api-error-crm',
        'hiveloop.issue.occurrence_count': 3,
        'hiveloop.issue.context.api': 'crm',
        'hiveloop.issue.context.consecutive_failures': 3,
      },
    });
  });

  test('agent card: the red issue badge appears', () => {
    expect(badges.before).toEqual({});
    expect(badges.reported).toEqual({ [BADGE]: 1 });
  });

  test('pipeline tab: the issue appears with its severity and category', () => {
    const [opened] = eventsNamed(derived.arrived, EVENT_ISSUE_LIFECYCLE);

    expect(issuesWhileOpen).toMatchObject([
      { issueId: 'api-error-crm', state: 'open', severity: 'high', category: 'connectivity', occurrences: 3 },
    ]);
    expect(opened?.attributes).toMatchObject({
      'hiveloop.issue.transition': 'opened',
      'hiveloop.issue.severity': 'high',
      'hiveloop.issue.category': 'connectivity',
      'hiveloop.issue.occurrences': 3,
    });
  });

  test('resolving the issue makes the badge disappear', () => {
    const transitions = eventsNamed(derived.arrived, EVENT_ISSUE_LIFECYCLE).map(
      ({ attributes }) => attributes['hiveloop.issue.transition'],
    );

    expect(badges.resolved).toEqual({ [BADGE]: 0 });
    expect(transitions).toEqual(['opened', 'resolved']);
  });

  test('activity stream: both report and resolve appear', () => {
    const stream = activityStream(collector.arrived, 'pipeline').map(({ eventName, body }) => [eventName, body]);

    expect(stream.slice(0, 2)).toEqual([
      [EVENT_ISSUE_REPORTED, 'crm consistently failing: connection refused'],
      [EVENT_ISSUE_RESOLVED, 'crm recovered'],
    ]);
  });
});
