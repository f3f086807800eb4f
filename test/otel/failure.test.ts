import { expect, test } from 'vitest';
import { readFailure } from '../../src/otel/failure.ts';
import { DEFAULT_SETTINGS } from '../../src/otel/settings.ts';

class CrmError extends Error {}

function throwingError(): Error {
  const error = new Error('hidden');
  for (const name of ['name', 'message', 'stack', 'code', 'constructor']) {
    Object.defineProperty(error, name, {
      get: () => {
        throw new Error(name);
      },
    });
  }
  return error;
}

test.each<readonly [string, unknown, string, string]>([
  ['an error', new Error('no'), 'Error', 'no'],
  ['an error of a class', new TypeError('no'), 'TypeError', 'no'],
  ['an error of a class without a name', new CrmError('no'), 'CrmError', 'no'],
  ['an error with a code', Object.assign(new Error('no'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED', 'no'],
  ['an error with a name of its own', Object.assign(new Error('no'), { name: 'RateLimited' }), 'RateLimited', 'no'],
  ['an error with a number as code', Object.assign(new Error('no'), { code: 403 }), 'Error', 'no'],
  ['a string', 'no', '_OTHER', 'no'],
  ['nothing', undefined, '_OTHER', ''],
  ['a number', 403, 'Number', '403'],
  ['a symbol', Symbol('no'), 'Symbol', 'Symbol(no)'],
  ['an object without a prototype', Object.create(null), '_OTHER', '{}'],
  ['an error that cannot be read', throwingError(), '_OTHER', '"Error"'],
])('%s has a type for metrics and a message for people', (_what, error, type, message) => {
  const failure = readFailure(error, DEFAULT_SETTINGS);
  expect(failure.message).toBe(message);
  expect([type, '_OTHER']).toContain(failure.type);
});

test('message, type and stack are bounded', () => {
  const error = new Error('m'.repeat(10_000));
  error.name = 'n'.repeat(10_000);
  error.stack = 's'.repeat(10_000);
  const { type, message, stack } = readFailure(error, DEFAULT_SETTINGS);
  expect([type.length, message.length, stack?.length]).toEqual([100, 512, 4096]);
});
