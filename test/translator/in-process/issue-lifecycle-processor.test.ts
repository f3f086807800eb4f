import { context, diag, DiagLogLevel, ROOT_CONTEXT, trace, type Attributes, type DiagLogger } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { init } from '../../../src/index.ts';
import {
  ATTR_AGENT_ID,
  ATTR_AGENT_STUCK_THRESHOLD,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_SEVERITY,
  ATTR_LOG_RECORD_UID,
  ATTR_SERVICE_NAME,
  ATTR_SUMMARY,
  EVENT_AGENT_HEARTBEAT,
  EVENT_AGENT_STOPPED,
  EVENT_ISSUE_REPORTED,
  EVENT_ISSUE_RESOLVED,
  SCOPE_TRANSLATOR,
} from '../../../src/semconv.ts';
import {
  IssueLifecycleProcessor,
  type IssueLifecycleProcessorOptions,
} from '../../../src/translator/in-process/issue-lifecycle-processor.ts';
import { AWAY, RecordingSink } from '../recording-sink.ts';

const resource = resourceFromAttributes({ [ATTR_SERVICE_NAME]: 'sales-agents' });
let uids = 0;

function issueAttributes(summary: string): Attributes {
  return {
    [ATTR_LOG_RECORD_UID]: `uid-${++uids}`,
    [ATTR_AGENT_ID]: 'lead-qualifier',
    [ATTR_ISSUE_ID]: 'crm-403',
    [ATTR_ISSUE_SEVERITY]: 'high',
    [ATTR_SUMMARY]: summary,
  };
}

function open(options: IssueLifecycleProcessorOptions = {}): {
  readonly processor: IssueLifecycleProcessor;
  readonly sink: RecordingSink;
} {
  const sink = new RecordingSink();
  const processor = new IssueLifecycleProcessor({ sink, ...options });
  onTestFinished(() => processor.shutdown());
  return { processor, sink };
}

/** What the host's `diag` logger was told. */
function listenToDiag(): readonly string[] {
  const told: string[] = [];
  const warn = (message: string): void => void told.push(message);
  const logger: DiagLogger = { error: warn, warn, info: warn, debug: warn, verbose: warn };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  return told;
}

afterEach(() => diag.disable());

test('with traces only, issues told by plain span events and by spans of their own have a life', async () => {
  const { processor, sink } = open();
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  const tracer = provider.getTracer('sales');

  const work = tracer.startSpan('work', {}, ROOT_CONTEXT);
  work.addEvent(EVENT_ISSUE_REPORTED, issueAttributes('CRM API returns 403'));
  work.addEvent('something else');
  work.end();
  await provider.forceFlush();
  expect(sink.transitions).toEqual(['opened']);

  tracer.startSpan(EVENT_ISSUE_RESOLVED, { attributes: issueAttributes('CRM API recovered') }).end();
  await provider.forceFlush();

  expect(sink.transitions).toEqual(['opened', 'resolved']);
  const [opened] = sink.logBatches.flat();
  expect(opened?.scope.name).toBe(SCOPE_TRANSLATOR);
  expect(opened?.resource.attributes).toMatchObject({ [ATTR_SERVICE_NAME]: 'sales-agents' });
  expect(sink.spans[0]?.links[0]?.spanId).toBe(work.spanContext().spanId);
  expect(await processor.issues()).toMatchObject([{ issueId: 'crm-403', state: 'resolved', occurrences: 1 }]);
});

test('with logs and traces, an issue that the instrumentation reports in a task counts once', async () => {
  const { processor, sink } = open();
  const tracerProvider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  const loggerProvider = new LoggerProvider({ resource, processors: [processor] });
  const hive = init({ tracerProvider, loggerProvider });
  onTestFinished(() => hive.shutdown());
  const agent = hive.agent('lead-qualifier', { heartbeatIntervalSeconds: 0 });

  await agent.task('lead-1', async () => {
    const report = { summary: 'CRM API returns 403', severity: 'high', issueId: 'crm-403' } as const;
    agent.reportIssue(report);
    agent.reportIssue(report);
    await Promise.resolve();
  });
  await Promise.all([tracerProvider.forceFlush(), loggerProvider.forceFlush()]);

  expect(await processor.issues()).toMatchObject([{ issueId: 'crm-403', state: 'open', occurrences: 2 }]);
  expect(sink.transitions).toEqual(['opened', 'recurred']);

  agent.resolveIssue('CRM API recovered', { issueId: 'crm-403' });
  await loggerProvider.forceFlush();
  expect(sink.transitions).toEqual(['opened', 'recurred', 'resolved']);
});

