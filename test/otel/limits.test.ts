/** Limits at our edge: nothing that enters a signal is longer than its limit, and what is left out is counted. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogAttributes } from '@opentelemetry/api-logs';
import * as semconv from '../../src/semconv.ts';
import { openHost, type Host, textOf } from '../instrumentation/host.ts';

const LONG = 'x'.repeat(100_000);

/** Calls everything with strings that are too long. */
function tellAll(host: Host, text: string): void {
  const agent = host.agent(text, { type: text, version: text, framework: text });
  const options = { project: text, type: text, taskRunId: text, correlationId: text, conversationId: text };
  try {
    agent.task(text, options, (task) => {
      task.plan(
        text,
        Array.from({ length: 300 }, () => text),
      );
      task.planStep(0, 'completed', text);
      task.retry(text);
      task.escalate(text, { assignedTo: text, reason: text });
      task.requestApproval(text, { approver: text, approvalId: text });
      task.approvalReceived(text, { approvedBy: text, decision: text });
      task.llmCall(text, { model: text, provider: text, finishReasons: [text], metadata: { key: text, other: text } });
      task.event(text, { summary: text, key: text });
      task.trackContext(text, { callId: text, payload: { a: text, b: { c: text } } }, () => {
        throw new Error(text);
      });
    });
  } catch {
    // The error of the tool.
  }
  agent.reportIssue({ summary: text, severity: text, issueId: text, category: text, context: { a: text, b: [text] } });
  const item = { id: text, priority: text, source: text, summary: text, queuedAt: text };
  agent.queueSnapshot({
    depth: 1,
    items: Array.from({ length: 50 }, () => item),
    processing: { id: text, summary: text },
  });
  agent.todo(text, text, text, { priority: text, source: text, context: text, dueBy: text });
  agent.scheduled(Array.from({ length: 50 }, () => ({ id: text, name: text, interval: text, nextRun: text })));
  agent.stop();
}

function bytesOf(attributes: LogAttributes): number {
  return Buffer.byteLength(JSON.stringify(attributes));
}

