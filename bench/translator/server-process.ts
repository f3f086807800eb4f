/** The translator as it runs in production, in a process of its own, so that its CPU time is its alone. */
import { openOtlpServer } from '../../src/translator/http/server.ts';
import type { DerivedSink, SendOutcome } from '../../src/translator/outbox/derived-sink.ts';
import type { StoreUrl } from '../../src/translator/store/open-store.ts';
import { METRIC_ISSUE_ACTIVE } from '../../src/semconv.ts';
import { createTranslator } from '../../src/translator/translator.ts';
import { cpuMicros } from './slice.ts';

/** Asked by the driver: `usage` and, not within a slice, `openIssues`, at any time; `close` at the end. */
export type Question = 'usage' | 'openIssues' | 'close';

export interface Usage {
  readonly cpuMicros: number;
  readonly rssBytes: number;
  readonly url: string;
  /** From the start of opening the store to listening. */
  readonly openMillis: number;
  readonly applied: number;
  /** Too late for their place in the history. */
  readonly straggler: number;
  /** Of logs and spans that the sink was given. */
  readonly derivedBytes: number;
}

const [, , store = 'memory:', sinkName = 'none'] = process.argv;
const accepted: SendOutcome = { kind: 'accepted' };
let derivedBytes = 0;
/** Takes all at once: what the outbox costs, without what a network costs. */
const discarding: DerivedSink = {
  encoded: (_signal, { byteLength }) => {
    derivedBytes += byteLength;
    return Promise.resolve(accepted);
  },
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
  if (question === 'openIssues') {
    process.send?.(await countOpen());
    return;
  }
  const { applied, straggler } = await translator.counters();
  const usage: Usage = {
    cpuMicros: cpuMicros(),
    rssBytes: process.memoryUsage.rss(),
    url: server.url,
    openMillis,
    applied,
    straggler,
    derivedBytes,
  };
  process.send?.(usage);
}

async function countOpen(): Promise<number> {
  const active = (await translator.metrics()).find(({ name }) => name === METRIC_ISSUE_ACTIVE.name);
  return active?.points.reduce((sum, { value }) => sum + value, 0) ?? 0;
}
