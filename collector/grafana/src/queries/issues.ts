import {
  ATTR_AGENT_ID,
  ATTR_ISSUE_CATEGORY,
  ATTR_ISSUE_EPISODE,
  ATTR_ISSUE_FINGERPRINT,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_KEY,
  ATTR_ISSUE_OCCURRENCES,
  ATTR_ISSUE_SEVERITY,
  ATTR_ISSUE_SUMMARY,
  ATTR_ISSUE_TRACE_ID,
  ATTR_ISSUE_TRANSITION,
  EVENT_ISSUE_LIFECYCLE,
  METRIC_ISSUE_ACTIVE,
  METRIC_ISSUE_OCCURRENCES,
  METRIC_ISSUE_OLDEST_AGE,
  METRIC_ISSUE_OPENED_AT_OMITTED,
  METRIC_ISSUE_REPORTS,
  METRIC_ISSUE_TIME_TO_RESOLVE,
  METRIC_ISSUE_TRANSITIONS,
} from '../../../../src/semconv.ts';
import { isEvent, logs, TRACE_LABEL, where } from '../names/logql.ts';
import { labelName } from '../names/prometheus-name.ts';
import { by, labels, recorded, risen, series } from '../names/promql.ts';
import { CHOSEN_ENVIRONMENT, CHOSEN_STREAMS } from '../names/scope.ts';
import { logql, promql } from '../query.ts';
import { OPENED_HELD } from '../rules/recording.ts';

const STEP = '$__interval';
const SEVERITY = { [ATTR_ISSUE_SEVERITY]: '=~"$severity"' } as const;
const CHOSEN = { ...CHOSEN_ENVIRONMENT, ...SEVERITY } as const;
const isLifecycle = [isEvent(EVENT_ISSUE_LIFECYCLE), where(ATTR_ISSUE_SEVERITY, '=~"$severity"')] as const;
const IDENTITY = [ATTR_AGENT_ID, ATTR_ISSUE_KEY, ATTR_ISSUE_ID, ATTR_ISSUE_FINGERPRINT];

/** The last number that the lifecycle told of each issue. */
function lastTold(attribute: string, ...more: readonly string[]): string {
  const told = logs(CHOSEN_STREAMS, ...isLifecycle, `unwrap ${labelName(attribute)}`);
  return `max by (${labels([...IDENTITY, ...more])}) (max_over_time(${told} [$__range]))`;
}

const ttr = (q: number): string =>
  `histogram_quantile(${q}, ${by('sum', [ATTR_ISSUE_SEVERITY, 'le'], risen(series(METRIC_ISSUE_TIME_TO_RESOLVE, CHOSEN, 'bucket'), '$__range'))})`;

export const ISSUES = {
  open: promql('issues.open', `sum(${series(METRIC_ISSUE_ACTIVE, CHOSEN)})`),
  bySeverity: promql('issues.by-severity', by('sum', [ATTR_ISSUE_SEVERITY], series(METRIC_ISSUE_ACTIVE, CHOSEN))),
  byCategory: promql('issues.by-category', by('sum', [ATTR_ISSUE_CATEGORY], series(METRIC_ISSUE_ACTIVE, CHOSEN))),
  oldest: promql('issues.oldest', `max(${series(METRIC_ISSUE_OLDEST_AGE, CHOSEN_ENVIRONMENT)})`),
  omitted: promql('issues.omitted', `sum(${series(METRIC_ISSUE_OPENED_AT_OMITTED)})`),
  active: promql('issues.active', `time() - ${recorded(OPENED_HELD, CHOSEN)}`),
  occurrences: logql('issues.occurrences', lastTold(ATTR_ISSUE_OCCURRENCES)),
  episodes: logql('issues.episodes', lastTold(ATTR_ISSUE_EPISODE)),
  told: logql(
    'issues.told',
    lastTold(
      ATTR_ISSUE_OCCURRENCES,
      ATTR_ISSUE_TRANSITION,
      ATTR_ISSUE_EPISODE,
      ATTR_ISSUE_SEVERITY,
      ATTR_ISSUE_CATEGORY,
      ATTR_ISSUE_SUMMARY,
      ATTR_ISSUE_TRACE_ID,
      TRACE_LABEL,
    ),
  ),
  history: logql('issues.history', logs(CHOSEN_STREAMS, ...isLifecycle)),
  transitions: promql(
    'issues.transitions',
    by('sum', [ATTR_ISSUE_TRANSITION], risen(series(METRIC_ISSUE_TRANSITIONS, CHOSEN_ENVIRONMENT), STEP)),
  ),
  occurrencesOverTime: promql(
    'issues.occurrences-over-time',
    by('sum', [ATTR_AGENT_ID], risen(series(METRIC_ISSUE_OCCURRENCES, CHOSEN_ENVIRONMENT), STEP)),
  ),
  reports: promql(
    'issues.reports',
    by('sum', [ATTR_ISSUE_CATEGORY, ATTR_ISSUE_SEVERITY], risen(series(METRIC_ISSUE_REPORTS, CHOSEN), '$__range')),
  ),
  timeToResolve: promql('issues.time-to-resolve', ttr(0.5)),
  slowToResolve: promql('issues.slow-to-resolve', ttr(0.95)),
  resolved: promql(
    'issues.resolved',
    by('sum', [ATTR_ISSUE_TRANSITION], risen(series(METRIC_ISSUE_TIME_TO_RESOLVE, CHOSEN, 'count'), '$__range')),
  ),
} as const;
