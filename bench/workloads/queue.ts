import { metrics, type Gauge } from '@opentelemetry/api';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import { METRIC_QUEUE_DEPTH, METRIC_QUEUE_OLDEST_AGE, type MetricDefinition } from '../../src/semconv.ts';
import { AGENT, AGENT_TYPE } from './agent-work.ts';
import { nextUid, SCOPE, SCOPE_VERSION } from './by-hand.ts';
import type { Work } from './work.ts';

/* One snapshot of the queue: two gauges and a log record. */

export function openQueueByHiveLoop({ init }: typeof import('hiveloop-otel')): Work {
  const agent = init().agent(AGENT, { type: AGENT_TYPE, heartbeatIntervalSeconds: 0 });
  return (count) => {
    agent.queueSnapshot({ depth: count & 15, oldestAgeSeconds: 120 });
  };
}

export function openQueueByHand(): Work {
  const logger = logs.getLogger(SCOPE, SCOPE_VERSION);
  const meter = metrics.getMeter(SCOPE, SCOPE_VERSION);
  const gauge = ({ name, unit, description }: MetricDefinition): Gauge =>
    meter.createGauge(name, { unit, description });
  const depthGauge = gauge(METRIC_QUEUE_DEPTH);
  const ageGauge = gauge(METRIC_QUEUE_OLDEST_AGE);
  return (count) => {
    const depth = count & 15;
    depthGauge.record(depth, { 'hiveloop.agent.id': 'lead-qualifier', 'hiveloop.agent.type': 'sales' });
    ageGauge.record(120, { 'hiveloop.agent.id': 'lead-qualifier', 'hiveloop.agent.type': 'sales' });
    logger.emit({
      eventName: 'hiveloop.queue.snapshot',
      severityNumber: SeverityNumber.DEBUG,
      severityText: 'DEBUG',
      body: `Queue: ${depth} items, oldest 120s`,
      attributes: {
        'log.record.uid': nextUid(),
        'hiveloop.event.category': 'pipeline',
        'hiveloop.agent.id': 'lead-qualifier',
        'hiveloop.agent.type': 'sales',
        'hiveloop.queue.depth': depth,
        'hiveloop.queue.oldest_item_age': 120,
      },
    });
  };
}
