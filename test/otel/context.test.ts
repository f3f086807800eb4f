import { context, createContextKey, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { hasContextManager, ScopeContext, scopeIn, spanIn, type ActiveScope } from '../../src/otel/context.ts';
import { openHost } from '../instrumentation/host.ts';

const KEY = createContextKey('test');

function scopeOf(spanId: string): ActiveScope & { readonly foreign: unknown[] } {
  const foreign: unknown[] = [];
  const span = trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId, traceFlags: 1 });
  return { span, foreign, noticeForeignSpan: (other) => foreign.push(other) };
}

test('a scope is found in its context, and so is its span by the API', () => {
  const scope = scopeOf('1'.repeat(16));
  const inside = new ScopeContext(ROOT_CONTEXT.setValue(KEY, 'kept'), scope);

  expect(scopeIn(inside)).toBe(scope);
  expect(trace.getSpan(inside)).toBe(scope.span);
  expect(spanIn(inside)).toBe(scope.span);
  expect(inside.getValue(KEY)).toBe('kept');
});

test('what is set or deleted over a scope leaves the scope below it', () => {
  const scope = scopeOf('1'.repeat(16));
  const inside = new ScopeContext(ROOT_CONTEXT.setValue(KEY, 'old'), scope);

  const changed = inside.setValue(KEY, 'new');
  expect([changed.getValue(KEY), scopeIn(changed), spanIn(changed)]).toEqual(['new', scope, scope.span]);
  const deleted = inside.deleteValue(KEY);
  expect([deleted.getValue(KEY), scopeIn(deleted)]).toEqual([undefined, scope]);
  expect(inside.getValue(KEY)).toBe('old');
});

test('a span of the host over a scope is current, is noticed, and leaves the scope below it', () => {
  const scope = scopeOf('1'.repeat(16));
  const other = trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 });
  const over = trace.setSpan(new ScopeContext(ROOT_CONTEXT, scope), other);

  expect(spanIn(over)).toBe(other);
  expect(scopeIn(over)).toBe(scope);
  expect(scope.foreign).toEqual([other]);
});

test('a scope inside a scope takes its place and keeps the depth', () => {
  const outer = new ScopeContext(ROOT_CONTEXT.setValue(KEY, 'kept'), scopeOf('1'.repeat(16)));
  const inner = new ScopeContext(outer, scopeOf('2'.repeat(16)));

  expect(inner.base).toBe(outer.base);
  expect(inner.getValue(KEY)).toBe('kept');
});

test('baggage and the like go through a scope', () => {
  openHost();
  const scope = scopeOf('1'.repeat(16));
  const baggage = propagation.createBaggage({ tenant: { value: 't1' } });
  const inside = propagation.setBaggage(new ScopeContext(ROOT_CONTEXT, scope), baggage);

  expect(context.with(inside, () => propagation.getActiveBaggage()?.getEntry('tenant')?.value)).toBe('t1');
  expect(scopeIn(inside)).toBe(scope);
});

test('a context manager is noticed when there is one', () => {
  expect(hasContextManager()).toBe(false);
  openHost();
  expect(hasContextManager()).toBe(true);
});
