import { describe, expect, it } from 'vitest';
import { identifyIssue, issueKey } from '../../src/lifecycle/identity.ts';
import { effectiveTime } from '../../src/lifecycle/issue-event.ts';

const AGENT = { environment: 'production', namespace: 'sales', agentId: 'lead-qualifier' };

describe('issueKey', () => {
  it('is the issue id’s where there is one, whatever the summary says', () => {
    expect(issueKey(identifyIssue(AGENT, 'crm-403', 'one'))).toBe(issueKey(identifyIssue(AGENT, 'crm-403', 'two')));
  });

  it('is the fingerprint’s where there is none', () => {
    expect(issueKey(identifyIssue(AGENT, '', 'lead 1 fails'))).toBe(issueKey(identifyIssue(AGENT, '', 'Lead 2 fails')));
  });

  it('differs by environment, namespace and agent, and an id never meets a fingerprint', () => {
    const base = identifyIssue(AGENT, '', 'x');
    const others = [
      { ...base, environment: 'staging' },
      { ...base, namespace: '' },
      { ...base, agentId: 'other' },
      { ...base, issueId: base.fingerprint, fingerprint: '' },
    ];
    expect(new Set([base, ...others].map(issueKey)).size).toBe(5);
  });
});

describe('effectiveTime', () => {
  it.each([
    ['the record’s own time', { time: 5n, observedTime: 6n, arrival: 7n }, 5n],
    ['else the time it was observed', { time: 0n, observedTime: 6n, arrival: 7n }, 6n],
    ['else its arrival', { time: 0n, observedTime: 0n, arrival: 7n }, 7n],
    ['a little ahead of us is believed', { time: 17n, observedTime: 0n, arrival: 7n }, 17n],
    ['further ahead than the window is a wrong clock', { time: 18n, observedTime: 6n, arrival: 7n }, 7n],
  ])('%s', (_, times, expected) => {
    expect(effectiveTime(times, 10n)).toBe(expected);
  });
});
