import { type AgentIdentity, identifyIssue, type IssueIdentity } from '../../lifecycle/identity.ts';
import type { Severity } from '../../lifecycle/issue-event.ts';
import { type IssueNames, namesOf, type Reporter } from '../../lifecycle/issue.ts';

/** Whose an event is. The last words that were said of it are kept, since they are mostly said again. */
export interface Address {
  readonly identity: IssueIdentity;
  readonly reporter: Reporter;
  readonly names: IssueNames;
  words: Words;
}

export interface Words {
  readonly summary: string;
  readonly severity: Severity;
  readonly severityAsSaid: string;
  readonly category: string;
}

/** Who sends an event. */
export interface Sender extends AgentIdentity, Reporter {}

/** A sender's service, with all of its agents of one type: it is mostly the same from record to record. */
interface Service {
  readonly environment: string;
  readonly namespace: string;
  readonly reporter: Reporter;
  /** By agent id, then by issue id, or by the summary where there is none. */
  readonly byId: Map<string, Map<string, Address>>;
  readonly bySummary: Map<string, Map<string, Address>>;
}

const SERVICES_MAX = 1000;
const ADDRESSES_MAX = 20_000;
/** A longer summary is no name worth keeping. */
const NAME_CHARACTERS_MAX = 1024;
const NO_WORDS: Words = { summary: '', severity: 'medium', severityAsSaid: '', category: '' };

/**
 * The addresses met lately. One address is one object: its names and series are found once, and events share their
 * strings. It changes no answer.
 */
export class AddressBook {
  readonly #services = new Map<string, Service>();
  #last: Service | undefined;
  #addresses = 0;

  /** @param summary what an issue without an id is known by */
  find(sender: Sender, issueId: string, summary: string): Address {
    const service = this.#serviceOf(sender);
    const agents = issueId === '' ? service.bySummary : service.byId;
    const name = issueId === '' ? summary : issueId;
    return agents.get(sender.agentId)?.get(name) ?? this.#add(service, sender, issueId, summary);
  }

  #add(service: Service, { agentId }: Sender, issueId: string, summary: string): Address {
    const { environment, namespace, reporter } = service;
    const agents = issueId === '' ? service.bySummary : service.byId;
    const name = issueId === '' ? summary : issueId;
    const identity = identifyIssue({ environment, namespace, agentId }, issueId, summary);
    const address = { identity, reporter, names: namesOf(identity), words: NO_WORDS };
    if (name.length > NAME_CHARACTERS_MAX) return address;
    if (++this.#addresses > ADDRESSES_MAX) this.#clear();
    const issues = agents.get(agentId) ?? new Map<string, Address>();
    issues.set(name, address);
    agents.set(agentId, issues);
    return address;
  }

  #serviceOf(sender: Sender): Service {
    const last = this.#last;
    return last !== undefined && isOf(sender, last) ? last : this.#otherServiceOf(sender);
  }

  #otherServiceOf({ environment, namespace, serviceName, agentType }: Sender): Service {
    const name = JSON.stringify([environment, namespace, serviceName, agentType]);
    const known = this.#services.get(name);
    const reporter = { serviceName, agentType };
    const service = known ?? { environment, namespace, reporter, byId: new Map(), bySummary: new Map() };
    if (known === undefined) {
      if (this.#services.size >= SERVICES_MAX) this.#clear();
      this.#services.set(name, service);
    }
    this.#last = service;
    return service;
  }

  #clear(): void {
    this.#services.clear();
    this.#last = undefined;
    this.#addresses = 0;
  }
}

/** Of all that the translator reads. */
export const addresses: AddressBook = new AddressBook();

function isOf(sender: Sender, { environment, namespace, reporter }: Service): boolean {
  return (
    sender.environment === environment &&
    sender.namespace === namespace &&
    sender.agentType === reporter.agentType &&
    sender.serviceName === reporter.serviceName
  );
}
