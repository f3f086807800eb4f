import { issueRoutes } from '../translator/api/issue-routes.ts';
import { metricsRoute } from '../translator/api/metrics-route.ts';
import { healthRoutes } from '../translator/http/health-routes.ts';
import { isReadEventName } from '../translator/intake/agent-sign.ts';
import { createTranslator, type Translator, type TranslatorOptions } from '../translator/translator.ts';
import type { Command, CommandIo } from './command.ts';
import { parseCount } from './count.ts';
import { parseDurationMillis } from './duration.ts';
import { readTlsPaths, readTokens } from './edge-files.ts';
import { readExportTarget } from './export-target.ts';
import { lateTranslator } from './late-translator.ts';
import { isOwnListener, parseListenAddress } from './listen-address.ts';
import { openListener } from './open-listener.ts';
import { type OptionValues, readOptions } from './options.ts';
import { openStopSignal } from './stop-signal.ts';
import { runBackup, runCheck, runParked } from './store-maintenance.ts';
import { readStoreUrl } from './store-path.ts';
import { readTlsFiles, watchTlsFiles } from './tls-files.ts';
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
  tokenFile: {
    flag: 'token-file',
    variables: ['HIVELOOP_TOKEN_FILE'],
    value: 'FILE',
    help: 'File of bearer tokens, one a line, one of which each request must bring. Read again when it changes.',
  },
  tlsCert: {
    flag: 'tls-cert',
    variables: ['HIVELOOP_TLS_CERT'],
    value: 'FILE',
    help: 'Certificate chain in PEM: then it listens for HTTPS only. Read again when it changes, as the key.',
  },
  tlsKey: {
    flag: 'tls-key',
    variables: ['HIVELOOP_TLS_KEY'],
    value: 'FILE',
    help: "The certificate's private key in PEM.",
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
  retention: {
    flag: 'retention',
    variables: ['HIVELOOP_RETENTION'],
    value: 'DURATION',
    fallback: '90d',
    help: 'How long a closed issue is remembered.',
  },
  outboxMaxRows: {
    flag: 'outbox-max-rows',
    variables: ['HIVELOOP_OUTBOX_MAX_ROWS'],
    value: 'COUNT',
    fallback: '1000000',
    help: 'How much may wait of each signal, logs and traces, while the receiver is away; then the oldest is dropped and counted.',
  },
  outboxMaxAge: {
    flag: 'outbox-max-age',
    variables: ['HIVELOOP_OUTBOX_MAX_AGE'],
    value: 'DURATION',
    fallback: '7d',
    help: 'How long it may wait; what is older is dropped and counted.',
  },
  check: {
    flag: 'check',
    variables: ['HIVELOOP_CHECK'],
    value: 'FILE',
    help: 'Checks the store in FILE, also while a translator runs on it, and ends: status 1 when something is wrong.',
  },
  backup: {
    flag: 'backup',
    variables: ['HIVELOOP_BACKUP'],
    value: 'FILE',
    help: 'Copies --store to FILE, also while a translator runs on it, and ends.',
  },
  parked: {
    flag: 'parked',
    variables: ['HIVELOOP_PARKED'],
    value: 'FILE',
    help: 'Lists what the receiver refused for good, as the store in FILE has it, also while a translator runs on it, and ends.',
  },
  json: {
    flag: 'json',
    variables: ['HIVELOOP_JSON'],
    help: 'With --parked: one JSON document on stdout, with the bodies in base64.',
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
  const commands = ([OPTIONS.check, OPTIONS.backup, OPTIONS.parked] as const).filter(
    ({ flag }) => values[flag] !== undefined,
  );
  if (commands.length > 1) {
    const flags = commands.map(({ flag }) => `--${flag}`).join(' and ');
    throw new UsageError(`${flags} are ${commands.length === 2 ? 'two' : 'three'} commands; give one of them`);
  }
  if (values.check !== undefined) return runCheck(values.check, io);
  if (values.backup !== undefined) return runBackup(values.store, values.backup, io);
  if (values.parked !== undefined) return runParked(values.parked, values.json, io);
  return serve(values, io);
}

async function serve(values: OptionValues<typeof OPTIONS>, io: CommandIo): Promise<number> {
  const address = parseListenAddress(values.listen);
  const target = readExportTarget(values.exportTo, io.env);
  if (target !== undefined && isOwnListener(new URL(target.url), address)) {
    throw new UsageError(
      `--export ${target.url} is this translator's own listener; give a Collector's address, or none`,
    );
  }
  const say = (text: string): void => void io.stderr.write(`hiveloop translator: ${text}\n`);
  const store = readStoreUrl(values.store);
  const options: TranslatorOptions = {
    store,
    ...(target === undefined ? {} : { sink: target }),
    reorderWindowMillis: parseDurationMillis(OPTIONS.reorderWindow.flag, values.reorderWindow),
    snapshotIntervalMillis: parseDurationMillis(OPTIONS.snapshotInterval.flag, values.snapshotInterval),
    retentionMillis: parseDurationMillis(OPTIONS.retention.flag, values.retention),
    outbox: {
      maxRows: parseCount(OPTIONS.outboxMaxRows.flag, values.outboxMaxRows),
      maxAgeMillis: parseDurationMillis(OPTIONS.outboxMaxAge.flag, values.outboxMaxAge),
    },
    onError: (error) => say(error.message),
  };
  const tokens = readTokens(values.tokenFile, say);
  const tlsPaths = readTlsPaths(values.tlsCert, values.tlsKey);
  const tls = tlsPaths && readTlsFiles(tlsPaths);

  // The store is opened last: what is wrong with the rest is said before anything is made.
  let start: (translator: Promise<Translator>) => void = () => undefined;
  const opened = new Promise<Translator>((resolve) => {
    start = resolve;
  });
  const served = lateTranslator(opened);
  const listener = await openListener({
    command: 'hiveloop translator',
    address,
    receiver: served.receiver,
    isWanted: isReadEventName,
    routes: [...healthRoutes(served.health), ...issueRoutes(served), metricsRoute(served)],
    ...(tokens && { tokens }),
    ...(tls && { tls: tls.files }),
    onAnswer: served.countAnswer,
    onError: (error) => say(`a request failed and was answered 503: ${String(error)}`),
  });
  const { replaceTls: onChange } = listener;
  const tlsWatch = tlsPaths && tls && watchTlsFiles({ ...tlsPaths, stamp: tls.stamp, onChange, onTrouble: say });
  const signal = openStopSignal();
  try {
    start(openTranslator(options));
    const translator = await opened;
    try {
      const sends = target === undefined ? 'sends nothing on' : `sends what it derives to ${target.url}`;
      say(`takes OTLP/HTTP on ${listener.url}, keeps issues in ${store}, ${sends}`);
      await signal.stopped;
      say('stops: finishes what it has begun (a second signal ends it at once)');
      await listener.close();
    } finally {
      await translator.close();
    }
  } finally {
    tlsWatch?.close();
    await listener.close();
    signal.close();
  }
  return 0;
}

async function openTranslator(options: TranslatorOptions): Promise<Translator> {
  try {
    return await createTranslator(options);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
