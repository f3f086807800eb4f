import {
  ATTR_AGENT_ID,
  ATTR_AGENT_TYPE,
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_ENVIRONMENT,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_NAMESPACE,
} from '../../semconv.ts';
import type { Attributes } from '../otlp/model.ts';
import { id, word } from './said-text.ts';

/** What a resource says of who sends; a record may say some of it too. One resource, met again, is one object. */
export interface SaidSender {
  /** `deployment.environment.name`: it goes before what a record says, and `environment` after it. */
  readonly deployment: string;
  readonly environment: string;
  readonly namespace: string;
  readonly agentId: string;
  readonly serviceName: string;
  readonly agentType: string;
}

const SENDERS_MAX = 1000;
const senders = new Map<string, SaidSender>();

export function readSender(resource: Attributes): SaidSender {
  const sender = {
    deployment: id(resource[ATTR_DEPLOYMENT_ENVIRONMENT_NAME]),
    environment: id(resource[ATTR_ENVIRONMENT]),
    namespace: id(resource[ATTR_SERVICE_NAMESPACE]),
    agentId: id(resource[ATTR_AGENT_ID]),
    serviceName: word(resource[ATTR_SERVICE_NAME]),
    agentType: word(resource[ATTR_AGENT_TYPE]),
  };
  const name = JSON.stringify(Object.values(sender));
  const known = senders.get(name);
  if (known !== undefined) return known;
  if (senders.size >= SENDERS_MAX) senders.clear();
  senders.set(name, sender);
  return sender;
}
