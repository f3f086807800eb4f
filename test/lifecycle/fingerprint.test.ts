import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint, normaliseSummary } from '../../src/lifecycle/fingerprint.ts';
import { sha256 } from '../../src/lifecycle/sha256.ts';

describe('normaliseSummary', () => {
  it.each([
    ['  CRM  API\n returns 403 ', 'crm api returns 403'],
    ['Lead 4821 failed', 'lead <n> failed'],
    ['timeout after 30s', 'timeout after <n> s'],
    ['timeout after 30 s', 'timeout after <n> s'],
    ['took 500 ms', 'took <n> ms'],
    ['failed 450 times', 'failed <n> times'],
    ['retried 3x', 'retried <n> x'],
    [
      'got 503 from https://crm.example/v2/leads?id=7&t=9, retrying',
      'got 503 from https://crm.example/v2/leads?<query> retrying',
    ],
    ['gpt-4 and v2 disagree, claude-3.5 too', 'gpt-4 and v2 disagree, claude-3.5 too'],
    ['4xx from the 2nd host', '4xx from the 2nd host'],
    ['request 7f3a9b2c1d0e lost', 'request <hex> lost'],
    ['pointer 0xDEADbeef', 'pointer <hex>'],
    ['id 123e4567-e89b-12d3-a456-426614174000 unknown', 'id <uuid> unknown'],
    ['stale since 2026-11-22T10:15:00.123Z', 'stale since <time>'],
    ['stale since 2026-11-22', 'stale since <time>'],
    ['down at 10:15:30', 'down at <time>'],
    ['cannot reach 10.0.0.1:8080', 'cannot reach <n>'],
    ['score 0.87 below 0.9', 'score <n> below <n>'],
    ['disk 97% full', 'disk <n> % full'],
    ['399 and 600 are numbers, 400 and 599 are not', '<n> and <n> are numbers, 400 and 599 are not'],
    ['error 429.', 'error 429.'],
    ['page 3/17', 'page <n>'],
    ['feedback and decade are words', 'feedback and decade are words'],
  ])('%j becomes %j', (summary, normalised) => {
    expect(normaliseSummary(summary)).toBe(normalised);
  });

  it('looks at the first 1 024 characters only', () => {
    const long = 'lead fails '.repeat(100);
    expect(normaliseSummary(`${long} and more`)).toBe(normaliseSummary(long));
  });
});

describe('fingerprint', () => {
  it('is the same for two reports of one problem and carries its version', () => {
    expect(fingerprint('Lead 1: timeout after 30 s')).toBe(fingerprint('lead 22:  timeout after 4s'));
    expect(fingerprint('x')).toMatch(/^v1-[0-9a-f]{32}$/);
  });

  it('tells a refusal from an outage', () => {
    expect(fingerprint('CRM returns 403')).not.toBe(fingerprint('CRM returns 503'));
  });

  it('is fixed for ever: a change of this value is a new version of the algorithm', () => {
    expect(fingerprint('CRM API returns 403 for lead 17')).toBe(
      `v1-${createHash('sha256').update('crm api returns 403 for lead <n>').digest('hex').slice(0, 32)}`,
    );
  });
});

describe('sha256', () => {
  it('is the standard’s, for every length and alphabet', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(sha256(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
      }),
    );
  });

  it.each([0, 55, 56, 63, 64, 119, 120, 128, 246, 247, 248, 256, 1000])(
    'pads %i bytes as the standard does',
    (length) => {
      const text = 'a'.repeat(length);
      expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'));
    },
  );
});
