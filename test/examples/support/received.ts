import * as names from '../../../src/semconv.ts';
import type { Receiver } from '../../../src/translator/http/receiver.ts';
import { openOtlpServer } from '../../../src/translator/http/server.ts';
import type { LogRecord, Resource, Span } from '../../../src/translator/otlp/model.ts';
import { createTranslator } from '../../../src/translator/translator.ts';

export interface Received {
  readonly url: string;
  readonly logs: readonly LogRecord[];
  readonly spans: readonly Span[];
  readonly resources: readonly Resource[];
  /** Names of the metrics. */
  readonly metrics: ReadonlySet<string>;
  /** What the translator derived: `opened api-error`, in order. */
  readonly transitions: readonly string[];
  close(): Promise<void>;
}

/** A real OTLP server with the translator behind it, which keeps all that arrives and all that is derived. */
export async function openReceiver(): Promise<Received> {
  const logs: LogRecord[] = [];
  const spans: Span[] = [];
  const resources: Resource[] = [];
  const metrics = new Set<string>();
  const transitions: string[] = [];
  const translator = await createTranslator({
    store: 'memory:',
    sink: {
      logs: (batch) => {
        for (const { attributes } of batch.flatMap(({ logRecords }) => logRecords)) {
          transitions.push(
            `${attributes[names.ATTR_ISSUE_TRANSITION] as string} ${attributes[names.ATTR_ISSUE_ID] as string}`,
          );
        }
        return Promise.resolve({ kind: 'accepted' });
      },
      traces: () => Promise.resolve({ kind: 'accepted' }),
      metrics: () => Promise.resolve({ kind: 'accepted' }),
    },
  });
  const receiver: Receiver = {
    logs: (batch) => {
      logs.push(...batch.flatMap(({ logRecords }) => logRecords));
      return translator.receiver.logs(batch);
    },
    traces: (batch) => {
      spans.push(...batch.flatMap((group) => group.spans));
      resources.push(...batch.map(({ resource }) => resource));
      return translator.receiver.traces(batch);
    },
    metrics: (batch) => {
      for (const { name } of batch.flatMap(({ points }) => points)) metrics.add(name);
      return translator.receiver.metrics(batch);
    },
  };
  const server = await openOtlpServer({ host: '127.0.0.1', port: 0, receiver });
  return {
    url: server.url,
    logs,
    spans,
    resources,
    metrics,
    transitions,
    close: async () => {
      await server.close();
      await translator.flush();
      await translator.close();
    },
  };
}
