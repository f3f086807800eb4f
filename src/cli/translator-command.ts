import type { Route } from '../translator/http/route.ts';
import { createTranslator, type Translator, type TranslatorOptions } from '../translator/translator.ts';
import type { Command, CommandIo } from './command.ts';
import { parseDurationMillis } from './duration.ts';
import { readExportTarget } from './export-target.ts';
import { isOwnListener, parseListenAddress } from './listen-address.ts';
import { openListener } from './open-listener.ts';
import { readOptions } from './options.ts';
import { openStopSignal } from './stop-signal.ts';
import { UsageError } from './usage-error.ts';

const OPTIONS = {
  listen: {
    flag: 'listen',
    variables: ['HIVELOOP_LISTEN'],
    value: 'HOST:PORT',
    fallback: '127.0.0.1:4318',
    help: 'Where to take OTLP/HTTP (protobuf and JSON). Port 0 takes any free one.',
  },
  store: {
    flag: 'store',
    variables: ['HIVELOOP_STORE'],
    value: 'sqlite:PATH|memory:',
    fallback: 'sqlite:./hiveloop.db',
    help: 'Where issues are kept. memory: forgets them at the end.',
  },
  exportTo: {
    flag: 'export',
    variables: ['HIVELOOP_EXPORT', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    value: 'URL|none',
    fallback: 'http://127.0.0.1:4319',
    help: 'Where derived telemetry goes, over OTLP/HTTP: a Collector or a backend. Headers: OTEL_EXPORTER_OTLP_HEADERS.',
  },
  reorderWindow: {
    flag: 'reorder-window',
    variables: ['HIVELOOP_REORDER_WINDOW'],
    value: 'DURATION',
    fallback: '15m',
    help: 'How late an event may come and still take its place in time.',
  },
  snapshotInterval: {
    flag: 'snapshot-interval',
    variables: ['HIVELOOP_SNAPSHOT_INTERVAL'],
    value: 'DURATION',
    fallback: '30s',
    help: 'How often derived metrics are sent.',
  },
} as const;

/** The lifecycle service of a fleet: OTLP in, issue lifecycles out, state on disk before each answer. */
export const translatorCommand: Command = {
  name: 'translator',
  title: 'takes OTLP, keeps the life of every issue, sends it on as OTLP',
  description:
    'Takes OTLP/HTTP from services or a Collector, follows every issue from opened to resolved in a durable store,\n' +
    'and sends what it derives (lifecycle logs, spans, metrics) on as OTLP/HTTP. /healthz and /readyz answer beside it.',
  options: OPTIONS,
  run: runTranslator,
};

async function runTranslator(argv: readonly string[], io: CommandIo): Promise<number> {
  const values = readOptions('translator', OPTIONS, argv, io.env);
  const address = parseListenAddress(values.listen);
  const target = readExportTarget(values.exportTo, io.env);
  if (target !== undefined && isOwnListener(new URL(target.url), address)) {
    throw new UsageError(
      `--export ${target.url} is this translator's own listener; give a Collector's address, or none`,
    );
  }
  const store = readStore(values.store);
  const say = (text: string): void => void io.stderr.write(`hiveloop translator: ${text}\n`);
  const options: TranslatorOptions = {
    store,
    ...(target === undefined ? {} : { sink: target }),
    reorderWindowMillis: parseDurationMillis(OPTIONS.reorderWindow.flag, values.reorderWindow),
    snapshotIntervalMillis: parseDurationMillis(OPTIONS.snapshotInterval.flag, values.snapshotInterval),
    onError: (error) => say(error.message),
  };

  const signal = openStopSignal();
  const translator = await openTranslator(options);
  let isReady = false;
  try {
    const listener = await openListener({
      command: 'hiveloop translator',
      address,
      receiver: translator.receiver,
      routes: [healthRoute('/healthz', () => true), healthRoute('/readyz', () => isReady)],
      onError: (error) => say(`a request failed and was answered 503: ${String(error)}`),
    });
    isReady = true;
    const sends = target === undefined ? 'sends nothing on' : `sends what it derives to ${target.url}`;
    say(`takes OTLP/HTTP on ${listener.url}, keeps issues in ${store}, ${sends}`);
    await signal.stopped;
    isReady = false;
    say('stops: finishes what it has begun (a second signal ends it at once)');
    await listener.close();
  } finally {
    await translator.close();
    signal.close();
  }
  return 0;
}

type Store = 'memory:' | `sqlite:${string}`;

function readStore(text: string): Store {
  if (text === 'memory:') return text;
  if (isSqlite(text)) return text;
  throw new UsageError(`--store '${text}' is not a store; write sqlite:PATH or memory:`);
}

function isSqlite(text: string): text is `sqlite:${string}` {
  return text.startsWith('sqlite:') && text.length > 'sqlite:'.length;
}

async function openTranslator(options: TranslatorOptions): Promise<Translator> {
  try {
    return await createTranslator(options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${why}; its folder must exist and be writable`, { cause: error });
  }
}

function healthRoute(path: string, isFine: () => boolean): Route {
  return {
    method: 'GET',
    path,
    handle: () => {
      const reply = isFine() ? { status: 200, body: 'ok\n' } : { status: 503, body: 'not ready\n' };
      return Promise.resolve({ ...reply, contentType: 'text/plain; charset=utf-8' });
    },
  };
}
