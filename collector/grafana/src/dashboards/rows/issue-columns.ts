import {
  ATTR_AGENT_ID,
  ATTR_ISSUE_FINGERPRINT,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_SEVERITY,
} from '../../../../../src/semconv.ts';
import { TO_AGENT } from '../links.ts';
import type { LabelColumn } from '../table.ts';

/** What names an issue, in every table of them: an id, or the fingerprint of one that has none. */
export const AGENT: LabelColumn = {
  attribute: ATTR_AGENT_ID,
  title: 'Agent',
  links: [{ title: 'Show the agent', url: TO_AGENT }],
};
export const ISSUE: LabelColumn = { attribute: ATTR_ISSUE_ID, title: 'Issue' };
export const FINGERPRINT: LabelColumn = { attribute: ATTR_ISSUE_FINGERPRINT, title: 'Fingerprint' };
export const SEVERITY: LabelColumn = { attribute: ATTR_ISSUE_SEVERITY, title: 'Severity', width: 90 };
