import {
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_NAMESPACE,
} from '../../../../src/semconv.ts';
import { labelName } from './prometheus-name.ts';

/** Index labels of Loki, as loki.yaml has them. All other attributes are structured metadata: a filter after the braces. */
const INDEXED: readonly string[] = [ATTR_SERVICE_NAME, ATTR_SERVICE_NAMESPACE, ATTR_DEPLOYMENT_ENVIRONMENT_NAME];

/** The event's name: Loki does not store it, the Collector copies it to an attribute (transform/loki in collector.yaml). */
export const EVENT_LABEL = 'event_name';
/** OTLP's severity number and trace id, as Loki keeps them. */
export const SEVERITY_LABEL = 'severity_number';
export const TRACE_LABEL = 'trace_id';

/** `{stream} | filters`. Conditions by attribute name; the stream's have to be indexed ones. */
export function logs(stream: Readonly<Record<string, string>>, ...filters: readonly string[]): string {
  for (const attribute of Object.keys(stream)) {
    if (!INDEXED.includes(attribute)) throw new Error(`${attribute} is no index label of Loki`);
  }
  const selector = Object.entries(stream).map(([attribute, condition]) => labelName(attribute) + condition);
  return [`{${selector.join(', ')}}`, ...filters].join(' | ');
}

/** A condition on an attribute: `where(ATTR_AGENT_ID, '=~"$agent"')`. */
export function where(attribute: string, condition: string): string {
  return labelName(attribute) + condition;
}

/** Only events of these names. */
export function isEvent(...names: readonly string[]): string {
  return names.length === 1
    ? `${EVENT_LABEL}="${names.join('')}"`
    : `${EVENT_LABEL}=~"${names.map((name) => name.replaceAll('.', '\\\\.')).join('|')}"`;
}
