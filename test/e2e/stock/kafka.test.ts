/**
 * Kafka before the translator: gateway Collector, real broker, ingest Collector, translator, all of them in trouble under
 * load. Skipped where there is no Java and Maven to fetch and run the broker, also where nothing else may be skipped.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasKafka, KAFKA, lackForKafka } from '../../backends/kafka/broker.ts';
import { TranslatorProcess } from '../../faults/support/translator-process.ts';
import { absence, isRequired } from '../../support/backends/binaries.ts';
import { type Collector, startCollector } from '../../support/backends/collector.ts';
import { freePorts } from '../../support/backends/ports.ts';
import { temporaryFolder } from '../../support/backends/real-process.ts';
import { bringBack } from '../../support/chain/endure.ts';
import { type Kafka, startKafka } from '../../support/chain/kafka.ts';
import { type Load, REPORTS_PER_ISSUE, startLoad } from '../../support/chain/load.ts';
import { type Accounts, readAccounts, readOccurrences } from '../../support/chain/translator.ts';

const PATIENCE = { timeout: 90_000, interval: 100 };
/** Five kills and starts, the broker among them: 51 s alone on two cores, each spell and start longer beside other work. */
const TIMEOUT_MILLIS = 300_000;
const RUN = 'kafka';
const SPELL = 1200;
/** Pages of the translator's store at which its disk is full: it answers 503 until there is room. */
const FULL_PAGES = 60;

const lack = await lackForKafka();
const isAbsent = absence() !== undefined || !hasKafka();
if (lack !== undefined) console.log(`test/e2e/stock/kafka.test.ts was SKIPPED: ${lack}.`);
else if (isAbsent && !isRequired) console.log('test/e2e/stock/kafka.test.ts was SKIPPED: `npm run backends -- kafka`.');

describe.skipIf(lack !== undefined || (isAbsent && !isRequired))('Kafka between Collectors', () => {
  let kafka: Kafka;
  let gateway: Collector;
  let ingest: Collector;
  let translator: TranslatorProcess;

  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    const storePath = join(temporaryFolder('kafka-translator'), 'issues.db');
    translator = new TranslatorProcess({ port, storePath, exportTo: 'none', fault: { maxPages: FULL_PAGES } });
    expect(hasKafka(), `${KAFKA} is missing: npm run backends -- kafka`).toBe(true);
    kafka = await startKafka();
    expect(await translator.ready, translator.stderr).toBe(true);
    const env = { KAFKA_BROKERS: kafka.brokers, TRANSLATOR_URL: translator.url };
    [gateway, ingest] = await Promise.all([
      startCollector({ configs: ['collector/collector.yaml', 'collector/overlays/kafka-gateway.yaml'], env }),
      startCollector({ configs: ['collector/overlays/kafka-ingest.yaml'], env }),
    ]);
  });
  // What a failed start has left is ended by the set-up of these tests.
  afterAll(() => translator.kill());

  it(
    'loses no acknowledged event when Collectors and broker are killed and the translator answers 503',
    async () => {
      const load = startLoad({ url: gateway.urls.otlpHttp, run: RUN, signals: ['logs'] });
      try {
        await spell(load);
        for (const process of [gateway, ingest, kafka, gateway, ingest]) {
          await process.kill();
          await bringBack(process, load);
          await spell(load);
        }
        await vi.waitFor(() => expect(ingest.logText()).toContain('HTTP Status Code 503'), PATIENCE);
        await spell(load);
        expect((await readAccounts(translator.url)).applied).toBeLessThan(load.acknowledged.logs);
        translator.signal('SIGUSR2');
      } finally {
        await load.finish();
      }

      const { logs: sent } = load.acknowledged;
      const accounts = await vi.waitFor(async () => {
        const now = await readAccounts(translator.url);
        expect(now).toMatchObject({ applied: sent, straggler: 0, rejected: 0 } satisfies Partial<Accounts>);
        return now;
      }, PATIENCE);
      expect(accounts.received).toBe(accounts.applied + accounts.duplicate);
      const issues = Array.from(
        { length: sent / REPORTS_PER_ISSUE },
        (_, n) => [`issue-${n}`, REPORTS_PER_ISSUE] as const,
      );
      expect(await readOccurrences(translator.url, RUN)).toEqual(new Map(issues));
      console.log(RUN, JSON.stringify({ sent, ...accounts, refusals: Object.fromEntries(load.refusals) }));
    },
    TIMEOUT_MILLIS,
  );

  async function spell({ acknowledged }: Load): Promise<void> {
    const until = acknowledged.logs + SPELL;
    await vi.waitFor(() => expect(acknowledged.logs).toBeGreaterThanOrEqual(until), PATIENCE);
  }
});
