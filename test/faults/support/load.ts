import type { Message } from '../../laws/support/message.ts';
import type { Random } from './random.ts';

const KINDS = ['report', 'report', 'report', 'resolve', 'resolve', 'dismiss'] as const;
const SEVERITIES = ['critical', 'high', 'medium', 'low', 'odd'] as const;
const ISSUES = ['crm-403', 'mail-timeout', ''] as const;
const SPREAD_MILLIS = 25_000;
/** A client goes on to other agents after that many messages, so that no issue gets more than 1 024 events. */
const MESSAGES_PER_FLEET = 400;
/** Below 400: a number from there on may be a status code, and then it is another problem. */
const LEADS = 399;

export interface LoadOptions {
  readonly clients: number;
  readonly messagesEach: number;
  /** The first moment of any event, unix ms. */
  readonly from: number;
}

/** What each of some clients has to say, see {@link endlessMessages}. */
export function makeLoad(random: Random, options: LoadOptions): readonly (readonly Message[])[] {
  const { clients, messagesEach, from } = options;
  const said: Message[] = [];
  return Array.from({ length: clients }, (_, client) => {
    const source = endlessMessages(random, { client, from, said });
    return Array.from({ length: messagesEach }, () => source.next().value);
  });
}

export interface ClientLoad {
  readonly client: number;
  readonly from: number;
  /** What all clients have said, and may say again. */
  readonly said: Message[];
}

/**
 * One client's messages, without end. All of it lies within the reorder window, so that the set alone decides the
 * state; a tenth was said before, by this client or another, and some can never be taken.
 */
export function* endlessMessages(random: Random, { client, from, said }: ClientLoad): Generator<Message, never> {
  for (let index = 0; ; index++) {
    const repeated = random.below(10) === 0 ? said[random.below(said.length)] : undefined;
    if (repeated !== undefined) {
      yield repeated;
      continue;
    }
    const fleet = Math.floor(index / MESSAGES_PER_FLEET);
    const message: Message = {
      kind: random.pick(KINDS),
      agent: `agent-${String(fleet)}-${String(random.below(3))}`,
      issueId: random.pick(ISSUES),
      problem: `Lead ${String(random.below(LEADS))}: the CRM answers late`,
      uid: `${String(client)}-${String(index)}`,
      time: BigInt(from + random.below(SPREAD_MILLIS)) * 1_000_000n,
      observedTime: 0n,
      severity: random.pick(SEVERITIES),
      category: random.pick(['', 'permissions', 'connectivity']),
      occurrenceCount: random.below(8) === 0 ? random.below(9) : 0,
      carrier: random.pick(['log', 'log', 'span', 'spanEvent']),
      flaw: random.below(40) === 0 ? random.pick(['noAgent', 'noSummary']) : 'none',
    };
    said.push(message);
    yield message;
  }
}
