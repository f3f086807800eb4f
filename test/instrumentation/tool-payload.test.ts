import { describe, expect, test } from 'vitest';
import { toolPayload } from '../../src/index.ts';
import * as semconv from '../../src/semconv.ts';
import { openHost, type HostOptions } from './host.ts';

const visible = (payload: object): object => Object.fromEntries(Object.entries(payload));

test("has the manual's field names, and leaves out what is not given", () => {
  const payload = toolPayload({
    args: { query: 'x', limit: 5 },
    success: false,
    error: new Error('403'),
    durationMs: 12.7,
    toolCategory: 'crm',
    httpStatus: 403,
    resultSizeBytes: 100,
  });

  expect(visible(payload)).toEqual({
    args: { query: 'x', limit: 5 },
    success: false,
    error: '403',
    duration_ms: 12,
    tool_category: 'crm',
    http_status: 403,
    result_size_bytes: 100,
  });
  expect(visible(toolPayload({}))).toEqual({ success: true });
});

test('cuts arguments at 500 and the result at 1 000 characters, or where it is told', () => {
  const long = 'x'.repeat(5000);
  const lengths = (input: object): unknown => {
    const payload = toolPayload({ args: { long }, result: long, ...input }) as {
      args: { long: string };
      result: string;
    };
    return [payload.args.long.length, payload.result.length];
  };
  expect(lengths({})).toEqual([500, 1000]);
  expect(lengths({ argsMaxLength: 10, resultMaxLength: 20 })).toEqual([10, 20]);
});

describe('the result of a tool', () => {
  const tell = (options: HostOptions, payload: object): unknown => {
    const host = openHost(options);
    host.agent('a1').trackContext('tool', (action) => action.setPayload({ ...payload }));
    const results = [host.span('execute_tool tool'), host.log(semconv.EVENT_ACTION_COMPLETED)].map(
      ({ attributes }) => attributes[`${semconv.ATTR_PAYLOAD_PREFIX}result`],
    );
    expect(results[0]).toBe(results[1]);
    return results[0];
  };

  test.each([
    [false, undefined],
    [true, '{"lead":"private"}'],
  ])('is content: when the host has captureContent %s it is told as %s', (captureContent, told) => {
    expect(tell({ init: { captureContent } }, toolPayload({ result: { lead: 'private' } }))).toBe(told);
  });

  test('is content also when the caller puts it into another payload', () => {
    expect(tell({}, { query: 'x', ...toolPayload({ result: 'private' }) })).toBeUndefined();
  });

  test("is told when it is a field of the caller's own payload", () => {
    expect(tell({}, { result: 'mine' })).toBe('mine');
  });
});
