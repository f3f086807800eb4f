/** The translator as it runs in production, in a process of its own, so that its CPU time is its alone. */
import { openOtlpServer } from '../../src/translator/http/server.ts';
import type { DerivedSink, SendOutcome } from '../../src/translator/outbox/derived-sink.ts';
import type { StoreUrl } from '../../src/translator/store/open-store.ts';
import { createTranslator } from '../../src/translator/translator.ts';
import { cpuMicros } from './slice.ts';

/** Asked by the driver: `usage` at any time, `close` at the end. */
export type Question = 'usage' | 'close';

export interface Usage {
  readonly cpuMicros: number;
  readonly rssBytes: number;
  readonly url: string;
  /** From the start of opening the store to listening. */
  readonly openMillis: number;
  readonly applied: number;
}

const [, , store = 'memory:', sinkName = 'none'] = process.argv;
const accepted: SendOutcome = { kind: 'accepted' };
/** Takes all at once: what the outbox costs, without what a network costs. */
const discarding: DerivedSink = {
  encoded: () => Promise.resolve(accepted),
  logs: () => Promise.resolve(accepted),
  traces: () => Promise.resolve(accepted),
  metrics: () => Promise.resolve(accepted),
};

const before = performance.now();
const translator = await createTranslator({
  store: store as StoreUrl,
  ...(sinkName === 'discard' && { sink: discarding }),
  onError: (error) => console.error(error),
});
const openMillis = performance.now() - before;
const server = await openOtlpServer({ host: '127.0.0.1', port: 0, receiver: translator.receiver });

process.on('message', (question: Question) => void answer(question));
process.send?.('ready');

async function answer(question: Question): Promise<void> {
  if (question === 'close') {
    await server.close();
    await translator.close();
    process.disconnect();
    return;
  }
  const { applied } = await translator.counters();
  const usage: Usage = {
    cpuMicros: cpuMicros(),
    rssBytes: process.memoryUsage.rss(),
    url: server.url,
    openMillis,
    applied,
  };
  process.send?.(usage);
}
