import type { AgentIdentity } from '../../lifecycle/identity.ts';
import type { Reporter } from '../../lifecycle/issue.ts';
import {
  ATTR_AGENT_ID,
  ATTR_AGENT_TYPE,
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_NAMESPACE,
  ATTR_SERVICE_VERSION,
  SCOPE_TRANSLATOR,
  SERVICE_TRANSLATOR,
} from '../../semconv.ts';
import { version } from '../../version.ts';
import type { Resource, Scope } from '../otlp/model.ts';

/** On all that is derived; a translator ignores records of this scope. */
export const TRANSLATOR_SCOPE: Scope = { name: SCOPE_TRANSLATOR, version };

/** The reporting service's resource: an issue is found under the service that has it, in every backend alike. */
export function reporterResource(agent: AgentIdentity, reporter: Reporter): Resource {
  return {
    attributes: said({
      [ATTR_SERVICE_NAME]: reporter.serviceName,
      [ATTR_SERVICE_NAMESPACE]: agent.namespace,
      [ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: agent.environment,
      [ATTR_AGENT_ID]: agent.agentId,
      [ATTR_AGENT_TYPE]: reporter.agentType,
    }),
  };
}

/** The same for metrics: the instance is the store, so that a restart continues the series and two stores never share one. */
export function metricResource(agent: AgentIdentity, reporter: Reporter, storeId: string): Resource {
  const { attributes } = reporterResource(agent, reporter);
  return { attributes: { ...attributes, [ATTR_SERVICE_INSTANCE_ID]: storeId } };
}

/** The translator's own. */
export function translatorResource(storeId: string): Resource {
  return {
    attributes: {
      [ATTR_SERVICE_NAME]: SERVICE_TRANSLATOR,
      [ATTR_SERVICE_VERSION]: version,
      [ATTR_SERVICE_INSTANCE_ID]: storeId,
    },
  };
}

/** Leaves out what is empty: an attribute that says nothing is not sent. */
export function said(attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    if (value !== undefined && value !== '') kept[name] = value;
  }
  return kept;
}
