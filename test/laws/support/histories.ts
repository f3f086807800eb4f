import fc from 'fast-check';
import { type Message, SECOND, START } from './message.ts';

/** What happens to a translator, in order. */
export type Step =
  | { readonly kind: 'request'; readonly messages: readonly Message[] }
  /** The clock moves, backwards too. */
  | { readonly kind: 'clock'; readonly seconds: number }
  | { readonly kind: 'restart' }
  /** A person dismisses one of the issues that are shown; which, modulo their number. */
  | { readonly kind: 'dismiss'; readonly which: number };

const AGENTS = ['lead-qualifier', 'router', 'enricher'] as const;
const ISSUES = ['crm-403', 'mail-timeout', ''] as const;
const PROBLEMS = ['Lead 1: the CRM answers late', 'Lead 22: the CRM answers late', 'Queue 3 is full'] as const;

export interface MessageOptions {
  /** Seconds over which the events spread. */
  readonly spreadSeconds: number;
  /** Few uids make messages that share one; the first of them is the event. Default: 1 000 000. */
  readonly uids?: number;
  /** Default: all three. */
  readonly agents?: number;
  /** Messages that say no time, or only the observed one. Default: none, so that the set alone decides. */
  readonly mayLackTime?: boolean;
  readonly mayBeFlawed?: boolean;
}

/** Few agents, issues and seconds, so that ties, splits and collisions are common. */
export function anyMessage(options: MessageOptions): fc.Arbitrary<Message> {
  const { spreadSeconds, uids = 1_000_000, agents = AGENTS.length, mayLackTime = false, mayBeFlawed = false } = options;
  const rarely = <T>(usual: T, ...rare: readonly T[]): fc.Arbitrary<T> =>
    fc.oneof({ arbitrary: fc.constant(usual), weight: 12 }, { arbitrary: fc.constantFrom(...rare, usual), weight: 2 });
  return fc
    .record({
      kind: fc.constantFrom('report', 'report', 'report', 'resolve', 'resolve', 'dismiss'),
      agent: fc.constantFrom(...AGENTS.slice(0, agents)),
      issueId: fc.constantFrom(...ISSUES),
      problem: fc.constantFrom(...PROBLEMS),
      uid: fc.nat(uids).map((number) => `u${String(number)}`),
      second: fc.nat(spreadSeconds),
      says: mayLackTime ? rarely('time', 'observed', 'nothing') : fc.constant('time'),
      severity: fc.constantFrom('critical', 'high', 'medium', 'low', 'apocalyptic'),
      category: fc.constantFrom('', 'permissions', 'connectivity'),
      occurrenceCount: rarely(0, 1, 3, 7),
      carrier: fc.constantFrom('log', 'log', 'span', 'spanEvent'),
      flaw: mayBeFlawed
        ? rarely<Message['flaw']>('none', 'noAgent', 'noSummary')
        : fc.constant<Message['flaw']>('none'),
    })
    .map(({ second, says, ...message }) => {
      const moment = START + BigInt(second) * SECOND;
      return {
        ...message,
        // A span has no observed time: there the two are the same.
        time: says === 'time' ? moment : 0n,
        observedTime: says === 'observed' ? moment : 0n,
      };
    });
}

/** A set of events: each (agent, uid) once. */
export function anySet(options: MessageOptions, maxLength: number): fc.Arbitrary<readonly Message[]> {
  return fc.uniqueArray(anyMessage(options), {
    selector: ({ agent, uid }) => `${agent} ${uid}`,
    minLength: 1,
    maxLength,
  });
}

/** The set in any order, some of it twice, in requests of any size, with restarts between them when asked. */
export function anyArrival(set: readonly Message[], restarts: boolean): fc.Arbitrary<readonly Step[]> {
  return fc
    .subarray([...set])
    .chain((again) => fc.shuffledSubarray([...set, ...again], { minLength: set.length + again.length }))
    .chain((messages) =>
      fc
        .array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean()), {
          minLength: messages.length,
          maxLength: messages.length,
        })
        .map((cuts) => cut(messages, cuts, restarts)),
    );
}

function cut(
  messages: readonly Message[],
  cuts: readonly (readonly [number, boolean])[],
  restarts: boolean,
): readonly Step[] {
  const steps: Step[] = [];
  let from = 0;
  for (const [size, restart] of cuts) {
    if (from >= messages.length) break;
    steps.push({ kind: 'request', messages: messages.slice(from, from + size) });
    if (restarts && restart) steps.push({ kind: 'restart' });
    from += size;
  }
  return steps;
}

export interface LifeOptions extends MessageOptions {
  readonly maxSteps: number;
  /** How far the clock may jump, ahead and back. */
  readonly aheadSeconds: number;
  readonly backSeconds: number;
  readonly restarts?: boolean;
  readonly dismissals?: boolean;
}

/** Requests and clock jumps, and what else is asked for, in any order. */
export function anyLife(options: LifeOptions): fc.Arbitrary<readonly Step[]> {
  const { maxSteps, aheadSeconds, backSeconds, restarts = false, dismissals = false } = options;
  const request = fc
    .array(anyMessage(options), { minLength: 1, maxLength: 4 })
    .map((messages): Step => ({ kind: 'request', messages }));
  const clock = fc
    .integer({ min: -backSeconds, max: aheadSeconds })
    .map((seconds): Step => ({ kind: 'clock', seconds }));
  return fc.array(
    fc.oneof(
      { arbitrary: request, weight: 5 },
      { arbitrary: clock, weight: 2 },
      { arbitrary: fc.constant<Step>({ kind: 'restart' }), weight: restarts ? 2 : 0 },
      {
        arbitrary: fc.nat(9).map((which): Step => ({ kind: 'dismiss', which })),
        weight: dismissals ? 2 : 0,
      },
    ),
    { minLength: 1, maxLength: maxSteps },
  );
}
