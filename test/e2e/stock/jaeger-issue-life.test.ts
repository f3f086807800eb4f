/** The life of an issue in the real Jaeger, as "last hour" of its search page and its page of a trace show it. */
import { expect, test, vi } from 'vitest';
import { prometheusName } from '../../../collector/grafana/src/names/prometheus-name.ts';
import UI from '../../../collector/jaeger/ui.json' with { type: 'json' };
import * as semconv from '../../../src/semconv.ts';
import { stock } from '../../support/backends/binaries.ts';
import { postOtlp } from '../../support/otlp-json.ts';
import {
  askExemplars,
  type JaegerSpan,
  type JaegerTrace,
  searchJaeger,
  tagsOf,
  traceOf,
} from '../../support/scenario/ask.ts';
import { LEGACY_AGE_MILLIS, legacyEvent } from '../../support/scenario/legacy.ts';
import { isChildOf } from '../../support/scenario/screens.ts';
import { AGENTS, ISSUES, SERVICES } from '../../support/scenario/service/names.ts';
import { useStage } from '../../support/scenario/stage.ts';

const PATIENCE = { timeout: 20_000, interval: 100 };
/** Jaeger counts in microseconds: a nanosecond that rounds up. */
const ONE_MICRO = 1;

stock("an issue's life, in the real Jaeger", () => {
  const stage = useStage();

  /** The traces of an issue that a search finds, once the spans of so many episodes are there. */
  function lives(service: string, issueId: string, closedEpisodes: number): Promise<readonly JaegerTrace[]> {
    return vi.waitFor(async () => {
      const traces = await searchJaeger(stage.chain, { service, tags: { [semconv.ATTR_ISSUE_ID]: issueId } });
      const derived = traces.filter((trace) =>
        trace.spans.every(({ operationName }) => operationName.startsWith('issue')),
      );
      expect(derived.filter((trace) => episodeOf(trace) !== undefined)).toHaveLength(closedEpisodes);
      return derived;
    }, PATIENCE);
  }

  test('it is a trace under the service that reported it: opened, each time it came back, resolved, and a span around them', async () => {
    const [life] = await lives(SERVICES.desk, ISSUES.crm, 1);
    expect(namesIn(life)).toEqual([
      'issue crm-403',
      'issue.opened',
      'issue.recurred',
      'issue.recurred',
      'issue.resolved',
    ]);
    const episode = episodeOf(life);
    if (life === undefined || episode === undefined) throw new Error('no episode');
    for (const span of life.spans) {
      expect(span === episode || isChildOf(span, episode), span.operationName).toBe(true);
      expect(tagsOf(span.tags), span.operationName).toMatchObject({
        [semconv.ATTR_ISSUE_ID]: ISSUES.crm,
        [semconv.ATTR_ISSUE_SUMMARY]: 'CRM API returns 403',
        [semconv.ATTR_AGENT_ID]: AGENTS.orders,
      });
    }
  });

  test('each of its spans shows first which issue it is, in the order of jaeger/ui.json', async () => {
    const [life] = await lives(SERVICES.desk, ISSUES.crm, 1);
    for (const { tags, operationName } of life?.spans ?? []) {
      const shown = asShown(tags.map(({ key }) => key));
      expect(shown.slice(0, 2), operationName).toEqual([semconv.ATTR_ISSUE_ID, semconv.ATTR_ISSUE_SUMMARY]);
    }
  });

  test('its span is as long as the issue was open, and says so beside the last step', async () => {
    const [life] = await lives(SERVICES.desk, ISSUES.crm, 1);
    const [opened, resolved] = [stepOf(life, 'opened'), stepOf(life, 'resolved')];
    const episode = episodeOf(life);
    expect(episode?.startTime).toBe(opened?.startTime);
    const open = (resolved?.startTime ?? 0) - (opened?.startTime ?? 0);
    expect(Math.abs((episode?.duration ?? 0) - open)).toBeLessThanOrEqual(ONE_MICRO);
    for (const span of [episode, resolved]) {
      const seconds = Number(tagsOf(span?.tags ?? [])[semconv.ATTR_ISSUE_TIME_TO_RESOLVE]);
      expect(Math.abs(seconds * 1e6 - open)).toBeLessThanOrEqual(ONE_MICRO);
    }
  });

  test('an issue and the task that reported it lead to each other', async () => {
    const [life] = await lives(SERVICES.desk, ISSUES.crm, 1);
    const task = await stage.screens.timeline('order-1');
    for (const span of life?.spans ?? []) {
      const link = span.references.find(({ refType }) => refType === 'FOLLOWS_FROM');
      const { spanID, tags } = task.trace.spans.find((one) => one.spanID === link?.spanID) ?? task.root;
      expect(link, span.operationName).toMatchObject({ traceID: task.trace.traceID, spanID });
      expect(tagsOf(tags)[semconv.ATTR_GEN_AI_OPERATION_NAME]).toBe('execute_tool');
      expect(tagsOf(span.tags)[semconv.ATTR_ISSUE_TRACE_ID]).toBe(task.trace.traceID);
    }
    expect(task.tags[semconv.ATTR_ISSUE_COUNT]).toBe(3);
    const tags = { [semconv.ATTR_ISSUE_TRACE_ID]: task.trace.traceID };
    const found = await searchJaeger(stage.chain, { service: SERVICES.desk, tags });
    expect(found.map(({ traceID }) => traceID)).toEqual([life?.traceID]);
  });

  test('an exemplar on the time to resolve leads to the task that reported it', async () => {
    const { root } = await stage.screens.timeline('order-1');
    const metric = `${prometheusName(semconv.METRIC_ISSUE_TIME_TO_RESOLVE)}_bucket`;
    await vi.waitFor(async () => {
      const exemplars = await askExemplars(stage.chain, metric);
      expect(exemplars).toContainEqual(
        expect.objectContaining({ [semconv.ATTR_ISSUE_ID]: ISSUES.crm, trace_id: root.traceID }),
      );
    }, PATIENCE);
  });

  test('nothing in it is warned of, in the search and on its own page', async () => {
    const [life] = await lives(SERVICES.desk, ISSUES.crm, 1);
    const page = await traceOf(stage.chain, life?.traceID ?? '');
    expect(page.spans).toHaveLength(5);
    expect([life, page].flatMap(warningsIn)).toEqual([]);
  });

  test.each([SERVICES.desk, SERVICES.billing])('no task of %s is warned of', async (service) => {
    const traces = await searchJaeger(stage.chain, { service });
    const tasks = traces.filter((trace) => trace.spans.some(({ operationName }) => isTaskName(operationName)));
    expect(tasks.length).toBeGreaterThan(5);
    expect(tasks.flatMap(warningsIn)).toEqual([]);
  });

  test('an issue that came back is a trace for each time; the one that is open warns of its parent alone', async () => {
    const traces = await lives(SERVICES.desk, ISSUES.payment, 1);
    const [closed, open] = [traces.find(episodeOf), traces.find((trace) => episodeOf(trace) === undefined)];
    expect(traces).toHaveLength(2);
    expect(namesIn(closed)).toEqual(['issue pay-down', 'issue.opened', 'issue.resolved']);
    expect(warningsIn(closed)).toEqual([]);
    expect(namesIn(open)).toEqual(['issue.reopened']);
    expect(warningsIn(open)).toEqual([expect.stringMatching(/^invalid parent span IDs=/)]);
  });

  test('an issue that a person dismissed ends with that step', async () => {
    const [life] = await lives(SERVICES.desk, ISSUES.flaky, 1);
    expect(namesIn(life)).toEqual([
      'issue flaky-label-printer',
      'issue.dismissed',
      'issue.opened',
      'issue.recurred',
      'issue.severity_changed',
    ]);
    expect(warningsIn(life)).toEqual([]);
  });

  test('an issue that was open for two days is found by "last hour" by its daily sign, and by its end the moment it is resolved, with its whole life', async () => {
    const search = { service: SERVICES.legacy, tags: { [semconv.ATTR_ISSUE_ID]: ISSUES.disk } };
    const [open] = await lives(SERVICES.legacy, ISSUES.disk, 0);
    expect(namesIn(open)).toEqual(['issue.checkpoint', 'issue.opened']);
    expect(await searchJaeger(stage.chain, { ...search, operation: 'issue.opened' })).toEqual([]);
    const now = Date.now();
    const resolve = legacyEvent(semconv.EVENT_ISSUE_RESOLVED, 'Disk was cleaned', now);
    expect(await postOtlp(stage.chain.collector.urls.otlpHttp, 'logs', resolve)).toBe(200);
    const [life] = await lives(SERVICES.legacy, ISSUES.disk, 1);
    console.log(`found in Jaeger ${Date.now() - now} ms after it was resolved`);
    expect(namesIn(life)).toEqual(['issue old-disk', 'issue.checkpoint', 'issue.opened', 'issue.resolved']);
    expect(warningsIn(life)).toEqual([]);
    const openMicros = episodeOf(life)?.duration ?? 0;
    expect(openMicros).toBeGreaterThanOrEqual(LEGACY_AGE_MILLIS * 1000);
    expect(openMicros).toBeLessThan((LEGACY_AGE_MILLIS + 300_000) * 1000);

    const byService = await searchJaeger(stage.chain, { service: SERVICES.legacy });
    const byStep = await searchJaeger(stage.chain, { ...search, operation: 'issue.resolved' });
    for (const found of [byService, byStep]) expect(found.map(({ traceID }) => traceID)).toEqual([life?.traceID]);
  });
});

