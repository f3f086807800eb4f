import { ATTR_AGENT_ID, ATTR_DEPLOYMENT_ENVIRONMENT_NAME, ATTR_SERVICE_NAME } from '../../../../src/semconv.ts';

/** What is chosen at the top of a dashboard: the environments; and one agent. A service without an environment is in `All`. */
export const CHOSEN_ENVIRONMENT = { [ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: '=~"$environment"' } as const;
export const CHOSEN_AGENT = { ...CHOSEN_ENVIRONMENT, [ATTR_AGENT_ID]: '=~"$agent"' } as const;
/** Loki wants one condition that nothing empty meets. */
export const CHOSEN_STREAMS = { [ATTR_SERVICE_NAME]: '=~".+"', ...CHOSEN_ENVIRONMENT } as const;
export const CHOSEN_SERVICE = { [ATTR_SERVICE_NAME]: '=~"$service"' } as const;
