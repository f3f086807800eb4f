import { Program } from '../../examples/support/program.ts';
import type { Chain } from './chain.ts';

/** Its time-outs are shortened too: faster than this they would end requests that are on their way on a busy machine. */
const SPEED = '2';

/** Runs the service of examples/lead-qualifier through the chain, from start to end. */
export async function playDemo({ built, environment }: Chain): Promise<void> {
  const service = new Program(built.path('examples/lead-qualifier/main.ts'), { ...environment, DEMO_SPEED: SPEED });
  const { status, stderr } = await service.ended;
  if (status !== 0) throw new Error(`the demo ended with ${String(status)}: ${stderr}`);
}