test('a host on SDK 1.x: an event name in an attribute, a scope under its old name', async () => {
  const { processor } = open();
  const reportedAt = Math.floor(Date.now() / 1000) - 120;
  const common = { resource: { attributes: {} }, attributes: issueAttributes('CRM API returns 403') };
  const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
  processor.onEmit({
    ...common,
    attributes: { ...common.attributes, 'event.name': EVENT_ISSUE_REPORTED },
    hrTime: [reportedAt, 5],
    hrTimeObserved: [reportedAt, 5],
    body: 'CRM API returns 403',
    spanContext,
    instrumentationScope: { name: 'sales' },
  });
  processor.onEnd({
    ...common,
    attributes: issueAttributes('it went away'),
    name: EVENT_ISSUE_RESOLVED,
    spanContext: () => spanContext,
    startTime: [reportedAt + 60, 5],
    endTime: [reportedAt + 60, 5],
    events: [],
    instrumentationLibrary: { name: 'sales', version: '1' },
  });
  expect(await processor.issues()).toMatchObject([
    {
      state: 'resolved',
      openedAt: `${new Date(reportedAt * 1000).toISOString().slice(0, 19)}.000000005Z`,
      timeToResolveSeconds: 60,
    },
  ]);
});

/** The wall clock, and with it the beat of agents, stands still where the test puts it; the processor's timers run. */
function stopClock(): (seconds: number) => void {
  const start = Date.now();
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now: start });
  onTestFinished(() => void vi.useRealTimers());
  return (seconds) => void vi.advanceTimersByTime(start + seconds * 1000 - Date.now());
}

describe('the mark stale', () => {
  /** Emits through a real logger provider what an agent says of itself; the time is the clock's. */
  function openAgents(): {
    readonly processor: IssueLifecycleProcessor;
    readonly say: (agent: string, eventName: string, attributes?: Attributes) => Promise<void>;
  } {
    const { processor } = open();
    const loggers = new LoggerProvider({ resource, processors: [processor] });
    const say = async (agent: string, eventName: string, attributes: Attributes = {}): Promise<void> => {
      const said = { ...attributes, [ATTR_AGENT_ID]: agent, [ATTR_AGENT_STUCK_THRESHOLD]: 100 };
      loggers.getLogger('l').emit({ eventName, timestamp: Date.now(), attributes: said });
      await loggers.forceFlush();
    };
    return { processor, say };
  }

  test('an open issue whose agent falls silent is stale, in process as in the service, until the next heartbeat', async () => {
    const setClock = stopClock();
    const { processor, say } = openAgents();
    await say('lead-qualifier', EVENT_ISSUE_REPORTED, issueAttributes('it fails'));
    await say('lead-qualifier', EVENT_AGENT_HEARTBEAT);
    for (const seconds of [30, 60, 90]) {
      setClock(seconds);
      await say('mailer', EVENT_AGENT_HEARTBEAT);
    }
    expect(await processor.issues()).toMatchObject([{ state: 'open', stale: false }]);
    setClock(101);
    expect(await processor.issues()).toMatchObject([{ state: 'open', stale: true }]);
    await say('lead-qualifier', EVENT_AGENT_HEARTBEAT);
    expect(await processor.issues()).toMatchObject([{ state: 'open', stale: false }]);
  });

  test('an agent that was stopped on purpose is not silent', async () => {
    const setClock = stopClock();
    const { processor, say } = openAgents();
    await say('lead-qualifier', EVENT_ISSUE_REPORTED, issueAttributes('it fails'));
    await say('lead-qualifier', EVENT_AGENT_HEARTBEAT);
    await say('lead-qualifier', EVENT_AGENT_STOPPED);
    setClock(60);
    await say('mailer', EVENT_AGENT_HEARTBEAT);
    setClock(101);
    expect(await processor.issues()).toMatchObject([{ state: 'open', stale: false }]);
  });

  test('the heartbeats of the instrumentation are signs of life', async () => {
    const setClock = stopClock();
    const { processor, say } = openAgents();
    const loggerProvider = new LoggerProvider({ resource, processors: [processor] });
    const hive = init({ loggerProvider });
    onTestFinished(() => hive.shutdown());
    const agent = hive.agent('lead-qualifier', { heartbeatIntervalSeconds: 30, stuckThresholdSeconds: 50 });
    agent.reportIssue({ summary: 'CRM API returns 403', severity: 'high' });
    for (const seconds of [30, 60, 90]) {
      setClock(seconds);
      await loggerProvider.forceFlush();
      expect(await processor.issues()).toMatchObject([{ agentId: 'lead-qualifier', stale: false }]);
    }
    hive.agent('lead-qualifier', { heartbeatIntervalSeconds: 0 });
    setClock(141);
    await say('mailer', EVENT_AGENT_HEARTBEAT);
    expect(await processor.issues()).toMatchObject([{ agentId: 'lead-qualifier', stale: true }]);
  });
});

