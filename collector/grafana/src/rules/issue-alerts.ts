import {
  ATTR_AGENT_ID,
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_ISSUE_FINGERPRINT,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_SEVERITY,
  METRIC_ISSUE_OPENED_AT,
  METRIC_TRANSLATOR_STORE_CREATED,
} from '../../../../src/semconv.ts';
import { INSTANCE, JOB } from '../names/metric-labels.ts';
import { by, recorded, series } from '../names/promql.ts';
import { promql } from '../query.ts';
import { AGENT_MEMORY, ISSUE_MEMORY, THRESHOLDS } from '../thresholds.ts';
import type { Alert } from './alert.ts';
import { OPENED_HELD, SNAPSHOT_TIME } from './recording.ts';

/** An issue has an id or a fingerprint; the other is empty. */
const ISSUE_TEXT =
  'issue {{ $labels.hiveloop_issue_id }}{{ $labels.hiveloop_issue_fingerprint }} of agent {{ $labels.hiveloop_agent_id }} ({{ $labels.job }})';
const ISSUE = [ATTR_DEPLOYMENT_ENVIRONMENT_NAME, JOB, ATTR_AGENT_ID, ATTR_ISSUE_ID, ATTR_ISSUE_FINGERPRINT];

const openings = by('max', ISSUE, recorded(OPENED_HELD));
const earlierOpenings = by('min', ISSUE, `min_over_time(${series(METRIC_ISSUE_OPENED_AT)}[${AGENT_MEMORY}])`);

export const ISSUE_ALERTS: readonly Alert[] = [
  {
    name: 'HiveLoopCriticalIssueOpen',
    severity: 'critical',
    query: promql(
      'alert.critical-issue-open',
      `time() - ${recorded(OPENED_HELD, { [ATTR_ISSUE_SEVERITY]: '="critical"' })}`,
    ),
    for: '1m',
    keepFiringFor: '5m',
    summary: `Critical ${ISSUE_TEXT} is open`,
    description:
      'Open for {{ $value | humanizeDuration }}. It stays until the agent resolves it or a person dismisses it.',
  },
  {
    name: 'HiveLoopIssueReopened',
    severity: 'warning',
    query: promql('alert.issue-reopened', `${openings} - ${earlierOpenings} > 1`),
    for: '1m',
    keepFiringFor: '30m',
    summary: `Closed and open again: ${ISSUE_TEXT}`,
    description:
      'It had opened {{ $value | humanizeDuration }} before this opening and was closed in between: what closed it did not cure it.',
  },
  {
    name: 'HiveLoopIssueOpenTooLong',
    severity: 'warning',
    query: promql('alert.issue-open-too-long', `time() - ${recorded(OPENED_HELD)} > ${THRESHOLDS.issueOpenSeconds}`),
    for: '5m',
    keepFiringFor: '15m',
    summary: `Open for too long: ${ISSUE_TEXT}`,
    description: 'Open for {{ $value | humanizeDuration }}, severity {{ $labels.hiveloop_issue_severity }}.',
  },
  {
    name: 'HiveLoopIssueStateUnknown',
    severity: 'critical',
    query: promql('alert.issue-state-unknown', `time() - ${recorded(SNAPSHOT_TIME)} > ${THRESHOLDS.snapshotSeconds}`, {
      empty: 'the translator runs throughout the scenario',
    }),
    for: '0m',
    keepFiringFor: '5m',
    summary: 'Which issues are open is not known: the translator with store {{ $labels.instance }} is not heard',
    description:
      'Its last snapshot is {{ $value | humanizeDuration }} old. What is shown as open or closed is what was known then; new critical issues page nobody.',
  },
  {
    name: 'HiveLoopIssueStoreYoung',
    severity: 'warning',
    query: promql(
      'alert.issue-store-young',
      `time() - ${by('max', [INSTANCE], `max_over_time(${series(METRIC_TRANSLATOR_STORE_CREATED)}[${ISSUE_MEMORY}])`)} < ${THRESHOLDS.storeAgeSeconds}`,
    ),
    for: '0m',
    keepFiringFor: '0m',
    summary: 'The store of issues {{ $labels.instance }} is new: issues that were open before it are not in it',
    description:
      'It was made {{ $value | humanizeDuration }} ago. Expected after an installation; otherwise the old store was lost.',
  },
];
