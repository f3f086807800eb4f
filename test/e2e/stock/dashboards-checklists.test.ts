/**
 * The manual's validation checklists (§11), a line each, asked of the real Jaeger, Prometheus and Loki after the demo and the
 * scenario ran through the real Collector.
 */
import { describe, expect, it, vi } from 'vitest';
import * as semconv from '../../../src/semconv.ts';
import { stock } from '../../support/backends/binaries.ts';
import { askPrometheus, eventsOf, tagsOf } from '../../support/scenario/ask.ts';
import { isChildOf, label } from '../../support/scenario/screens.ts';
import { AGENTS, STOCK_SUMMARY } from '../../support/scenario/service/names.ts';
import { useStage } from '../../support/scenario/stage.ts';

const DEMO = { agent: 'lead-qualifier', service: 'lead-qualifier', environment: 'demo' } as const;
const PATIENCE = { timeout: 20_000, interval: 250 };
const { orders, biller, clerk } = AGENTS;

stock("the manual's checklists, in stock tools", () => {
  const stage = useStage();
  const until = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, PATIENCE);

  describe('§11.1 Plans', () => {
    it('§11.1 trigger a task that creates a plan: it is found by what it plans', async () => {
      await until(async () =>
        expect(await stage.screens.tasksWith({ [semconv.ATTR_PLAN_GOAL]: 'Order it first' })).toEqual(['order-1']),
      );
    });

    it('§11.1 Timeline: plan progress bar on the task', async () => {
      const { tags } = await stage.screens.timeline('lead-4801', DEMO.service);
      expect(tags[semconv.ATTR_PLAN_BAR]).toBe('[■ Search CRM] [■ Score lead] [■ Enrich] [■ Route]');
    });

    it('§11.1 Timeline: steps show correct colours', async () => {
      const bar = await until(async () => {
        const rows = await stage.screens.rows('task.plan-bar', { service: 'order-desk', task: 'order-1' });
        expect(rows).toHaveLength(5);
        return rows;
      });
      const state = ({ labels, value }: (typeof bar)[number]): string =>
        `${labels[label(semconv.ATTR_PLAN_REVISION)] ?? ''}.${labels[label(semconv.ATTR_PLAN_STEP_INDEX)] ?? ''}=${value}`;
      // 1 in progress (blue), 2 completed (green), 3 failed (red), 4 skipped
      expect(bar.map(state).sort()).toEqual(['0.0=2', '0.1=3', '0.2=4', '1.0=2', '1.1=1']);
    });

    it('§11.1 Activity Stream: plan_created with goal and step count', async () => {
      const plans = await stage.screens.lines('task.plan', { service: 'order-desk', task: 'order-1' });
      expect(plans.map(({ text }) => text)).toEqual([
        'revision 0: Ship the order\n0. Read order\n1. Check stock\n2. Price\n3. Ship\n',
        'revision 1: Order it first\n0. Order from supplier\n1. Ship\n2. Tell customer\n',
      ]);
    });

    it('§11.1 Activity Stream: plan_step events as steps progress, in their order', async () => {
      const story = await stage.screens.lines('task.story', { service: 'order-desk', task: 'order-7' });
      const steps = story.filter(({ labels }) => labels['event_name'] === semconv.EVENT_PLAN_STEP);
      expect(steps.map(({ text }) => text.replace(/^\S+\s+/, ''))).toEqual(['Read', 'Reserving', 'Cannot reserve']);
    });

    it('§11.1 a step failure: red segment in the plan bar, and under the "error" filter', async () => {
      expect((await stage.screens.timeline('order-7')).tags[semconv.ATTR_PLAN_BAR]).toContain('[✗ Reserve]');
      const failed = await stage.screens.stream('error', semconv.EVENT_PLAN_STEP);
      expect(new Set(failed.map(({ labels }) => labels[label(semconv.ATTR_TASK_ID)]))).toEqual(
        new Set(['order-1', 'order-7']),
      );
    });
  });

  describe('§11.2 Escalations', () => {
    it('§11.2 trigger a task that escalates: a search finds it', async () => {
      await until(async () =>
        expect(await stage.screens.tasksWith({ [semconv.ATTR_ESCALATION_COUNT]: '1' })).toEqual(['order-3']),
      );
    });

    it('§11.2 Timeline: escalation node with summary text', async () => {
      const [escalation] = (await stage.screens.timeline('lead-4803', DEMO.service)).events(semconv.EVENT_ESCALATION);
      expect(escalation?.[semconv.ATTR_SUMMARY]).toBe('Score 0.14 is below 0.20');
    });

    it('§11.2 Activity Stream: escalated event', async () => {
      const [escalated] = await stage.screens.stream('all', semconv.EVENT_ESCALATION);
      expect(escalated?.text).toBe('hiveloop.escalation  No rule for this order');
    });

    it('§11.2 Activity Stream: the "human" filter has the escalation, and the approvals beside it', async () => {
      const names = (await stage.screens.stream('human')).map(({ labels }) => labels['event_name']);
      expect(names.filter((name) => name === semconv.EVENT_ESCALATION)).toHaveLength(1);
      expect(names.filter((name) => name === semconv.EVENT_APPROVAL_REQUESTED)).toHaveLength(3);
      expect(names.filter((name) => name === semconv.EVENT_APPROVAL_RECEIVED)).toHaveLength(2);
    });
  });

  describe('§11.3 Issues', () => {
    it('§11.3 trigger an issue report: the task that reported it is found', async () => {
      await until(async () =>
        expect(await stage.screens.tasksWith({ [semconv.ATTR_ISSUE_COUNT]: '3' })).toEqual(['order-1']),
      );
    });

    it('§11.3 Agent card: issue badge appears, and a critical one makes the row red', async () => {
      await until(async () => expect(await stage.screens.card('issues', biller)).toBe(1));
      await until(async () => expect(await stage.screens.card('attention', biller)).toBeGreaterThanOrEqual(100));
    });

    it('§11.3 Pipeline tab: issue with correct severity and category', async () => {
      const told = await until(() => stage.screens.rows('issues.told'));
      const stockFile = told.find(({ labels }) =>
        (labels[label(semconv.ATTR_ISSUE_SUMMARY)] ?? '').startsWith(STOCK_SUMMARY),
      );
      expect(stockFile?.labels).toMatchObject({
        [label(semconv.ATTR_ISSUE_SEVERITY)]: 'low',
        [label(semconv.ATTR_ISSUE_CATEGORY)]: 'data_quality',
        [label(semconv.ATTR_ISSUE_FINGERPRINT)]: expect.stringMatching(/\w+/) as unknown,
      });
    });

    it('§11.3 resolve the issue: the badge disappears', async () => {
      const active = `hiveloop_issue_active{hiveloop_agent_id="${clerk}"}`;
      expect(await askPrometheus(stage.chain, `max_over_time(${active}[5m])`)).toMatchObject([{ value: 1 }]);
      await until(async () => expect((await stage.screens.card('issues', clerk)) ?? 0).toBe(0));
    });

    it('§11.3 Activity Stream: both report and resolve events appear', async () => {
      const story = await stage.screens.stream('pipeline', undefined, clerk);
      const names = story.map(({ labels }) => labels['event_name']);
      expect(names).toEqual(expect.arrayContaining([semconv.EVENT_ISSUE_REPORTED, semconv.EVENT_ISSUE_RESOLVED]));
    });
  });

  describe('§11.4 Queue snapshots', () => {
    const depth = (what: string): string => `${what}(hiveloop_queue_depth{instance="desk-1"}[5m])`;

    it('§11.4 register queue_provider on the agent: its snapshots come', async () => {
      const snapshots = await stage.screens.stream('pipeline', semconv.EVENT_QUEUE_SNAPSHOT);
      expect(snapshots.some(({ labels }) => labels[label(semconv.ATTR_QUEUE_DEPTH)] === '2')).toBe(true);
    });

    it('§11.4 wait for heartbeats: a snapshot with each', async () => {
      const beats = await askPrometheus(
        stage.chain,
        'changes(hiveloop_agent_heartbeat_time_seconds{instance="desk-1"}[5m])',
      );
      expect(beats[0]?.value).toBeGreaterThan(2);
      expect((await stage.screens.stream('pipeline', semconv.EVENT_QUEUE_SNAPSHOT)).length).toBeGreaterThan(2);
    });

    it('§11.4 Agent card: queue badge appears', async () => {
      expect(await stage.screens.card('queue', DEMO.agent, DEMO.environment)).toBe(0);
      expect(
        await askPrometheus(stage.chain, 'max_over_time(hiveloop_queue_depth{job="sales/lead-qualifier"}[5m]) > 0'),
      ).toHaveLength(1);
    });

    it('§11.4 Pipeline tab: queue section shows items', async () => {
      const newest = await until(async () =>
        (await stage.screens.lines('agent.queue-items', { agent: orders })).at(-1),
      );
      expect(newest?.text.split('\n').filter((line) => line.includes('│'))).toHaveLength(8);
    });

    it('§11.4 add items to the queue: the badge counts up', async () => {
      expect(await askPrometheus(stage.chain, depth('min_over_time'))).toMatchObject([{ value: 2 }]);
      await until(async () =>
        expect(await askPrometheus(stage.chain, depth('last_over_time'))).toMatchObject([{ value: 8 }]),
      );
    });
  });

  describe('§11.5 Retries', () => {
    it('§11.5 trigger a task that retries: a search finds it', async () => {
      await until(async () =>
        expect(await stage.screens.tasksWith({ [semconv.ATTR_RETRY_COUNT]: '3' })).toEqual(['order-2']),
      );
    });

    it('§11.5 Timeline: retry nodes with attempt number', async () => {
      const retries = (await stage.screens.timeline('invoice-6', 'billing')).events(semconv.EVENT_RETRY);
      expect(retries.map((retry) => retry[semconv.ATTR_RETRY_ATTEMPT])).toEqual(
        Array.from({ length: 24 }, (_, i) => i + 1),
      );
    });

    it('§11.5 Activity Stream: retry_started events', async () => {
      expect(await stage.screens.stream('task', semconv.EVENT_RETRY)).toHaveLength(4);
    });
  });

  describe('§11.6 Tool execution tracking', () => {
    it('§11.6 trigger a turn with tool calls: a search finds it by the tool', async () => {
      await until(async () =>
        expect(await stage.screens.tasksWith({ [semconv.ATTR_GEN_AI_TOOL_NAME]: 'ask_supplier' })).toEqual(['order-2']),
      );
    });

    it('§11.6 Timeline: action nodes with correct tool names', async () => {
      const { trace } = await stage.screens.timeline('lead-4804', DEMO.service);
      const names = trace.spans.map(({ operationName }) => operationName);
      for (const tool of ['qualify_lead', 'search_crm', 'score_lead', 'grant_credit']) {
        expect(names).toContain(`execute_tool ${tool}`);
      }
    });

    it('§11.6 Timeline: duration on each node', async () => {
      const { trace } = await stage.screens.timeline('lead-4804', DEMO.service);
      for (const { operationName, duration } of trace.spans) expect(duration, operationName).toBeGreaterThan(0);
    });

    it('§11.6 a tool failure: red node with exception details', async () => {
      const failed = (await stage.screens.timeline('lead-4805', DEMO.service)).span('execute_tool search_crm');
      expect(tagsOf(failed.tags)).toMatchObject({ error: true, [semconv.ATTR_ERROR_TYPE]: 'Forbidden' });
      const [exception] = eventsOf(failed).filter(({ event }) => event === semconv.EVENT_EXCEPTION);
      expect(exception?.[semconv.ATTR_EXCEPTION_STACKTRACE]).toContain('Forbidden');
    });

    it('§11.6 Activity Stream: action_started and action_completed events', async () => {
      const demo = { environment: DEMO.environment, agent: DEMO.agent };
      const names = (await stage.screens.lines('agent.activity', demo)).map(({ labels }) => labels['event_name']);
      expect(names).toEqual(expect.arrayContaining([semconv.EVENT_ACTION_STARTED, semconv.EVENT_ACTION_COMPLETED]));
    });

    it('§11.6 tool nodes appear between LLM call nodes in the correct sequence', async () => {
      const { trace, root } = await stage.screens.timeline('lead-4801', DEMO.service);
      const nodes = trace.spans.filter((span) => isChildOf(span, root)).sort((a, b) => a.startTime - b.startTime);
      expect(nodes.map(({ operationName }) => operationName)).toEqual([
        'chat demo-model-1',
        'execute_tool qualify_lead',
        'execute_tool enrich_lead',
        'chat demo-model-1',
        'execute_tool assign_to_rep',
      ]);
    });
  });
});
