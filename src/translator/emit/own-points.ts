import {
  ATTR_RESULT,
  ATTR_SIGNAL,
  METRIC_ISSUE_OPENED_AT_OMITTED,
  METRIC_TRANSLATOR_EVENTS,
  METRIC_TRANSLATOR_EVENTS_RECEIVED,
  METRIC_TRANSLATOR_OUTBOX_AGED_OUT,
  METRIC_TRANSLATOR_OUTBOX_OLDEST_AGE,
  METRIC_TRANSLATOR_OUTBOX_PARKED,
  METRIC_TRANSLATOR_OUTBOX_REJECTED,
  METRIC_TRANSLATOR_OUTBOX_ROWS,
  METRIC_TRANSLATOR_RECORDS,
  METRIC_TRANSLATOR_SNAPSHOT_TIME,
  METRIC_TRANSLATOR_STORE_CREATED,
  METRIC_TRANSLATOR_WINDOW_SHORTENED,
  type MetricDefinition,
} from '../../semconv.ts';
import type { AccountingField } from '../accounting.ts';
import type { Attributes } from '../otlp/model.ts';
import { type Counters, outboxCounter, type OutboxDepth, type OutgoingSignal } from '../store/store.ts';
import { answerPoints } from './answer-points.ts';
import type { OwnPoint } from './own-point.ts';
import { seconds } from './transition-attributes.ts';

export interface OwnReading {
  /** Unix ns. */
  readonly at: bigint;
  readonly storeCreatedAt: bigint;
  readonly counters: Counters;
  readonly depth: OutboxDepth;
  /** Open issues that are not among the most severe. */
  readonly omittedIssues: number;
}

const RESULTS: readonly AccountingField[] = ['applied', 'duplicate', 'straggler', 'rejected'];
const BYSTANDERS = [
  ['other', 'other'],
  ['foreign', 'foreign'],
  ['ownInput', 'own_input'],
] as const satisfies readonly (readonly [AccountingField, string])[];
const SIGNALS: readonly OutgoingSignal[] = ['logs', 'traces'];
const OUTBOX_COUNTERS = [
  [METRIC_TRANSLATOR_OUTBOX_PARKED, 'parked'],
  [METRIC_TRANSLATOR_OUTBOX_AGED_OUT, 'agedOut'],
  [METRIC_TRANSLATOR_OUTBOX_REJECTED, 'rejected'],
] as const;

/** What the translator says of itself. Counters stand at 0 from the start, so that the first of a kind is seen as a rise. */
export function ownPoints({ at, storeCreatedAt, counters, depth, omittedIssues }: OwnReading): readonly OwnPoint[] {
  const count = (field: AccountingField): number => counters.get(field) ?? 0;
  const point = (definition: MetricDefinition, value: number, attributes: Attributes = {}): OwnPoint => ({
    definition,
    attributes,
    value,
  });
  return [
    point(METRIC_TRANSLATOR_EVENTS_RECEIVED, count('received')),
    ...RESULTS.map((result) => point(METRIC_TRANSLATOR_EVENTS, count(result), { [ATTR_RESULT]: result })),
    ...BYSTANDERS.map(([field, result]) => point(METRIC_TRANSLATOR_RECORDS, count(field), { [ATTR_RESULT]: result })),
    ...answerPoints(counters),
    point(METRIC_TRANSLATOR_WINDOW_SHORTENED, count('windowShortened')),
    ...SIGNALS.flatMap((signal) => {
      const label = { [ATTR_SIGNAL]: signal };
      const { rows, oldestQueuedAt } = depth[signal];
      const age = rows === 0 || oldestQueuedAt > at ? 0 : seconds(at - oldestQueuedAt);
      return [
        point(METRIC_TRANSLATOR_OUTBOX_ROWS, rows, label),
        point(METRIC_TRANSLATOR_OUTBOX_OLDEST_AGE, age, label),
        ...OUTBOX_COUNTERS.map(([definition, what]) =>
          point(definition, counters.get(outboxCounter(what, signal)) ?? 0, label),
        ),
      ];
    }),
    point(METRIC_ISSUE_OPENED_AT_OMITTED, omittedIssues),
    point(METRIC_TRANSLATOR_SNAPSHOT_TIME, seconds(at)),
    point(METRIC_TRANSLATOR_STORE_CREATED, seconds(storeCreatedAt)),
  ];
}
