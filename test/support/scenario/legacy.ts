import {
  ATTR_AGENT_ID,
  ATTR_AGENT_TYPE,
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_ISSUE_CATEGORY,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_SEVERITY,
  ATTR_LOG_RECORD_UID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_NAMESPACE,
} from '../../../src/semconv.ts';
import { AGENTS, ENVIRONMENT, ISSUES, NAMESPACE, SERVICES } from './service/names.ts';

/** How old the issue is when it is told. */
export const LEGACY_AGE_MILLIS = 2 * 86_400_000;

/** An issue event told without this package: plain OTLP, as any language can send it. */
export function legacyEvent(eventName: string, summary: string, atMillis: number): unknown {
  const record = {
    timeUnixNano: `${atMillis}000000`,
    severityNumber: 13,
    eventName,
    body: { stringValue: summary },
    attributes: attributesOf({
      [ATTR_LOG_RECORD_UID]: `legacy-${eventName}-${atMillis}`,
      [ATTR_AGENT_ID]: AGENTS.legacy,
      [ATTR_AGENT_TYPE]: 'batch',
      [ATTR_ISSUE_ID]: ISSUES.disk,
      [ATTR_ISSUE_SEVERITY]: 'medium',
      [ATTR_ISSUE_CATEGORY]: 'other',
    }),
  };
  return {
    resourceLogs: [{ resource: RESOURCE, scopeLogs: [{ scope: { name: 'legacy' }, logRecords: [record] }] }],
  };
}

const RESOURCE = {
  attributes: attributesOf({
    [ATTR_SERVICE_NAME]: SERVICES.legacy,
    [ATTR_SERVICE_NAMESPACE]: NAMESPACE,
    [ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: ENVIRONMENT,
  }),
};

function attributesOf(values: Readonly<Record<string, string>>): readonly unknown[] {
  return Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}
