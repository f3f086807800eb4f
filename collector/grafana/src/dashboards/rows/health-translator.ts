import { HEALTH } from '../../queries/health.ts';
import { goodUntil, graph, type Row, row, stat } from '../panels.ts';
import { now, over } from '../targets.ts';

export function healthTranslator(): Row {
  return row('Translator', [
    stat({
      title: 'Issue events received',
      unit: 'none',
      width: 6,
      target: now(HEALTH.receivedEvents),
      description: 'Within the time shown.',
    }),
    stat({
      title: 'accounted for',
      unit: 'none',
      width: 6,
      target: now(HEALTH.accountedEvents),
      description: 'Applied, duplicate, straggler or rejected: always the same number as received.',
    }),
    stat({
      title: 'Tokens refused by the Collector',
      unit: 'none',
      width: 6,
      target: now(HEALTH.unauthorized),
      none: '0',
      limits: goodUntil(1),
      description: 'Requests with no token or a wrong one. Counted only with overlays/tls-auth.yaml.',
    }),
    stat({
      title: 'Tokens refused by the translator',
      unit: 'none',
      width: 6,
      target: now(HEALTH.translatorUnauthorized),
      limits: goodUntil(1),
      description:
        'Requests with no token or a wrong one, where it has a --token-file. Their senders drop what they sent.',
    }),
    graph({
      title: 'Issue events',
      description:
        'By what became of them. Rejected: an agent sends no id or no summary. Straggler: later than the window.',
      unit: 'none',
      width: 8,
      height: 8,
      as: 'bars',
      targets: [over(HEALTH.events, '{{hiveloop_result}}')],
    }),
    graph({
      title: 'Other records',
      description: 'Records that came to the translator and are no issue events. Heartbeats are `other`.',
      unit: 'none',
      width: 8,
      height: 8,
      as: 'bars',
      targets: [over(HEALTH.records, '{{hiveloop_result}}')],
    }),
    graph({
      title: 'Outbox',
      description: 'Openings and closings that wait to be sent. A line that rises: the backend refuses or is away.',
      unit: 'none',
      width: 8,
      height: 8,
      as: 'lines',
      targets: [over(HEALTH.outboxRows, '{{hiveloop_signal}}')],
    }),
    graph({
      title: 'Answers',
      description:
        'Requests that the translator answered, by HTTP status. 503: its store or disk is in trouble, and senders keep their data.',
      unit: 'none',
      width: 12,
      height: 8,
      as: 'bars',
      targets: [over(HEALTH.answers, '{{http_response_status_code}}')],
    }),
    graph({
      title: 'Refusals',
      description:
        'Answers of 4xx, by signal: the sender drops that data. `other`: not OTLP, such as an API call. Which status: see Answers.',
      unit: 'none',
      width: 12,
      height: 8,
      as: 'bars',
      targets: [over(HEALTH.refusals, '{{hiveloop_signal}}')],
    }),
  ]);
}
