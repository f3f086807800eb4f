import {
  ATTR_AGENT_ID,
  ATTR_ISSUE_EPISODE,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_LATE,
  ATTR_ISSUE_SUMMARY,
  ATTR_ISSUE_TRANSITION,
  ATTR_LOG_RECORD_UID,
} from '../../../src/semconv.ts';
import type { DerivedSink, SendOutcome } from '../../../src/translator/outbox/derived-sink.ts';
import type { AnyValue, LogRecord, ScopeLogs, ScopeMetricData } from '../../../src/translator/otlp/model.ts';
import { labelOf } from './message.ts';
import type { ModelTold } from './model.ts';

/** A lifecycle event as a backend gets it. */
export interface Heard extends ModelTold {
  readonly id: string;
  readonly agent: string;
  readonly label: string;
}

/** A point of a cumulative counter. */
export interface CounterPoint {
  readonly metric: string;
  /** Resource and labels, as one text. */
  readonly series: string;
  readonly value: number;
}

const ACCEPTED: SendOutcome = { kind: 'accepted' };

/** A backend in process that keeps each lifecycle event and every snapshot of the counters. */
export class ToldSink implements DerivedSink {
  readonly heard: Heard[] = [];
  readonly snapshots: (readonly CounterPoint[])[] = [];

  logs(batch: readonly ScopeLogs[]): Promise<SendOutcome> {
    for (const { logRecords } of batch) this.heard.push(...logRecords.map(readHeard));
    return Promise.resolve(ACCEPTED);
  }

  traces(): Promise<SendOutcome> {
    return Promise.resolve(ACCEPTED);
  }

  metrics(batch: readonly ScopeMetricData[]): Promise<SendOutcome> {
    this.snapshots.push(batch.flatMap(readCounters));
    return Promise.resolve(ACCEPTED);
  }

  /** A counter as it was last said, all its series together. A snapshot may come in several requests. */
  total(metric: string): number {
    const last = new Map<string, number>();
    for (const point of this.snapshots.flat()) if (point.metric === metric) last.set(point.series, point.value);
    return [...last.values()].reduce((sum, value) => sum + value, 0);
  }
}

/** What a log event `hiveloop.issue.lifecycle` says. */
export function readHeard({ attributes, timeUnixNano }: LogRecord): Heard {
  const transition = text(attributes[ATTR_ISSUE_TRANSITION]);
  const agent = text(attributes[ATTR_AGENT_ID]);
  return {
    id: text(attributes[ATTR_LOG_RECORD_UID]),
    agent,
    label: labelOf(agent, text(attributes[ATTR_ISSUE_ID]), text(attributes[ATTR_ISSUE_SUMMARY])),
    transition,
    episode: Number(attributes[ATTR_ISSUE_EPISODE]),
    at: timeUnixNano,
    isLate: attributes[ATTR_ISSUE_LATE] === true,
  };
}

function readCounters({ resource, metrics }: ScopeMetricData): readonly CounterPoint[] {
  return metrics
    .filter(({ kind }) => kind === 'counter')
    .flatMap(({ name, points }) =>
      points.map(({ attributes, value }) => ({
        metric: name,
        series: JSON.stringify([resource.attributes, attributes]),
        value,
      })),
    );
}

function text(value: AnyValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
