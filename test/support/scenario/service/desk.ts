/** Two replicas of one agent. The first tells nearly all that the API can tell; the second does a little of the same. */
import type { Agent, HiveLoop, IssueReport, QueueSnapshot, Task } from 'hiveloop-otel';
import { AGENTS, ISSUES, MODELS, STOCK_SUMMARY } from './names.ts';
import type { Play } from './play.ts';

class OutOfStockError extends Error {
  override readonly name = 'OutOfStock';
}

const TYPE = { project: 'shop', type: 'order' } as const;
const HEARTBEAT_SECONDS = 0.5;

export const playDesk: Play = async (hive) => {
  let depth = 2;
  const agent = deskAgent(hive, () => ({
    depth,
    oldestAgeSeconds: depth > 5 ? 1000 : 30,
    items: Array.from({ length: depth }, (_, index) => ({
      id: `order-${index + 20}`,
      priority: index === 0 ? 'high' : 'normal',
      source: 'webhook',
      summary: `Order ${index + 20}`,
      queuedAt: new Date(),
    })),
    processing: { id: 'order-8', summary: 'Refund', elapsedMs: 1500 },
  }));

  await agent.task('order-1', { ...TYPE, conversationId: 'chat-1' }, (task) => replan(agent, task));
  await agent.task('order-2', TYPE, (task) => retry(agent, task));
  await agent.task('order-3', TYPE, (task) => escalate(agent, task));
  await agent.task('order-4', TYPE, (task) => askApproval(task, 'approved'));
  await agent.task('order-5', TYPE, (task) => askApproval(task, 'rejected'));
  await agent.task('order-6', TYPE, (task) => callModels(task));
  await agent.task('order-7', TYPE, (task) => fail(agent, task)).catch(() => undefined);
  const waiting = agent.startTask('order-8', TYPE); // runs to the end of the scenario
  waiting.requestApproval('Refund of 80 dollars?', { approver: 'shift-lead', approvalId: 'refund-8' });

  agent.reportIssue({ summary: `${STOCK_SUMMARY} since 12:30`, severity: 'low', category: 'data_quality' });
  const flaky = { summary: 'Label printer stops now and then', issueId: ISSUES.flaky, category: 'other' } as const;
  agent.reportIssue({ ...flaky, severity: 'low' });
  agent.reportIssue({ ...flaky, severity: 'high' });
  agent.todo('call-supplier', 'created', 'Call the supplier', { priority: 'high' });
  agent.todo('call-supplier', 'completed', 'Called');
  agent.scheduled([{ id: 'stock-take', name: 'Stock-take', interval: '1d', enabled: true }]);
  agent.event('order.exported', { count: 6 });

  return () => {
    depth = 8;
    agent.resolveIssue('Payments work again', { issueId: ISSUES.payment });
    agent.reportIssue(PAYMENT);
  };
};

export const playSecondDesk: Play = async (hive) => {
  const agent = deskAgent(hive, () => ({ depth: 3 }));
  await agent.task('order-9', TYPE, (task) => {
    task.retry('Supplier timed out', { attempt: 1, backoffSeconds: 0.5 });
    return Promise.resolve();
  });
  await agent.task('order-10', TYPE, () => Promise.resolve());
  agent.reportIssue(SUPPLIER);
  return () => undefined;
};

function deskAgent(hive: HiveLoop, queueProvider: () => QueueSnapshot): Agent {
  return hive.agent(AGENTS.orders, {
    type: 'orders',
    version: '2.0.0',
    heartbeatIntervalSeconds: HEARTBEAT_SECONDS,
    queueProvider,
  });
}

const CRM: IssueReport = {
  summary: 'CRM API returns 403',
  severity: 'high',
  issueId: ISSUES.crm,
  category: 'permissions',
  context: { api: 'crm', status: 403 },
};
const SUPPLIER: IssueReport = {
  summary: 'Supplier API is slow',
  severity: 'medium',
  issueId: ISSUES.supplier,
  category: 'connectivity',
};
const PAYMENT: IssueReport = {
  summary: 'Payments cannot be taken',
  severity: 'critical',
  issueId: ISSUES.payment,
  category: 'configuration',
};

/** Every state of a step, a second plan, nested tools, and an issue from its first report to its end. */
async function replan(agent: Agent, task: Task): Promise<void> {
  task.setPayload({ customer: 'c-1' });
  task.plan('Ship the order', ['Read order', 'Check stock', 'Price', 'Ship']);
  await agent.trackContext('handle_order', async () => {
    task.planStep(0, 'started', 'Reading');
    await agent.trackContext('read_order', (action) => {
      action.setPayload({ lines: 3 });
      return Promise.resolve();
    });
    task.planStep(0, 'completed', 'Three lines', { turns: 1, tokens: 1200 });
    task.planStep(1, 'started', 'Checking stock');
    for (let report = 0; report < 3; report++) agent.reportIssue(CRM);
    task.planStep(1, 'failed', 'Nothing in stock');
    task.planStep(2, 'skipped', 'Priced already');
  });
  task.plan('Order it first', ['Order from supplier', 'Ship', 'Tell customer'], { revision: 1 });
  task.planStep(0, 'started', 'Ordering');
  task.planStep(0, 'completed', 'Ordered');
  task.planStep(1, 'started', 'Shipping');
  agent.resolveIssue('CRM API recovered', { issueId: ISSUES.crm });
}

async function retry(agent: Agent, task: Task): Promise<void> {
  agent.reportIssue({ ...SUPPLIER, occurrenceCount: 7 });
  for (const [index, backoffSeconds] of [0.3, 0.6, 1.2].entries()) {
    task.retry('Supplier timed out', { attempt: index + 1, backoffSeconds });
  }
  await agent.trackContext('ask_supplier', () => Promise.resolve());
}

function escalate(agent: Agent, task: Task): Promise<void> {
  task.escalate('No rule for this order', { assignedTo: 'stock-team', reason: 'unknown_product' });
  agent.reportIssue(PAYMENT);
  return Promise.resolve();
}

function askApproval(task: Task, decision: 'approved' | 'rejected'): Promise<void> {
  task.requestApproval('Discount of 20 %?', { approver: 'shift-lead' });
  task.approvalReceived(decision, { approvedBy: 'shift-lead', decision });
  return Promise.resolve();
}

async function callModels(task: Task): Promise<void> {
  for (const turn of ['first_turn', 'second_turn']) {
    await task.trackLlmCall(turn, { model: MODELS.large, provider: 'demo' }, (call) => {
      call.setUsage({ tokensIn: 1000, tokensOut: 200, cost: 0.006 });
      return Promise.resolve();
    });
  }
  task.llmCall('summary', { model: MODELS.small, tokensIn: 500, tokensOut: 50, cost: 0.0005, durationMs: 120 });
}

/** A failed tool fails the task; the plan's bar keeps where it was. */
async function fail(agent: Agent, task: Task): Promise<void> {
  task.plan('Reserve and ship', ['Read order', 'Reserve', 'Ship']);
  task.planStep(0, 'completed', 'Read');
  task.planStep(1, 'started', 'Reserving');
  try {
    await agent.trackContext('reserve', () => Promise.reject(new OutOfStockError('3 left, 5 ordered')));
  } catch (error) {
    task.planStep(1, 'failed', 'Cannot reserve');
    throw error;
  }
}
