import { ATTR_EVENT_CATEGORY, type EventCategory } from '../../src/semconv.ts';
import type { SpanEvent } from '../../src/translator/otlp/model.ts';
import type { Arrived, ArrivedLog, ArrivedSpan } from './collector.ts';

const SEVERITY_ERROR = 17;

/** The one span of this name. @throws when there is none or more than one */
export function spanNamed({ spans }: Arrived, name: string): ArrivedSpan {
  const [found, ...others] = spans.filter((span) => span.name === name);
  if (found === undefined || others.length > 0) {
    throw new Error(`expected one span ${name} among: ${spans.map((span) => span.name).join(', ')}`);
  }
  return found;
}

/** The one span that has this value for this attribute. */
export function spanWith({ spans }: Arrived, key: string, value: string): ArrivedSpan {
  const [found, ...others] = spans.filter(({ attributes }) => attributes[key] === value);
  if (found === undefined || others.length > 0) throw new Error(`expected one span with ${key}=${value}`);
  return found;
}

/** The spans right below one, by their start. */
export function childrenOf({ spans }: Arrived, parent: ArrivedSpan): readonly ArrivedSpan[] {
  const children = spans.filter(({ traceId, parentSpanId }) => {
    return traceId === parent.traceId && parentSpanId === parent.spanId;
  });
  return byTime(children, ({ startTimeUnixNano }) => startTimeUnixNano);
}

/** The log events of this name, by their time. */
export function eventsNamed({ logs }: Arrived, name: string): readonly ArrivedLog[] {
  return inOrder(logs.filter(({ eventName }) => eventName === name));
}

export function spanEventsNamed(span: ArrivedSpan, name: string): readonly SpanEvent[] {
  return span.events.filter((event) => event.name === name);
}

/** What a filter of HiveLoop's activity stream shows: a category of events, or with `error` all of that severity. */
export function activityStream({ logs }: Arrived, filter: EventCategory | 'error'): readonly ArrivedLog[] {
  const isShown = ({ severityNumber, attributes }: ArrivedLog): boolean =>
    filter === 'error' ? severityNumber >= SEVERITY_ERROR : attributes[ATTR_EVENT_CATEGORY] === filter;
  return inOrder(logs.filter(isShown));
}

export function inOrder(logs: readonly ArrivedLog[]): readonly ArrivedLog[] {
  return byTime(logs, ({ timeUnixNano }) => timeUnixNano);
}

export function byTime<T>(items: readonly T[], timeOf: (item: T) => bigint): readonly T[] {
  return items.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
}