describe('strings that are too long', () => {
  test('are cut in every signal', () => {
    const host = openHost({ init: { environment: LONG, group: LONG, captureContent: true } });
    tellAll(host, LONG);

    const ids = [semconv.ATTR_AGENT_ID, semconv.ATTR_TASK_ID, semconv.ATTR_TASK_RUN_ID, semconv.ATTR_ISSUE_ID];
    for (const { attributes, body, eventName = '' } of host.logs) {
      expect(textOf(body).length, eventName).toBeLessThanOrEqual(512);
      expect(eventName.length).toBeLessThanOrEqual(256);
      expect(bytesOf(attributes), eventName.slice(0, 40)).toBeLessThanOrEqual(48 * 1024);
      expect(Object.keys(attributes).length, eventName).toBeLessThanOrEqual(64);
      for (const id of ids) expect(textOf(attributes[id]).length).toBeLessThanOrEqual(256);
      expect(textOf(attributes[semconv.ATTR_ENVIRONMENT])).toHaveLength(64);
      expect(textOf(attributes[semconv.ATTR_GROUP])).toHaveLength(128);
    }
    for (const span of host.spans) {
      expect(span.name.length).toBeLessThanOrEqual(256 + 20);
      expect((span.status.message ?? '').length).toBeLessThanOrEqual(512);
      expect(bytesOf(span.attributes), span.name.slice(0, 40)).toBeLessThanOrEqual(48 * 1024);
      for (const event of span.events) expect(bytesOf(event.attributes ?? {})).toBeLessThanOrEqual(48 * 1024);
    }
    expect(host.logs.length).toBeGreaterThan(15);
  });

  test('are cut where the host says', () => {
    const host = openHost({ init: { limits: { summaryLength: 20, idLength: 10, payloadBytes: 100, queueItems: 2 } } });
    tellAll(host, LONG);

    expect(host.log(semconv.EVENT_RETRY).body).toBe(`${'x'.repeat(19)}…`);
    expect(host.log(semconv.EVENT_RETRY).attributes[semconv.ATTR_TASK_ID]).toBe(`${'x'.repeat(9)}…`);
    const items = textOf(host.log(semconv.EVENT_QUEUE_SNAPSHOT).attributes[semconv.ATTR_QUEUE_ITEMS]);
    expect(JSON.parse(items)).toHaveLength(2);
  });

  test('are never cut in the middle of a character', () => {
    const host = openHost();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 500, maxLength: 530 }), (summary) => {
        host.agent().todo('1', 'created', summary);
        const body = textOf(host.logsOf(semconv.EVENT_TODO).at(-1)?.body);
        expect(body.length).toBeLessThanOrEqual(512);
        expect(Buffer.from(body).toString()).toBe(body);
        expect(summary.startsWith(body.replace(/…$/, ''))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a payload', () => {
  const payloadOf = (host: Host): LogAttributes =>
    Object.fromEntries(
      Object.entries(host.log('custom').attributes).filter(
        ([key]) => key.startsWith(semconv.ATTR_PAYLOAD_PREFIX) || key === semconv.ATTR_DROPPED_ATTRIBUTES,
      ),
    );

  test('of too many fields keeps the first, and counts the rest', () => {
    const host = openHost();
    host.agent().event('custom', Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key${index}`, index])));

    const payload = payloadOf(host);
    expect(Object.keys(payload)).toHaveLength(41);
    expect(payload[semconv.ATTR_DROPPED_ATTRIBUTES]).toBe(60);
    expect(Object.keys(host.log('custom').attributes).length).toBeLessThanOrEqual(64);
  });

  test('of more than 32 KB keeps what fits, and counts the rest', () => {
    const host = openHost();
    host.agent().event('custom', { a: 'a'.repeat(20_000), b: 'b'.repeat(20_000), c: 'c'.repeat(20_000) });

    const payload = payloadOf(host);
    const [a, b] = ['a', 'b'].map((key) => textOf(payload[`${semconv.ATTR_PAYLOAD_PREFIX}${key}`]));
    expect(a).toHaveLength(20_000);
    expect(b?.endsWith('…')).toBe(true);
    expect((a?.length ?? 0) + (b?.length ?? 0)).toBeLessThanOrEqual(32_768);
    expect(payload[semconv.ATTR_DROPPED_ATTRIBUTES]).toBe(1);
  });

  test('keeps primitives as they are and writes the rest as JSON', () => {
    const host = openHost();
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    const payload = {
      text: 'x',
      number: 1.5,
      flag: false,
      nothing: null,
      missing: undefined,
      list: [1, 'two', null],
      date: new Date(0),
      big: 12n,
      infinite: Infinity,
      map: new Map([['key', new Set([1])]]),
      bytes: new Uint8Array(3),
      error: new Error('inside'),
      cycle,
      get broken(): never {
        throw new Error('getter');
      },
      fn: () => 1,
    };

    host.agent().event('custom', payload);

    expect(payloadOf(host)).toEqual(
      Object.fromEntries(
        Object.entries({
          text: 'x',
          number: 1.5,
          flag: false,
          list: '[1,"two",null]',
          date: '"1970-01-01T00:00:00.000Z"',
          big: '12',
          infinite: 'Infinity',
          map: '{"key":[1]}',
          bytes: '"[3 bytes]"',
          error: '"inside"',
          cycle: '{"self":"[circular]"}',
          broken: '[unreadable]',
        }).map(([key, value]) => [semconv.ATTR_PAYLOAD_PREFIX + key, value]),
      ),
    );
  });

  test('is never changed, and never walked beyond what is kept of it', () => {
    const host = openHost();
    let read = 0;
    const endless: unknown = new Proxy(
      Array.from({ length: 1_000_000 }, () => 'item'),
      {
        get: (target, key) => {
          if (typeof key === 'string' && /^\d+$/.test(key)) read += 1;
          return Reflect.get(target, key) as unknown;
        },
      },
    );
    const payload = Object.freeze({ endless, nested: Object.freeze({ text: LONG }) });

    host.agent().event('custom', payload);

    expect(read).toBeLessThan(10_000);
    expect(payload.nested.text).toHaveLength(100_000);
  });
});
