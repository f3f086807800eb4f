import type { AnyValue, Attributes, Span, SpanEvent } from '../../src/translator/otlp/model.ts';
import type { Arrived, ArrivedSpan } from './collector.ts';
import { byTime, childrenOf, inOrder } from './story.ts';
import { textOf } from './text.ts';

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const STATUSES = ['UNSET', 'OK', 'ERROR'];
const INDENT = '  ';

/** What differs from run to run, by attribute: the form that it must have, and what stands in its place. */
const PLACEHOLDERS: Readonly<Record<string, readonly [RegExp, string]>> = {
  'hiveloop.task.run_id': [/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, '<uuid>'],
  'log.record.uid': [/^\S{8,}$/, '<uid>'],
  'exception.stacktrace': [/^\S+: [^\n]+\n {4}at [^\n]+/, '<stack>'],
  'hiveloop.duration': [/^0\.\d+$/, '<seconds>'],
  'hiveloop.approval.wait': [/^0\.\d+$/, '<seconds>'],
};

/**
 * A trace as text, whole: each span with its kind, status, links and attributes (by name), and below them its events
 * and children together in the order of their times, which is the story as the manual draws it.
 */
export function renderTree(arrived: Arrived, span: ArrivedSpan): string {
  return lines(arrived, span).join('\n');
}

/** Every instant of a trace in the order of the calls that made it. An `exception` is told at the end of its span. */
export function instantsOf(arrived: Arrived, span: ArrivedSpan): readonly bigint[] {
  const inside = itemsOf(arrived, span).flatMap((item) => {
    if (!isSpan(item)) return item.name === 'exception' ? [] : [item.timeUnixNano];
    return instantsOf(arrived, item);
  });
  return [span.startTimeUnixNano, ...inside, span.endTimeUnixNano];
}

/**
 * The log events in the order of their times: name, body, and the span that each belongs to by its trace id and span id.
 * Of spans with one name in one trace, the second is `#2`.
 */
export function renderLogs({ logs, spans }: Arrived): string {
  return inOrder(logs)
    .map((record) => {
      const span = spans.find(({ traceId, spanId }) => traceId === record.traceId && spanId === record.spanId);
      const at = span === undefined ? 'no span' : nameInTrace(spans, span);
      return `${record.eventName} @ ${at}: ${textOf(record.body)}`;
    })
    .join('\n');
}

/** Attributes by name, what differs from run to run replaced. */
export function renderAttributes(attributes: Attributes): readonly string[] {
  return Object.keys(attributes)
    .sort()
    .map((key) => `${key}=${renderValue(key, attributes[key] ?? null)}`);
}

function lines(arrived: Arrived, span: ArrivedSpan): readonly string[] {
  const links = span.links.map(({ spanId }) => {
    return `link to ${arrived.spans.find((linked) => linked.spanId === spanId)?.name ?? 'nothing that arrived'}`;
  });
  const status = [STATUSES[span.statusCode], span.statusMessage].filter((part) => part !== '').join(': ');
  const items = itemsOf(arrived, span).flatMap((item) =>
    isSpan(item) ? lines(arrived, item) : [`· ${[item.name, ...renderAttributes(item.attributes)].join(' ')}`],
  );
  return [
    `${span.name} [${KINDS[span.kind] ?? ''}] [${status}]`,
    ...[...links, ...renderAttributes(span.attributes), ...items].map((line) => INDENT + line),
  ];
}

function nameInTrace(spans: readonly ArrivedSpan[], span: ArrivedSpan): string {
  const namesakes = spans.filter(({ traceId, name }) => traceId === span.traceId && name === span.name);
  const number = byTime(namesakes, ({ startTimeUnixNano }) => startTimeUnixNano).indexOf(span) + 1;
  return number === 1 ? span.name : `${span.name}#${number}`;
}

function itemsOf(arrived: Arrived, span: ArrivedSpan): readonly (ArrivedSpan | SpanEvent)[] {
  const items: readonly (ArrivedSpan | SpanEvent)[] = [...childrenOf(arrived, span), ...span.events];
  return byTime(items, (item) => (isSpan(item) ? item.startTimeUnixNano : item.timeUnixNano));
}

function isSpan(item: Span | SpanEvent): item is ArrivedSpan {
  return 'spanId' in item;
}

function renderValue(key: string, value: AnyValue): string {
  const [form, placeholder] = PLACEHOLDERS[key] ?? [];
  if (form?.test(textOf(value)) === true) return placeholder ?? '';
  return JSON.stringify(value);
}
