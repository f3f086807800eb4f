import type { Variables } from '../../../collector/grafana/src/query.ts';
import { FIGURES, TOTAL } from './figures.ts';
import { AGENTS, ISSUES } from './service/names.ts';

/** What a query of the catalogue must answer for the environment `e2e`: exactly one row has these labels. */
export interface ExpectedValue {
  readonly id: string;
  /** For the test's name. */
  readonly about: string;
  readonly variables?: Variables;
  readonly labels?: Readonly<Record<string, string>>;
  readonly is: number | ((value: number) => boolean);
}

const LONG = { interval: '1h' };
const orders = FIGURES[AGENTS.orders];
const biller = FIGURES[AGENTS.biller];

function total(id: string, is: ExpectedValue['is']): ExpectedValue {
  return { id, about: 'of the fleet is what the scenario did', is };
}

/** The row of an agent in the table of the fleet. */
function row(what: string, agent: string, is: ExpectedValue['is']): ExpectedValue {
  return { id: `fleet.row.${what}`, about: `of ${agent}`, labels: { hiveloop_agent_id: agent }, is };
}

/** A series of a query over time or of a breakdown. */
function part(id: string, label: string, value: string, is: ExpectedValue['is'], more?: Variables): ExpectedValue {
  return { id, about: `of ${value}`, labels: { [label]: value }, variables: { ...LONG, ...more }, is };
}

function reports(severity: string, category: string, is: number): ExpectedValue {
  const labels = { hiveloop_issue_severity: severity, hiveloop_issue_category: category };
  return { id: 'issues.reports', about: `of ${severity}, ${category}`, labels, is };
}

function parts(
  id: string,
  label: string,
  figures: Readonly<Record<string, number>>,
  more?: Variables,
): readonly ExpectedValue[] {
  return Object.entries(figures).map(([value, is]) => part(id, label, value, is, more));
}

const ofOrders: Variables = { agent: AGENTS.orders };

export const VALUES: readonly ExpectedValue[] = [
  total('fleet.agents', TOTAL.agents),
  total('fleet.running', TOTAL.running),
  total('fleet.waiting', TOTAL.approvalsPending),
  total('fleet.waiting-age', (seconds) => seconds > 0 && seconds < 120),
  total('fleet.issues', TOTAL.openIssues),
  total('fleet.queue', TOTAL.queueDepth),
  total('fleet.queue-age', TOTAL.queueOldestSeconds),
  total('fleet.tasks', TOTAL.tasks),
  total('fleet.failures', TOTAL.failures),
  total('fleet.retries', TOTAL.retries),
  total('fleet.lost', TOTAL.lost),
  total('fleet.escalations', TOTAL.escalations),
  total('fleet.approvals', TOTAL.approvalsAnswered),
  total('fleet.cost', TOTAL.cost),
  total('fleet.tokens', TOTAL.tokens),
  total('fleet.silent', 1),
  row('tasks', AGENTS.orders, orders.tasks),
  row('failures', AGENTS.orders, orders.failures),
  row('retries', AGENTS.orders, orders.retries),
  row('lost', AGENTS.orders, orders.lost),
  row('cost', AGENTS.orders, orders.cost),
  row('tokens', AGENTS.orders, orders.tokens),
  row('issues', AGENTS.orders, orders.openIssues),
  row('queue', AGENTS.orders, 8),
  row('beat-age', AGENTS.orders, (seconds) => seconds < 10),
  row('silence', AGENTS.orders, (thresholds) => thresholds < 0.1),
  // a critical issue, a medium and a low one, an approval, a long queue
  row('attention', AGENTS.orders, 100 + 5 + 1 + 10 + 10),
  row('tasks', AGENTS.biller, biller.tasks),
  row('failures', AGENTS.biller, biller.failures),
  row('retries', AGENTS.biller, biller.retries),
  row('lost', AGENTS.biller, biller.lost),
  row('cost', AGENTS.biller, biller.cost),
  row('queue', AGENTS.biller, 1),
  row('queue-age', AGENTS.biller, 0),
  row('queue-age', AGENTS.orders, TOTAL.queueOldestSeconds),
  row('attention', AGENTS.biller, 100),
  row('running', AGENTS.watcher, 1),
  row('silence', AGENTS.watcher, (thresholds) => thresholds > 1),
  row('attention', AGENTS.watcher, 1000 + 20),
  { id: 'agent.threshold', about: 'of watcher', variables: { agent: AGENTS.watcher }, is: 3 },
  ...parts('issues.by-severity', 'hiveloop_issue_severity', TOTAL.bySeverity),
  ...parts('issues.by-category', 'hiveloop_issue_category', TOTAL.byCategory),
  ...parts('issues.transitions', 'hiveloop_issue_transition', TOTAL.transitions),
  part('issues.occurrences-over-time', 'hiveloop_agent_id', AGENTS.orders, orders.occurrences),
  ...parts('issues.resolved', 'hiveloop_issue_transition', {
    resolved: TOTAL.transitions.resolved,
    dismissed: TOTAL.transitions.dismissed,
  }),
  reports('high', 'permissions', 3),
  reports('critical', 'configuration', 2),
  reports('critical', 'connectivity', 1),
  { id: 'issues.oldest', about: 'is two days', is: (seconds) => seconds > 172_800 && seconds < 173_400 },
  ...parts('issues.occurrences', 'hiveloop_issue_id', { [ISSUES.crm]: 3, [ISSUES.supplier]: 7, [ISSUES.flaky]: 2 }),
  ...parts('issues.episodes', 'hiveloop_issue_id', { [ISSUES.payment]: 2, [ISSUES.bank]: 1 }),
  ...parts('agent.plan-steps', 'hiveloop_outcome', TOTAL.planSteps, ofOrders),
  part('alert.retry-storm', 'hiveloop_agent_id', AGENTS.biller, biller.retries),
  part('alert.llm-spend-rate', 'hiveloop_agent_id', AGENTS.biller, biller.cost),
  part('alert.task-failure-ratio', 'hiveloop_agent_id', AGENTS.biller, biller.failures / biller.tasks),
  part('alert.queue-oldest-item', 'hiveloop_agent_id', AGENTS.orders, TOTAL.queueOldestSeconds),
  part('alert.issue-open-too-long', 'hiveloop_issue_id', ISSUES.disk, (seconds) => seconds > 172_800),
  part('alert.issue-reopened', 'hiveloop_issue_id', ISSUES.payment, (seconds) => seconds > 1 && seconds < 120),
  part('alert.agent-silent', 'hiveloop_agent_id', AGENTS.watcher, (thresholds) => thresholds > 1),
  { id: 'health.collector-up', about: 'is one', is: 1 },
  { id: 'health.snapshot-age', about: 'is seconds', is: (seconds) => seconds < 10 },
];
