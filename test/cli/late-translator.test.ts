import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { lateTranslator } from '../../src/cli/late-translator.ts';
import type { Receipt, Receiver } from '../../src/translator/http/receiver.ts';
import { ACCEPTED } from '../../src/translator/http/receiver.ts';
import { createTranslator, type Translator } from '../../src/translator/translator.ts';

it('hands on all that it is asked, once it is open', async () => {
  const asked: unknown[] = [];
  const take =
    (what: string) =>
    (...rest: readonly unknown[]): Promise<Receipt> => {
      asked.push([what, ...rest]);
      return Promise.resolve(ACCEPTED);
    };
  const receiver: Required<Receiver> = {
    logs: take('logs'),
    encodedLogs: take('encodedLogs'),
    traces: take('traces'),
    metrics: take('metrics'),
  };
  const translator = await createTranslator({ store: 'memory:' });
  let open: (translator: Translator) => void = () => undefined;
  const late = lateTranslator(new Promise((resolve) => (open = resolve)));
  const bytes = gzipSync('');
  // What the store keeps in place of the events comes along.
  const sent = { encoding: 'protobuf', isGzip: true, bytes, unpackedBytes: 0 } as const;
  const answers = [
    late.receiver.logs([], sent),
    late.receiver.encodedLogs(new Uint8Array(), sent),
    late.receiver.traces([], sent),
    late.receiver.metrics([]),
  ];
  expect(asked).toEqual([]);
  open(Object.assign(Object.create(translator) as Translator, { receiver }));
  expect(await Promise.all(answers)).toEqual([ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED]);
  expect(asked).toEqual([
    ['logs', [], sent],
    ['encodedLogs', new Uint8Array(), sent],
    ['traces', [], sent],
    ['metrics', []],
  ]);
  await translator.close();
});
