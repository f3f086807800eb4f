import { HEALTH } from '../../queries/health.ts';
import { THRESHOLDS } from '../../thresholds.ts';
import { goodUntil, graph, type Row, row } from '../panels.ts';
import { over } from '../targets.ts';

export function healthCollector(): Row {
  return row('Collector', [
    graph({
      title: 'Queues',
      description: 'How full, by exporter. That to the translator is on disk and never drops: full, services get 503.',
      unit: 'percentunit',
      width: 12,
      height: 8,
      as: 'lines',
      limits: goodUntil(THRESHOLDS.queueFill, 'orange'),
      targets: [over(HEALTH.queueFill, '{{exporter}} {{data_type}}')],
    }),
    graph({
      title: 'Dropped',
      description: 'Given up or not taken within 15 min, by exporter. Nothing is what it should show.',
      unit: 'none',
      width: 12,
      height: 8,
      as: 'lines',
      targets: [over(HEALTH.dropped, '{{exporter}}')],
    }),
    graph({
      title: 'Accepted',
      description: 'Records taken, by receiver. Nothing: services do not send, or not here.',
      unit: 'none',
      width: 8,
      height: 8,
      as: 'bars',
      targets: [
        over(HEALTH.acceptedLogs, '{{receiver}} logs'),
        over(HEALTH.acceptedSpans, '{{receiver}} spans'),
        over(HEALTH.acceptedPoints, '{{receiver}} points'),
      ],
    }),
    graph({
      title: 'Refused',
      description: 'Records not taken (queue full, memory): their senders keep them.',
      unit: 'none',
      width: 8,
      height: 8,
      as: 'bars',
      targets: [
        over(HEALTH.refusedLogs, '{{receiver}} logs'),
        over(HEALTH.refusedSpans, '{{receiver}} spans'),
        over(HEALTH.refusedPoints, '{{receiver}} points'),
      ],
    }),
    graph({
      title: 'Sent',
      description: 'Records that a backend or the translator has taken, by exporter.',
      unit: 'none',
      width: 8,
      height: 8,
      as: 'bars',
      targets: [
        over(HEALTH.sentLogs, '{{exporter}} logs'),
        over(HEALTH.sentSpans, '{{exporter}} spans'),
        over(HEALTH.sentPoints, '{{exporter}} points'),
      ],
    }),
  ]);
}
