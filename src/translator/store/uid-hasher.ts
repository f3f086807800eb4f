import { type AddressedEvent, agentOf, type IssueNames } from '../../lifecycle/issue.ts';
import { hashAgent, hashAscii, hashText, UID_HASH_WORDS, type UidHash } from './uid-hash.ts';

const AGENTS_MAX = 10_000;

/** Hashes uids, each with its agent. It remembers the agents seen lately. */
export class UidHasher {
  readonly #seeds = new Map<string, UidHash>();
  /** Of one uid at a time. */
  readonly #hash: UidHash = new Uint32Array(UID_HASH_WORDS);

  /** The result is good until the next call. */
  hash(addressed: AddressedEvent): UidHash {
    return hashText(addressed.event.uid, this.#seedOf(agentOf(addressed)), this.#hash);
  }

  /** The same of a uid in ASCII, from its bytes. */
  hashBytes(bytes: Uint8Array, start: number, length: number, names: IssueNames): UidHash {
    names.agentHash ??= this.#seedOf(names.agent);
    return hashAscii(bytes, start, length, names.agentHash, this.#hash);
  }

  #seedOf(agent: string): UidHash {
    const known = this.#seeds.get(agent);
    if (known !== undefined) return known;
    if (this.#seeds.size >= AGENTS_MAX) this.#seeds.clear();
    const seed = hashAgent(agent);
    this.#seeds.set(agent, seed);
    return seed;
  }
}
