import { hash } from 'node:crypto';
import type { IssueRecord } from '../../lifecycle/issue.ts';
import type { SpanReference } from '../../lifecycle/issue-event.ts';
import type { Checkpoint } from '../../lifecycle/checkpoint.ts';
import type { Told } from '../../lifecycle/story.ts';
import { SPAN_ISSUE } from '../../semconv.ts';
import type { Encodable, EncodableSpans, EncodedAttributes } from '../otlp/encoded-attributes.ts';
import type { Resource, Span, SpanLink } from '../otlp/model.ts';
import { issueSource } from './issue-source.ts';
import { TRANSLATOR_SCOPE } from './resource.ts';
import { transitionAttributes } from './transition-attributes.ts';

const KIND_INTERNAL = 1;
/** Jaeger takes a span that ends when it starts for one of negative length, mends it so and warns of it. */
const INSTANT_NANOS = 1n;

/** What the log event and the spans of a told transition share. */
export interface ToldContext {
  readonly issue: IssueRecord;
  readonly ids: SpanReference & { readonly parentSpanId: string };
  readonly resource: Resource;
  readonly attributes: EncodedAttributes;
}

export function describeTold(issue: IssueRecord, told: Told | Checkpoint): ToldContext {
  const { key, identity } = issue;
  return {
    issue,
    ids: transitionSpanIds(key, told),
    resource: issueSource(issue).resource,
    attributes: transitionAttributes(key, identity, told),
  };
}

/**
 * The spans of a told transition. A trace is one episode of one issue: each transition is a span of one nanosecond, sent at
 * once and linked to the span that reported the problem; the closing brings their parent, from opened to closed.
 * The names are few, so that a backend's list of operations stays short: which issue it is, the first attributes say.
 */
export function lifecycleSpans(
  { issue, ids, resource, attributes }: ToldContext,
  told: Told | Checkpoint,
): EncodableSpans {
  const { identity } = issue;
  const { traceId, spanId, parentSpanId } = ids;
  const common = { traceId, kind: KIND_INTERNAL, attributes, events: [], statusCode: 0, statusMessage: '' };
  const spans: Encodable<Span>[] = [
    {
      ...common,
      spanId,
      parentSpanId,
      name: `${SPAN_ISSUE}.${told.transition}`,
      startTimeUnixNano: told.at,
      endTimeUnixNano: told.at + INSTANT_NANOS,
      links: linkTo(told.report),
    },
  ];
  if (told.episodeSpan !== undefined) {
    spans.push({
      ...common,
      spanId: parentSpanId,
      parentSpanId: '',
      name: `${SPAN_ISSUE} ${identity.issueId || identity.fingerprint}`,
      startTimeUnixNano: told.episodeSpan.from,
      endTimeUnixNano: told.episodeSpan.to + INSTANT_NANOS,
      links: linkTo(told.report),
    });
  }
  return { resource, scope: TRANSLATOR_SCOPE, spans };
}

/** Ids that are the same whenever the same thing is told. An `unmatched` belongs to no episode: a trace of its own, no parent. */
export function transitionSpanIds(
  key: string,
  told: Told | Checkpoint,
): SpanReference & { readonly parentSpanId: string } {
  const spanId = told.id.slice(0, 16);
  if (told.transition === 'unmatched') return { traceId: sha256(told.id).slice(0, 32), spanId, parentSpanId: '' };
  const episode = sha256(JSON.stringify([key, told.episode, 'episode']));
  return { traceId: episode.slice(0, 32), spanId, parentSpanId: episode.slice(32, 48) };
}

/** Node's own: it takes a third of the time of the one of the lifecycle, which may not ask Node. */
function sha256(text: string): string {
  return hash('sha256', text);
}

function linkTo({ traceId, spanId }: SpanReference): readonly SpanLink[] {
  return traceId === '' || spanId === '' ? [] : [{ traceId, spanId, attributes: {} }];
}