/** Tags in the order in which Jaeger's UI shows them. */
function asShown(keys: readonly string[]): readonly string[] {
  const { topTagPrefixes } = UI;
  const rank = (key: string): number => {
    const index = topTagPrefixes.findIndex((prefix) => key.startsWith(prefix));
    return index === -1 ? topTagPrefixes.length : index;
  };
  return [...keys].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function episodeOf(trace: JaegerTrace | undefined): JaegerSpan | undefined {
  return trace?.spans.find(({ operationName }) => operationName.startsWith(`${semconv.SPAN_ISSUE} `));
}

function isTaskName(operation: string): boolean {
  return operation.startsWith(`${semconv.OPERATION_INVOKE_AGENT} `);
}

function stepOf(trace: JaegerTrace | undefined, transition: string): JaegerSpan | undefined {
  return trace?.spans.find(({ operationName }) => operationName === `${semconv.SPAN_ISSUE}.${transition}`);
}

function namesIn(trace: JaegerTrace | undefined): readonly string[] {
  return (trace?.spans ?? []).map(({ operationName }) => operationName).sort();
}

function warningsIn(trace: JaegerTrace | undefined): readonly string[] {
  return [...(trace?.warnings ?? []), ...(trace?.spans ?? []).flatMap(({ warnings }) => warnings ?? [])];
}
