import { expect, test } from 'vitest';
import * as semconv from '../../src/semconv.ts';
import { openHost } from './host.ts';

test('an escalation says who takes over and why, and counts', async () => {
  const host = openHost();
  host
    .agent('a1', { type: 'sales' })
    .task('t1', { type: 'lead' }, (task) =>
      task.escalate('Needs a person', { assignedTo: 'senior-sales', reason: 'Deal over 50k' }),
    );

  const told = {
    [semconv.ATTR_ESCALATION_ASSIGNED_TO]: 'senior-sales',
    [semconv.ATTR_ESCALATION_REASON]: 'Deal over 50k',
  };
  expect(host.log(semconv.EVENT_ESCALATION)).toMatchObject({ body: 'Needs a person', severityText: 'WARN' });
  expect(host.log(semconv.EVENT_ESCALATION).attributes).toMatchObject(told);
  expect(host.spanEvents(semconv.EVENT_ESCALATION)[0]?.attributes).toMatchObject(told);
  expect(await host.points(semconv.METRIC_ESCALATION_COUNT)).toEqual([
    {
      value: 1,
      attributes: {
        [semconv.ATTR_AGENT_ID]: 'a1',
        [semconv.ATTR_AGENT_TYPE]: 'sales',
        [semconv.ATTR_TASK_TYPE]: 'lead',
      },
    },
  ]);
});