test('the resource is read when its detectors are done', async () => {
  const { processor, sink } = open();
  const detected = Promise.resolve('detected');
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: detected }),
    spanProcessors: [processor],
  });
  provider
    .getTracer('t')
    .startSpan(EVENT_ISSUE_REPORTED, { attributes: issueAttributes('it fails') })
    .end();
  await provider.forceFlush();
  expect(sink.logBatches[0]?.[0]?.resource.attributes).toMatchObject({ [ATTR_SERVICE_NAME]: 'detected' });
});

test('one shutdown of two leaves it working for the provider that is left', async () => {
  const { processor, sink } = open();
  const tracers = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  const loggers = new LoggerProvider({ resource, processors: [processor] });
  tracers.getTracer('t').startSpan('work').end();
  const report = (): void =>
    loggers.getLogger('l').emit({ eventName: EVENT_ISSUE_REPORTED, attributes: issueAttributes('it fails') });
  report();
  await tracers.shutdown();
  report();
  await loggers.shutdown();
  expect(sink.transitions).toEqual(['opened', 'recurred']);

  processor.onEmit(undefined as never);
  await processor.forceFlush();
  await processor.shutdown();
  expect(await processor.issues()).toEqual([]);
});

test('it never throws into the host: broken records, a sink that throws, an address that is none', async () => {
  const told = listenToDiag();
  const broken = {
    get events(): never {
      throw new Error('no events for you');
    },
  };
  const { processor, sink } = open();
  processor.onEnd(broken as never);
  processor.onEmit({} as never);
  sink.answer = () => {
    throw new Error('the sink fell over');
  };
  const provider = new NodeTracerProvider({ spanProcessors: [processor] });
  provider
    .getTracer('t')
    .startSpan(EVENT_ISSUE_REPORTED, { attributes: issueAttributes('it fails') })
    .end();
  await processor.forceFlush();

  const off = new IssueLifecycleProcessor({ url: 'collector:4318' });
  off.onEnd(broken as never);
  await off.forceFlush();
  expect(await off.issues()).toEqual([]);
  await off.shutdown();

  expect(told.join('\n')).toMatch(/could not read a record: no events for you/);
  expect(told.join('\n')).toMatch(/the sink fell over/);
  expect(told.join('\n')).toMatch(/it is off: .*http or https URL/);
});

test('a flush ends when the sink is away, and what waited goes out with a later one', async () => {
  const { processor, sink } = open();
  const provider = new NodeTracerProvider({ spanProcessors: [processor] });
  sink.answer = () => AWAY;
  provider
    .getTracer('t')
    .startSpan(EVENT_ISSUE_REPORTED, { attributes: issueAttributes('it fails') })
    .end();
  await provider.forceFlush();
  expect(sink.transitions).toEqual([]);

  sink.answer = () => ({ kind: 'accepted' });
  await provider.forceFlush();
  expect(sink.transitions).toEqual(['opened']);
});

test('memory is bounded: what comes past 2 048 waiting records is lost, and said once', async () => {
  const told = listenToDiag();
  const { processor } = open();
  const provider = new NodeTracerProvider({ spanProcessors: [processor] });
  const tracer = provider.getTracer('t');
  for (let i = 0; i < 2100; i++) {
    tracer.startSpan(EVENT_ISSUE_REPORTED, { attributes: issueAttributes('it fails') }).end();
  }
  expect(await processor.issues()).toMatchObject([{ occurrences: 2048 }]);
  expect(told.filter((line) => line.includes('more than 2048 records came at once'))).toHaveLength(1);
});

test('spans and records that are not about issues are not kept at all', async () => {
  const { processor, sink } = open();
  const tracers = new NodeTracerProvider({ spanProcessors: [processor] });
  const loggers = new LoggerProvider({ processors: [processor] });
  context.with(trace.setSpan(ROOT_CONTEXT, tracers.getTracer('t').startSpan('work')), () => {
    loggers.getLogger('l').emit({ body: 'a line', eventName: 'app.started' });
  });
  await processor.forceFlush();
  expect(await processor.issues()).toEqual([]);
  expect(sink.attempts).toBe(0);
});
