import { expect, test } from 'vitest';
import * as semconv from '../../src/semconv.ts';
import { openHost } from './host.ts';

test('an approval is told when it is asked for and when it is answered, with the wait', async () => {
  const host = openHost();
  await host.agent('a1').task('t1', async (task) => {
    task.requestApproval('Send the offer?', { approver: 'sales-lead', approvalId: 'ap-1' });
    expect((await host.points(semconv.METRIC_APPROVAL_PENDING))[0]?.value).toBe(1);
    expect((await host.points(semconv.METRIC_APPROVAL_OLDEST_AGE))[0]?.value).toBeGreaterThan(0);
    task.approvalReceived('Yes', { approvedBy: 'kim', approvalId: 'ap-1' });
    expect((await host.points(semconv.METRIC_APPROVAL_PENDING))[0]?.value).toBe(0);
    expect((await host.points(semconv.METRIC_APPROVAL_OLDEST_AGE))[0]?.value).toBe(0);
  });

  expect(host.log(semconv.EVENT_APPROVAL_REQUESTED).attributes).toMatchObject({
    [semconv.ATTR_APPROVAL_APPROVER]: 'sales-lead',
    [semconv.ATTR_APPROVAL_ID]: 'ap-1',
    [semconv.ATTR_EVENT_CATEGORY]: 'human',
  });
  const received = host.log(semconv.EVENT_APPROVAL_RECEIVED);
  expect(received.attributes).toMatchObject({
    [semconv.ATTR_APPROVAL_APPROVED_BY]: 'kim',
    [semconv.ATTR_APPROVAL_DECISION]: 'approved',
    [semconv.ATTR_APPROVAL_ID]: 'ap-1',
  });
  expect(received.attributes[semconv.ATTR_APPROVAL_WAIT]).toBeGreaterThan(0);
  const [wait] = await host.points(semconv.METRIC_APPROVAL_WAIT);
  expect(wait).toMatchObject({ value: { count: 1 }, attributes: { [semconv.ATTR_APPROVAL_DECISION]: 'approved' } });
});

test('an answer without an id goes to the oldest request that waits', () => {
  const host = openHost();
  host.agent().task('t1', (task) => {
    task.requestApproval('first', { approvalId: 'ap-1' });
    task.requestApproval('second', { approvalId: 'ap-2' });
    task.approvalReceived('to the first', { decision: 'rejected' });
    task.approvalReceived('to the second');
  });

  const answers = host
    .logsOf(semconv.EVENT_APPROVAL_RECEIVED)
    .map(({ attributes }) => [attributes[semconv.ATTR_APPROVAL_ID], attributes[semconv.ATTR_APPROVAL_DECISION]]);
  expect(answers).toEqual([
    ['ap-1', 'rejected'],
    ['ap-2', 'approved'],
  ]);
});

test('an answer to an unknown id is told, without a wait, and leaves the request pending', async () => {
  const host = openHost();
  await host.agent().task('t1', async (task) => {
    task.requestApproval('first', { approvalId: 'ap-1' });
    task.approvalReceived('other', { approvalId: 'ap-9' });
    expect((await host.points(semconv.METRIC_APPROVAL_PENDING))[0]?.value).toBe(1);
  });
  expect(host.log(semconv.EVENT_APPROVAL_RECEIVED).attributes).not.toHaveProperty(semconv.ATTR_APPROVAL_WAIT);
});

test('an approval that nobody answered is pending no more when its task ends', async () => {
  const host = openHost();
  host.agent().task('t1', (task) => task.requestApproval('first'));
  expect((await host.points(semconv.METRIC_APPROVAL_PENDING))[0]?.value).toBe(0);
});
