import { fork, type ChildProcess } from 'node:child_process';
import { CHILD, NODE_ARGS, type ChildOrder, type Slice } from './contender.ts';

/** How a contender did, over all rounds; ratios are to the first contender, round by round. */
export interface Standing {
  readonly label: string;
  /** Median per piece of work: microseconds of CPU, or bytes. */
  readonly value: number;
  /** Median of the ratios. */
  readonly ratio: number;
  /** The middle half of the ratios. */
  readonly quartiles: readonly [number, number];
}

const WARM_ROUNDS = 2;

/**
 * Runs contenders in lock-step: each in its own warmed process, one short slice of each in turn, the order rotating,
 * so that all see the same noise of the machine. Absolute values depend on the machine's mood, the ratios do not.
 * @param launches how often to start over with new processes: the control row was off by up to a fifth for as long as its
 * process lived, so more rounds alone do not even it out
 */
export async function runLockstep(
  orders: readonly ChildOrder[],
  rounds: number,
  launches: number,
): Promise<readonly Standing[]> {
  const values: number[][] = orders.map(() => []);
  for (let launch = 0; launch < launches; launch += 1) await runOnce(orders, Math.ceil(rounds / launches), values);
  return orders.map(({ label }, index) => standing(label, values[index] ?? [], values[0] ?? []));
}

async function runOnce(orders: readonly ChildOrder[], rounds: number, values: readonly number[][]): Promise<void> {
  const children = orders.map((order) =>
    fork(CHILD, [JSON.stringify(order)], { execArgv: [...process.execArgv, ...NODE_ARGS[order.measure]] }),
  );
  try {
    await Promise.all(children.map(answerOf));
    for (let round = -WARM_ROUNDS; round < rounds; round += 1) {
      for (let turn = 0; turn < children.length; turn += 1) {
        const index = (turn + Math.max(round, 0)) % children.length;
        const value = await askSlice(children[index]);
        if (round >= 0) values[index]?.push(value);
      }
    }
  } finally {
    for (const child of children) child.kill();
  }
}

async function askSlice(child: ChildProcess | undefined): Promise<number> {
  if (child === undefined) return Number.NaN;
  child.send('slice');
  return ((await answerOf(child)) as Slice).value;
}

function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`a contender ended with ${String(code)}`));
    child.once('exit', onExit);
    child.once('message', (answer) => {
      child.off('exit', onExit);
      resolve(answer);
    });
  });
}

function standing(label: string, values: readonly number[], base: readonly number[]): Standing {
  const ratios = values.map((value, round) => value / (base[round] ?? Number.NaN));
  return {
    label,
    value: quantile(values, 0.5),
    ratio: quantile(ratios, 0.5),
    quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
