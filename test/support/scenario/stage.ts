import { afterAll, beforeAll } from 'vitest';
import { type Chain, startChain } from './chain.ts';
import { playDemo } from './demo.ts';
import { playScenario, type Scenario } from './scenario.ts';
import { Screens } from './screens.ts';

/** The chain with the demo and the scenario played through it; from the first test on. */
export interface Stage {
  readonly chain: Chain;
  readonly screens: Screens;
}

/** Sets the stage once for the tests of the `describe` that it is called in, and clears it after them. */
export function useStage(): Stage {
  let chain: Chain | undefined;
  let scenario: Scenario | undefined;
  beforeAll(async () => {
    chain = await startChain();
    await playDemo(chain);
    scenario = await playScenario(chain);
  });
  afterAll(async () => {
    await scenario?.stop();
    await chain?.stop();
  });
  const started = (): Chain => {
    if (chain === undefined) throw new Error('the chain has not started');
    return chain;
  };
  return {
    get chain() {
      return started();
    },
    get screens() {
      return new Screens(started());
    },
  };
}
