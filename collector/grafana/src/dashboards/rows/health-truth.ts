import { HEALTH } from '../../queries/health.ts';
import { THRESHOLDS } from '../../thresholds.ts';
import { goodUntil, type Limits, type Row, row, stat } from '../panels.ts';
import { now } from '../targets.ts';

const UP: Limits = [
  [null, 'red'],
  [1, 'green'],
];

export function healthTruth(): Row {
  return row('Can the other pages be believed?', [
    stat({
      title: 'Age of the news',
      unit: 's',
      width: 4,
      target: now(HEALTH.snapshotAge, '{{instance}}'),
      limits: goodUntil(THRESHOLDS.snapshotSeconds),
      description: 'Since the translator last told which issues are open. Over 3 min: what is open is not known.',
    }),
    stat({
      title: 'Store made',
      unit: 's',
      width: 4,
      target: now(HEALTH.storeAge, '{{instance}}'),
      limits: [
        [null, 'orange'],
        [THRESHOLDS.storeAgeSeconds, 'green'],
      ],
      description: 'Age of the translator’s store. Under a day: issues that were open before are missing.',
    }),
    stat({
      title: 'Collector',
      unit: 'none',
      width: 4,
      target: now(HEALTH.collectorUp, '{{instance}}'),
      limits: UP,
      description: '1: it answers when it is scraped.',
    }),
    stat({
      title: 'Waits to be told',
      unit: 's',
      width: 4,
      target: now(HEALTH.outboxAge, '{{hiveloop_signal}}'),
      limits: goodUntil(THRESHOLDS.outboxSeconds),
      description:
        'Age of the oldest opening or closing that has not reached its backend. Over 5 min the translator is not ready.',
    }),
    stat({
      title: 'Parked',
      unit: 'none',
      width: 2,
      target: now(HEALTH.parked),
      limits: goodUntil(1, 'orange'),
      description: 'Refused by the backend for good and set aside, since the store was made.',
    }),
    stat({
      title: 'Aged out',
      unit: 'none',
      width: 2,
      target: now(HEALTH.agedOut),
      limits: goodUntil(1),
      description: 'Never told: the backend was away for too long.',
    }),
    stat({
      title: 'Rejected',
      unit: 'none',
      width: 2,
      target: now(HEALTH.rejectedBelow),
      limits: goodUntil(1, 'orange'),
      description: 'Rejected by the backend inside an answer of success.',
    }),
    stat({
      title: 'Window shortened',
      unit: 'none',
      width: 2,
      target: now(HEALTH.shortened),
      limits: goodUntil(1, 'orange'),
      description: 'Events folded early: an issue has more than 1 024 reports within the window.',
    }),
  ]);
}
