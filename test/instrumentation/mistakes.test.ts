/** The mistakes of the manual (part 7, sections 5.7 and 12): each gets one sentence, once, and the call does what it can. */
import { describe, expect, test } from 'vitest';
import * as semconv from '../../src/semconv.ts';
import { openFreshHost, type Host } from './host.ts';

interface Mistake {
  readonly make: (host: Host) => void;
  /** Part of the sentence that is said. */
  readonly says: string;
  /** What goes out all the same. */
  readonly event?: string;
}

const inTask =
  (make: (task: ReturnType<Host['module']['currentTask']>) => void) =>
  (host: Host): void =>
    host.agent('a1').task('t1', make);
const report =
  (issueId: string | undefined) =>
  (host: Host): void =>
    void host
      .agent('a1')
      .reportIssue({ summary: 's', severity: 'high', ...(issueId === undefined ? {} : { issueId }) });

const MISTAKES: Readonly<Record<string, Mistake>> = {
  'an issue id that is a UUID (5.7)': {
    make: report('2f1e4fc8-81bb-4d1a-9c0e-0d2f6f1f0c11'),
    says: 'an issueId that is a UUID',
    event: semconv.EVENT_ISSUE_REPORTED,
  },
  'an issue id that is too generic (5.7)': {
    make: report('Error'),
    says: 'merges all problems into one issue',
    event: semconv.EVENT_ISSUE_REPORTED,
  },
  'an issue without an id (12.6)': {
    make: report(undefined),
    says: 'called without an issueId',
    event: semconv.EVENT_ISSUE_REPORTED,
  },
  'an issue without a summary': {
    make: (host) => void host.agent('a1').reportIssue({ summary: '', severity: 'high', issueId: 'i' }),
    says: 'needs a summary',
    event: semconv.EVENT_ISSUE_REPORTED,
  },
  'a resolve that matches no report (5.2)': {
    make: (host) => host.agent('a1').resolveIssue('recovered'),
    says: 'it matches no report',
    event: semconv.EVENT_ISSUE_RESOLVED,
  },
  'an issue that is left open (12.2)': {
    make: (host) => {
      const agent = host.hive.agent('a1', { heartbeatIntervalSeconds: 0 });
      agent.reportIssue({ summary: 's', severity: 'high', issueId: 'crm-403' });
      agent.stop();
    },
    says: 'reported and not resolved (crm-403)',
    event: semconv.EVENT_AGENT_STOPPED,
  },
  'snapshots of the queue at every change (12.3)': {
    make: (host) => {
      host.agent('a1').queueSnapshot({ depth: 1 });
      host.agent('a1').queueSnapshot({ depth: 2 });
    },
    says: 'more than once a second',
    event: semconv.EVENT_QUEUE_SNAPSHOT,
  },
  'a step that counts from 1 (12.4)': {
    make: inTask((task) => {
      task.plan('g', ['a', 'b']);
      task.planStep(2, 'completed');
    }),
    says: 'outside the plan (0 to 1)',
    event: semconv.EVENT_PLAN_STEP,
  },
  'a step before any plan': {
    make: inTask((task) => task.planStep(0, 'completed')),
    says: 'before task.plan()',
    event: semconv.EVENT_PLAN_STEP,
  },
  'steps that are no list': {
    make: inTask((task) => task.plan('g', 5 as never)),
    says: 'needs its steps as an array',
    event: semconv.EVENT_PLAN_CREATED,
  },
  'an escalation where approval was meant (12.5)': {
    make: inTask((task) => {
      task.escalate('may I?');
      task.approvalReceived('yes');
    }),
    says: 'an agent that waits requests approval',
    event: semconv.EVENT_APPROVAL_RECEIVED,
  },
  'task methods outside a task (12.7)': {
    make: (host) => {
      host.module.currentTask().plan('g', ['a']);
      host.module.currentTask().retry('again');
    },
    says: 'outside a task',
  },
  'action methods outside an action': {
    make: (host) => host.module.currentAction().setPayload({ key: 1 }),
    says: 'outside an action',
  },
  'an agent without an id': { make: (host) => void host.agent(''), says: 'needs an id' },
  'a payload that is no object': {
    make: inTask((task) => task.setPayload('text' as never)),
    says: 'needs an object of fields',
    event: semconv.EVENT_TASK_COMPLETED,
  },
  'a queue depth that is no number': {
    make: (host) => host.agent('a1').queueSnapshot({ depth: '4' as never }),
    says: 'a depth that is a number',
    event: semconv.EVENT_QUEUE_SNAPSHOT,
  },
  'scheduled items that are no list': {
    make: (host) => host.agent('a1').scheduled({} as never),
    says: 'array of items',
  },
  'a function to track that is none': {
    make: (host) => void host.agent('a1').track('fn', undefined as never),
    says: 'needs a function to wrap',
  },
};

describe.each(Object.entries(MISTAKES))('%s', (_name, { make, says, event }) => {
  test('is said once, and told as well as it can be', async () => {
    const host = await openFreshHost();
    make(host);
    make(host);

    expect(host.said(says)).toHaveLength(1);
    if (event !== undefined) expect(host.logsOf(event).length).toBeGreaterThan(1);
  });
});

test('right use says nothing', async () => {
  const host = await openFreshHost();
  const agent = host.agent('a1');
  agent.task('t1', (task) => {
    task.plan('g', ['a', 'b']);
    task.planStep(0, 'started');
    task.planStep(1, 'completed');
    task.requestApproval('may I?');
    task.approvalReceived('yes');
    task.escalate('over to you');
    host.module.currentTask().retry('again', { attempt: 1, backoffSeconds: 1 });
    task.trackContext('tool', () => host.module.currentAction().setPayload({ key: 1 }));
  });
  agent.reportIssue({ summary: 's', severity: 'high', issueId: 'crm-403' }).resolve('fixed');
  agent.queueSnapshot({ depth: 1 });
  agent.stop();

  expect(host.sentences).toEqual([]);
});
