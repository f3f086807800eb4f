import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AgentBeats, type AgentSign, isSilent, takeSign } from '../../src/lifecycle/silence.ts';

const SECOND = 1_000_000_000n;
const START = 1_790_000_000n * SECOND;
const AGENT = { environment: 'production', namespace: '', agentId: 'lead-qualifier' };

function at(seconds: number): bigint {
  return START + BigInt(seconds) * SECOND;
}

function beat(seconds: number, thresholdSeconds = 300): AgentSign {
  return { kind: 'beat', agent: AGENT, at: at(seconds), thresholdSeconds };
}

function stop(seconds: number): AgentSign {
  return { kind: 'stop', agent: AGENT, at: at(seconds) };
}

function take(signs: readonly AgentSign[]): AgentBeats {
  const [first = stop(0), ...others] = signs;
  return others.reduce((known, sign) => takeSign(known, sign), takeSign(undefined, first));
}

describe('an agent', () => {
  it.each([
    ['whose newest heartbeat is as old as its threshold is not silent', [beat(0)], 300, 0, false],
    ['whose newest heartbeat is older than its threshold is silent', [beat(0)], 301, 0, true],
    ['goes by a threshold of its own, shorter', [beat(0, 60)], 61, 0, true],
    ['goes by a threshold of its own, longer', [beat(0, 3_600)], 301, 0, false],
    ['goes by the threshold that it said last', [beat(0, 60), beat(1, 600)], 301, 0, false],
    ['that never sent a heartbeat is not silent', [stop(0)], 9_000, 0, false],
    ['that was stopped on purpose is not silent', [beat(0), stop(1)], 9_000, 0, false],
    ['that was stopped in the moment of a heartbeat is not silent', [beat(0), stop(0)], 9_000, 0, false],
    ['that beat again after a stop is watched again', [beat(0), stop(1), beat(2)], 303, 0, true],
    ['is not silent before there was fresh input for one threshold', [beat(0)], 1_299, 1_000, false],
    ['is silent once there was', [beat(0)], 1_300, 1_000, true],
    ['is not silent while there is no fresh input', [beat(0)], 9_000, undefined, false],
    ['whose clock is ahead is not silent', [beat(500)], 301, 0, false],
  ])('%s', (_, signs, now, freshSince, expected) => {
    const inputFreshSince = freshSince === undefined ? undefined : at(freshSince);
    expect(isSilent(take(signs), at(now), inputFreshSince)).toBe(expected);
  });

  it('is known the same whatever the order and the duplicates of its signs', () => {
    const sign = fc.oneof(
      fc.tuple(fc.nat(5), fc.constantFrom(60, 300)).map(([seconds, threshold]) => beat(seconds, threshold)),
      fc.nat(5).map(stop),
    );
    const arrivals = fc
      .array(sign, { minLength: 1, maxLength: 8 })
      .chain((signs) =>
        fc.tuple(fc.constant(signs), fc.shuffledSubarray([...signs, ...signs], { minLength: signs.length * 2 })),
      );
    fc.assert(
      fc.property(arrivals, ([signs, arrived]) => {
        expect(take(arrived)).toEqual(take(signs));
      }),
    );
  });
});
