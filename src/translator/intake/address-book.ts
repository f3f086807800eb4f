import { type AgentIdentity, identifyIssue, type IssueIdentity } from '../../lifecycle/identity.ts';
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
  readonly severityAsSaid: string;
  readonly category: string;
}

/** Who sends, as far as it is the same from record to record. */
interface Sender {
  readonly environment: string;
  readonly namespace: string;
  readonly reporter: Reporter;
  /** By agent id, then by issue id, or by the summary where there is none. */
  readonly byId: Map<string, Map<string, Address>>;
  readonly bySummary: Map<string, Map<string, Address>>;
}

const SENDERS_MAX = 1000;
const ADDRESSES_MAX = 20_000;
/** A longer summary is no name worth keeping. */
const NAME_CHARACTERS_MAX = 1024;
const NO_WORDS: Words = { summary: '', severityAsSaid: '', category: '' };

/**
 * The addresses met lately. One address is one object: its names and series are found once, and events share their
 * strings. It changes no answer.
 */
export class AddressBook {
  readonly #senders = new Map<string, Sender>();
  #last: Sender | undefined;
  #addresses = 0;

  /** @param summary what an issue without an id is known by */
  find(agent: AgentIdentity, reporter: Reporter, issueId: string, summary: string): Address {
    const sender = this.#senderOf(agent, reporter);
    const agents = issueId === '' ? sender.bySummary : sender.byId;
    const name = issueId === '' ? summary : issueId;
    const known = agents.get(agent.agentId)?.get(name);
    if (known !== undefined) return known;
    const identity = identifyIssue(agent, issueId, summary);
    const address = { identity, reporter: sender.reporter, names: namesOf(identity), words: NO_WORDS };
    if (name.length > NAME_CHARACTERS_MAX) return address;
    if (++this.#addresses > ADDRESSES_MAX) this.#clear();
    const issues = agents.get(agent.agentId) ?? new Map<string, Address>();
    issues.set(name, address);
    agents.set(agent.agentId, issues);
    return address;
  }

  #senderOf({ environment, namespace }: AgentIdentity, { serviceName, agentType }: Reporter): Sender {
    const last = this.#last;
    if (
      last?.environment === environment &&
      last.namespace === namespace &&
      last.reporter.serviceName === serviceName &&
      last.reporter.agentType === agentType
    ) {
      return last;
    }
    const name = JSON.stringify([environment, namespace, serviceName, agentType]);
    const known = this.#senders.get(name);
    const reporter = { serviceName, agentType };
    const sender = known ?? { environment, namespace, reporter, byId: new Map(), bySummary: new Map() };
    if (known === undefined) {
      if (this.#senders.size >= SENDERS_MAX) this.#clear();
      this.#senders.set(name, sender);
    }
    this.#last = sender;
    return sender;
  }

  #clear(): void {
    this.#senders.clear();
    this.#last = undefined;
    this.#addresses = 0;
  }
}
