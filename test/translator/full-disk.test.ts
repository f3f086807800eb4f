/** On a full disk nothing is written. All that only reads goes on, and so does what is sent without the store. */
import { expect, onTestFinished, test } from 'vitest';
import {
  ATTR_AGENT_ID,
  ATTR_ISSUE_TRANSITION,
  ATTR_LOG_RECORD_UID,
  ATTR_RESULT,
  METRIC_ISSUE_TRANSITIONS,
  METRIC_TRANSLATOR_RECORDS,
} from '../../src/semconv.ts';
import { issueRoutes } from '../../src/translator/api/issue-routes.ts';
import { metricsRoute } from '../../src/translator/api/metrics-route.ts';
import { healthRoutes } from '../../src/translator/http/health-routes.ts';
import { openOtlpServer } from '../../src/translator/http/server.ts';
import type { MetricData, ScopeLogs } from '../../src/translator/otlp/model.ts';
import { createTranslator, type Translator } from '../../src/translator/translator.ts';
import { issueLog, logBatch } from './issue-batches.ts';
import { RecordingSink } from './recording-sink.ts';
import { fillDisk } from './store/full-disk.ts';
import { NOW, pathOf } from './store/store-files.ts';

interface Full {
  readonly translator: Translator;
  readonly sink: RecordingSink;
  readonly errors: string[];
  readonly release: () => void;
}

/** Taken, and counted in memory only. */
const FOREIGN: readonly ScopeLogs[] = [
  {
    resource: { attributes: {} },
    scope: { name: 'theirs', version: '' },
    logRecords: [{ ...issueLog('report', 1), eventName: '' }],
  },
];

async function open(sink: RecordingSink, errors: string[] = []): Promise<Translator> {
  const translator = await createTranslator({
    store: `sqlite:${pathOf()}`,
    sink,
    now: () => NOW,
    onError: ({ message }) => errors.push(message),
  });
  // On a full disk it says that it could not finish.
  onTestFinished(() => translator.close().catch(() => undefined));
  return translator;
}

/** It knows an issue that no snapshot of the metrics has told yet, and has taken five foreign records since the disk is full. */
async function openFull(): Promise<Full> {
  const sink = new RecordingSink();
  const errors: string[] = [];
  const translator = await open(sink, errors);
  await translator.receiver.logs(logBatch(issueLog('report', 1)));
  const release = fillDisk();
  onTestFinished(release);
  const tooMany = Array.from({ length: 2000 }, (_, n) =>
    issueLog('report', 2, { [ATTR_LOG_RECORD_UID]: `u-${String(n)}`, [ATTR_AGENT_ID]: `agent-${String(n)}` }),
  );
  expect(await translator.receiver.logs(logBatch(...tooMany))).toMatchObject({ kind: 'retryable' });
  for (let n = 0; n < 5; n++) expect(await translator.receiver.logs(FOREIGN)).toMatchObject({ kind: 'accepted' });
  return { translator, sink, errors, release };
}

function foreignIn(metrics: readonly (MetricData | undefined)[]): number | undefined {
  const points = metrics.find((metric) => metric?.name === METRIC_TRANSLATOR_RECORDS.name)?.points ?? [];
  return points.find(({ attributes }) => attributes[ATTR_RESULT] === 'foreign')?.value;
}

test('/metrics, the health and the issues are answered on a full disk, and /readyz is 503 and says why', async () => {
  const { translator } = await openFull();
  const routes = [...healthRoutes(() => translator.health()), ...issueRoutes(translator), metricsRoute(translator)];
  const server = await openOtlpServer({ host: '127.0.0.1', port: 0, receiver: translator.receiver, routes });
  onTestFinished(() => server.close());
  const get = async (path: string): Promise<string> => {
    const answer = await fetch(server.url + path);
    return `${String(answer.status)} ${await answer.text()}`;
  };
  expect(await get('/metrics')).toMatch(/^200 [^]*hiveloop_translator_records_total{hiveloop_result="foreign"} 5\n/);
  expect(await get('/healthz')).toMatch(/^200 /);
  expect(await get('/readyz')).toMatch(/^503 .*the disk of the store .* is full/);
  expect(await get('/api/issues?state=open')).toMatch(/^200 .*crm-403/);
  expect(await get('/api/issues')).toMatch(/^200 .*crm-403/);
  const [{ key } = { key: '' }] = await translator.issues();
  expect(await get(`/api/issues/${key}`)).toMatch(/^200 .*opened/);
});

test('what is counted in memory is among what is read and sent, once, and in the store when there is room', async () => {
  const { translator, sink, release } = await openFull();
  expect((await translator.counters()).foreign).toBe(5);
  expect(foreignIn(await translator.metrics())).toBe(5);
  await translator.flush();
  expect(foreignIn([sink.metric(METRIC_TRANSLATOR_RECORDS.name)])).toBe(5);

  release();
  await translator.flush();
  expect((await translator.counters()).foreign).toBe(5);
  expect(foreignIn([sink.metric(METRIC_TRANSLATOR_RECORDS.name)])).toBe(5);
  await translator.close();
  const next = await open(sink);
  expect((await next.counters()).foreign).toBe(5);
  expect(foreignIn(await next.metrics())).toBe(5);
});

test('a snapshot with series that are new is sent although they cannot be remembered, and they are when there is room', async () => {
  const { translator, sink, errors, release } = await openFull();
  await translator.flush();
  const transitions = sink.metric(METRIC_ISSUE_TRANSITIONS.name)?.points ?? [];
  expect(transitions.map(({ attributes }) => attributes[ATTR_ISSUE_TRANSITION])).toEqual(['opened']);
  expect(errors.join('\n')).toContain('the series that were sent could not be remembered');
  release();
  errors.length = 0;
  await translator.flush();
  expect(errors).toEqual([]);
});

test('a count is never missing and never double while a commit takes it along', async () => {
  const translator = await open(new RecordingSink());
  let taken = 0;
  const commits: Promise<unknown>[] = [];
  const read: (readonly number[])[] = [];
  for (let n = 0; n < 200; n++) {
    await translator.receiver.logs(FOREIGN);
    taken++;
    commits.push(translator.receiver.logs(logBatch(issueLog('report', 1, { [ATTR_LOG_RECORD_UID]: String(n) }))));
    // At every distance from the commit: before its turn, in it, and after it.
    for (let ticks = 0; ticks < n % 12; ticks++) await Promise.resolve();
    if (n % 3 === 0) await new Promise(setImmediate);
    const [{ foreign }, metrics] = await Promise.all([translator.counters(), translator.metrics()]);
    read.push([taken, foreign, foreignIn(metrics) ?? NaN]);
  }
  await Promise.all(commits);
  expect(read).toEqual(read.map(([expected]) => [expected, expected, expected]));
});
