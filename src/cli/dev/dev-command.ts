import { issueRoutes } from '../../translator/api/issue-routes.ts';
import type { Receiver } from '../../translator/http/receiver.ts';
import type { DerivedSink } from '../../translator/outbox/derived-sink.ts';
import { createTranslator } from '../../translator/translator.ts';
import { columnsOf } from '../columns.ts';
import type { Command, CommandIo } from '../command.ts';
import { parseListenAddress } from '../listen-address.ts';
import { openListener } from '../open-listener.ts';
import { readOptions } from '../options.ts';
import { openStopSignal } from '../stop-signal.ts';
import { eventOfLogRecord } from './log-events.ts';
import { Intake } from './intake.ts';
import { FILTERS, parseOnly } from './only.ts';
import { createPaint, wantsColour } from './paint.ts';
import { Teller } from './teller.ts';

const OPTIONS = {
  listen: {
    flag: 'listen',
    variables: ['HIVELOOP_LISTEN'],
    value: 'HOST:PORT',
    fallback: '127.0.0.1:4318',
    help: 'Where to take OTLP/HTTP (protobuf and JSON). Port 0 takes any free one.',
  },
  only: {
    flag: 'only',
    variables: ['HIVELOOP_ONLY'],
    value: 'FILTER,FILTER',
    help: `Tells only these: ${FILTERS.join(', ')} (error: severity ERROR and above). The summary counts all.`,
  },
  json: {
    flag: 'json',
    variables: ['HIVELOOP_JSON'],
    help: 'One JSON object a line on stdout, the last one the summary.',
  },
  noColour: {
    flag: 'no-color',
    variables: ['HIVELOOP_NO_COLOR'],
    help: 'No colours; NO_COLOR and FORCE_COLOR are obeyed too.',
  },
} as const;

const DEFAULT_PORT = 4318;
const TICK_MILLIS = 250;

/** The whole of it on one laptop: OTLP in, the translator inside, the story in the terminal. */
export const devCommand: Command = {
  name: 'dev',
  title: 'takes OTLP on this machine and tells the story of the agents in the terminal, live',
  description:
    'Listens where OpenTelemetry SDKs send by default, so any service with OTLP defaults just works, follows issues with\n' +
    'the translator inside, and tells the story live. Telemetry of other libraries and heartbeats are counted, not printed.\n' +
    'Ctrl-C ends it with a summary of what was received.',
  options: OPTIONS,
  run: runDev,
};

async function runDev(argv: readonly string[], io: CommandIo): Promise<number> {
  const values = readOptions('dev', OPTIONS, argv, io.env);
  const address = parseListenAddress(values.listen);
  const intake = new Intake();
  const teller = new Teller({
    format: values.json ? 'json' : 'lines',
    only: parseOnly(values.only),
    paint: createPaint(wantsColour(io.stdout, io.env, values.noColour)),
    columns: () => columnsOf(io),
    write: (text) => void io.stdout.write(text),
  });
  const say = (text: string): void => void io.stderr.write(`hiveloop dev: ${text}\n`);
  const signal = openStopSignal();
  io.stdout.on('error', signal.stop); // the reader of a pipe has gone: nobody is left to tell

  const translator = await createTranslator({
    store: 'memory:',
    sink: terminalSink(teller),
    onError: (error) => say(error.message),
  });
  const receiver = tellingReceiver(translator.receiver, intake, teller);
  const timer = setInterval(() => {
    teller.tell(intake.due(Date.now()));
    teller.tick(Date.now());
  }, TICK_MILLIS);
  try {
    const onError = (error: unknown): void => say(`a request failed and was answered 503: ${String(error)}`);
    const routes = issueRoutes(translator); // so that `hiveloop issues` finds it where it finds a translator
    const listener = await openListener({ command: 'hiveloop dev', address, receiver, routes, onError });
    for (const sentence of welcome(listener.url, listener.port)) say(sentence);
    await signal.stopped;
    await listener.close();
    await translator.flush();
    teller.tell(intake.drain());
    teller.end(intake.received, new Date().toISOString());
  } finally {
    clearInterval(timer);
    await translator.close();
    signal.close();
  }
  return 0;
}

/** Tells a batch before the translator folds it, so that a report stands above the transition it causes. */
function tellingReceiver(translator: Receiver, intake: Intake, teller: Teller): Receiver {
  return {
    logs: (batch) => {
      teller.tell(intake.logs(batch));
      return translator.logs(batch);
    },
    traces: (batch) => {
      teller.tell(intake.spans(batch, Date.now()));
      return translator.traces(batch);
    },
    metrics: (batch) => {
      intake.metrics(batch);
      return translator.metrics(batch);
    },
  };
}

/** Of what the translator derives, the lifecycle logs are told; the spans and metrics say the same. */
function terminalSink(teller: Teller): DerivedSink {
  return {
    logs: (batch) => {
      teller.tell(batch.flatMap(({ logRecords }) => logRecords.map(eventOfLogRecord)));
      return Promise.resolve({ kind: 'accepted' });
    },
    traces: () => Promise.resolve({ kind: 'accepted' }),
    metrics: () => Promise.resolve({ kind: 'accepted' }),
  };
}

function welcome(url: string, port: number): readonly string[] {
  const how =
    port === DEFAULT_PORT
      ? 'any service with OTLP defaults just works'
      : `services need OTEL_EXPORTER_OTLP_ENDPOINT=${url}`;
  return [`listens on ${url} (OTLP/HTTP); Ctrl-C sums up`, how];
}
