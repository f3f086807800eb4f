import { openWorkload } from '../workloads/workload.ts';
import type { Work } from '../workloads/work.ts';
import { captureSignals } from './captured.ts';
import type { ChildOrder, Slice } from './contender.ts';
import { exportersOf, startHost, type Host } from './host.ts';

/* The process of one contender: sets the host up, warms up, then does a slice of work each time it is asked. */

// Long, since the processes of a row share the cores while they warm up, and a service in its steady state is what we mean.
const WARM_UP_MILLIS = 6000;
let count = 0;
const order = JSON.parse(process.argv[2] ?? '{}') as ChildOrder;

if (order.measure === 'signals') {
  process.send?.(await captureSignals(order));
  process.disconnect();
} else {
  await serveSlices();
}

async function serveSlices(): Promise<void> {
  const host = startHost(order.host, exportersOf(order.host, order.sinkUrl));
  const work = await openWorkload(order.workload, order.module);
  const until = performance.now() + WARM_UP_MILLIS;
  while (performance.now() < until) await doBatches(work, host, 1);
  await host.collect();
  process.on('message', () => void measure(work, host).then((slice) => process.send?.(slice)));
  process.send?.('ready');
}

async function measure(work: Work, host: Host): Promise<Slice> {
  const pieces = order.batch * order.batchesPerSlice;
  if (order.measure === 'bytes') {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    await doBatches(work, host, order.batchesPerSlice);
    return { value: (process.memoryUsage().heapUsed - before) / pieces };
  }
  const before = process.cpuUsage();
  await doBatches(work, host, order.batchesPerSlice);
  await host.collect();
  const { user, system } = process.cpuUsage(before);
  return { value: (user + system) / pieces };
}

async function doBatches(work: Work, host: Host, batches: number): Promise<void> {
  for (let batch = 0; batch < batches; batch += 1) {
    for (let piece = 0; piece < order.batch; piece += 1) {
      count += 1;
      const done = work(count & 4095);
      if (done !== undefined) await done;
    }
    await host.flush();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
