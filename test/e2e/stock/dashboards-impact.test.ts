/**
 * The manual's "Dashboard impact" tables (§3.7 to §8.10), a line each: what a person looks at, asked of the real Jaeger,
 * Prometheus and Loki after the demo and the scenario ran through the real Collector. §11: dashboards-checklists.test.ts.
 */
import { describe, expect, it, vi } from 'vitest';
import { THRESHOLDS } from '../../../collector/grafana/src/thresholds.ts';
import * as semconv from '../../../src/semconv.ts';
import { stock } from '../../support/backends/binaries.ts';
import { eventsOf, type Line, tagsOf } from '../../support/scenario/ask.ts';
import { isChildOf, label, listIn } from '../../support/scenario/screens.ts';
import { AGENTS, ISSUES } from '../../support/scenario/service/names.ts';
import { useStage } from '../../support/scenario/stage.ts';

const DEMO = { agent: 'lead-qualifier', service: 'lead-qualifier', environment: 'demo' } as const;
const PATIENCE = { timeout: 20_000, interval: 250 };
const { orders, biller } = AGENTS;

const pick = (lines: readonly Line[], ...names: readonly string[]): readonly unknown[] =>
  lines.map(({ labels }) => names.map((name) => labels[label(name)]));

stock("the manual's dashboards, in stock tools", () => {
  const stage = useStage();
  const until = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, PATIENCE);

  describe('§3.7 Plans', () => {
    it('§3.7 Timeline: plan progress bar; completed, in progress, failed, not started', async () => {
      const replanned = await stage.screens.timeline('order-1');
      expect(replanned.tags[semconv.ATTR_PLAN_BAR]).toBe('[■ Order from supplier] [▪ Ship] [  Tell customer]');
      const failed = await stage.screens.timeline('order-7');
      expect(failed.tags[semconv.ATTR_PLAN_BAR]).toBe('[■ Read order] [✗ Reserve] [  Ship]');
    });

    it('§3.7 Timeline detail: a plan node shows goal, step count and revision', async () => {
      const plans = (await stage.screens.timeline('order-1')).events(semconv.EVENT_PLAN_CREATED);
      expect(
        plans.map((plan) => [
          plan[semconv.ATTR_PLAN_GOAL],
          listIn(plan, semconv.ATTR_PLAN_STEPS),
          plan[semconv.ATTR_PLAN_REVISION],
        ]),
      ).toEqual([
        ['Ship the order', ['Read order', 'Check stock', 'Price', 'Ship'], 0],
        ['Order it first', ['Order from supplier', 'Ship', 'Tell customer'], 1],
      ]);
    });

    it('§3.7 Activity Stream: plan_created and plan_step events with step index and status', async () => {
      expect(await stage.screens.stream('task', semconv.EVENT_PLAN_CREATED)).toHaveLength(3);
      const steps = await stage.screens.stream('task', semconv.EVENT_PLAN_STEP);
      const ofTask = steps.filter(({ labels }) => labels[label(semconv.ATTR_TASK_ID)] === 'order-7');
      expect(pick(ofTask, semconv.ATTR_PLAN_STEP_INDEX, semconv.ATTR_PLAN_STEP_ACTION)).toEqual([
        ['0', 'completed'],
        ['1', 'started'],
        ['1', 'failed'],
      ]);
    });
  });

  describe('§4.7 Escalations', () => {
    it('§4.7 Timeline: escalation node with the summary text', async () => {
      const [escalation] = (await stage.screens.timeline('order-3')).events(semconv.EVENT_ESCALATION);
      expect(escalation).toMatchObject({
        [semconv.ATTR_SUMMARY]: 'No rule for this order',
        [semconv.ATTR_ESCALATION_ASSIGNED_TO]: 'stock-team',
        [semconv.ATTR_ESCALATION_REASON]: 'unknown_product',
      });
    });

    it('§4.7 Activity Stream: escalated event, visible under the "human" filter', async () => {
      expect(await stage.screens.stream('human', semconv.EVENT_ESCALATION)).toHaveLength(1);
    });

    it('§4.7 Agent card: no direct badge change, unlike an approval', async () => {
      expect(await stage.screens.card('escalations', DEMO.agent, DEMO.environment)).toBe(2);
      expect(await stage.screens.card('waiting', DEMO.agent, DEMO.environment)).toBe(0);
      expect(await stage.screens.card('waiting', orders)).toBe(1);
    });
  });

  describe('§5.9 Issues', () => {
    it('§5.9 Agent card: issue badge', async () => {
      await until(async () => expect(await stage.screens.card('issues', orders)).toBe(3));
    });

    it('§5.9 Pipeline tab: active issues with severity, category and occurrence count', async () => {
      await until(async () => {
        const active = (await stage.screens.rows('issues.active')).map(({ labels }) => labels);
        expect(active).toContainEqual(
          expect.objectContaining({
            [label(semconv.ATTR_ISSUE_ID)]: ISSUES.supplier,
            [label(semconv.ATTR_ISSUE_SEVERITY)]: 'medium',
            [label(semconv.ATTR_AGENT_ID)]: orders,
          }),
        );
        const told = await stage.screens.rows('issues.told');
        const supplier = told.filter(({ labels }) => labels[label(semconv.ATTR_ISSUE_ID)] === ISSUES.supplier);
        expect(Math.max(...supplier.map(({ value }) => value))).toBe(7);
        expect(supplier[0]?.labels).toMatchObject({ [label(semconv.ATTR_ISSUE_CATEGORY)]: 'connectivity' });
      });
    });

    it('§5.9 Activity Stream: issue events by severity; resolved issues too', async () => {
      const reported = await stage.screens.stream('pipeline', semconv.EVENT_ISSUE_REPORTED);
      const severities = new Set(reported.map(({ labels }) => labels['severity_number']));
      expect(severities).toEqual(new Set(['9', '13', '17', '21']));
      const resolved = await stage.screens.stream('pipeline', semconv.EVENT_ISSUE_RESOLVED);
      expect(resolved.map(({ text }) => text)).toEqual([
        expect.stringContaining('CRM API recovered'),
        expect.stringContaining('Payments work again'),
      ]);
    });

    it('§5.9 Stats: active_issues of the agent', async () => {
      await until(async () =>
        expect(await stage.screens.rows('agent.issues', { agent: orders })).toMatchObject([{ value: 3 }]),
      );
    });
  });

  describe('§6.6 Queue snapshots', () => {
    it('§6.6 Agent card: queue badge, blue to 5, amber above', async () => {
      expect(await stage.screens.card('queue', biller)).toBe(1);
      await until(async () => expect(await stage.screens.card('queue', orders)).toBe(8));
      expect(1).toBeLessThanOrEqual(THRESHOLDS.queueDepth);
      expect(8).toBeGreaterThan(THRESHOLDS.queueDepth);
    });

    it('§6.6 Pipeline tab: queue table with ID, priority, source, summary and age', async () => {
      const newest = await until(async () =>
        (await stage.screens.lines('agent.queue-items', { agent: orders })).at(-1),
      );
      expect(newest?.text).toMatch(/order-20 │ high │ webhook │ Order 20 │ since \d{4}-\d\d-\d\dT/);
      expect(newest?.text).toMatch(/in progress: .*order-8/);
    });

    it('§6.6 Agent stats: queue_depth', async () => {
      await until(async () =>
        expect(await stage.screens.rows('agent.queue', { agent: orders })).toMatchObject([{ value: 8 }]),
      );
    });

    it('§6.6 Activity Stream: queue_snapshot events under the "pipeline" filter', async () => {
      expect(await stage.screens.stream('pipeline', semconv.EVENT_QUEUE_SNAPSHOT, biller)).toHaveLength(2);
    });
  });

  describe('§7.6 Retries', () => {
    it('§7.6 Timeline: retry nodes with attempt count and backoff', async () => {
      const { events, tags } = await stage.screens.timeline('order-2');
      const retries = events(semconv.EVENT_RETRY);
      expect(retries.map((retry) => retry[semconv.ATTR_RETRY_ATTEMPT])).toEqual([1, 2, 3]);
      expect(retries.map((retry) => retry[semconv.ATTR_RETRY_BACKOFF_SECONDS])).toEqual([0.3, 0.6, 1.2]);
      expect(tags).toMatchObject({ [semconv.ATTR_RETRY_COUNT]: 3, [semconv.ATTR_RETRY_BACKOFF_TOTAL]: 2.1 });
    });

    it('§7.6 Activity Stream: retry_started events with attempt number', async () => {
      const retries = await stage.screens.stream('task', semconv.EVENT_RETRY, biller);
      expect(pick(retries, semconv.ATTR_RETRY_ATTEMPT)).toEqual(Array.from({ length: 24 }, (_, i) => [String(i + 1)]));
    });
  });

  describe('§8.10 Tools', () => {
    it('§8.10 Timeline: action nodes for each tool call, with tool name and duration', async () => {
      const { trace } = await stage.screens.timeline('order-1');
      const tools = trace.spans.filter(({ operationName }) => operationName.startsWith('execute_tool'));
      expect(tools.map(({ tags }) => tagsOf(tags)[semconv.ATTR_GEN_AI_TOOL_NAME]).sort()).toEqual([
        'handle_order',
        'read_order',
      ]);
      for (const { duration } of tools) expect(duration).toBeGreaterThan(0);
    });

    it('§8.10 Timeline (failed): a red node with exception type and message', async () => {
      const failed = (await stage.screens.timeline('order-7')).span('execute_tool reserve');
      expect(tagsOf(failed.tags)).toMatchObject({ error: true, [semconv.ATTR_ERROR_TYPE]: 'OutOfStock' });
      expect(eventsOf(failed)).toContainEqual(
        expect.objectContaining({
          event: semconv.EVENT_EXCEPTION,
          [semconv.ATTR_EXCEPTION_TYPE]: 'OutOfStock',
          [semconv.ATTR_EXCEPTION_MESSAGE]: '3 left, 5 ordered',
        }),
      );
    });

    it('§8.10 Timeline (nested): parent and child for nested tool calls', async () => {
      const { root, span } = await stage.screens.timeline('order-1');
      expect(isChildOf(span('execute_tool read_order'), span('execute_tool handle_order'))).toBe(true);
      expect(isChildOf(span('execute_tool handle_order'), root)).toBe(true);
    });

    it('§8.10 Activity Stream: action_started, action_completed and action_failed events', async () => {
      expect(await stage.screens.stream('action', semconv.EVENT_ACTION_STARTED)).toHaveLength(4);
      expect(await stage.screens.stream('action', semconv.EVENT_ACTION_COMPLETED)).toHaveLength(3);
      expect(await stage.screens.stream('action', semconv.EVENT_ACTION_FAILED)).toHaveLength(1);
    });

    it('§8.10 Activity Stream, "action" filter: only tool execution events', async () => {
      const names = (await stage.screens.stream('action')).map(({ labels }) => labels['event_name']);
      const { EVENT_ACTION_STARTED, EVENT_ACTION_COMPLETED, EVENT_ACTION_FAILED } = semconv;
      expect(new Set(names)).toEqual(new Set([EVENT_ACTION_STARTED, EVENT_ACTION_COMPLETED, EVENT_ACTION_FAILED]));
    });
  });

  it('beside the manual, Jaeger’s Monitor page: the calls of what the tools ask', async () => {
    const query = new URLSearchParams({ service: DEMO.service, spanKind: 'client', ...MONITOR });
    const answer = await fetch(`${stage.chain.jaeger.url}/api/metrics/calls?${query.toString()}`);
    const { metrics } = (await answer.json()) as MonitorAnswer;
    expect(metrics.map(({ labels }) => labels)).toContainEqual(
      expect.arrayContaining([{ name: 'operation', value: 'POST' }]),
    );
  });
});

/** What the page asks with: milliseconds. */
const MONITOR = { groupByOperation: 'true', lookback: '3600000', step: '60000', ratePer: '600000' };

interface MonitorAnswer {
  readonly metrics: readonly { readonly labels: readonly { readonly name: string; readonly value: string }[] }[];
}
