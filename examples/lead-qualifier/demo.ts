/**
 * `npm run demo`: starts `hiveloop dev` as one process and the service as another, lets the first tell in this terminal
 * what it receives from the second, and ends with its summary. Status 0 when all was told to the end; 130 and the like
 * when stopped by a signal; else 1 and a line on stderr that says why.
 */
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { NodeProgram, type Ending } from './child-process.ts';

const DEV = fileURLToPath(new URL('../../dist/cli.mjs', import.meta.url));
const SERVICE = fileURLToPath(new URL('main.ts', import.meta.url));

if (existsSync(DEV)) process.exitCode = await demo();
else {
  say('there is no dist/cli.mjs yet: run it as npm run demo, which builds it');
  process.exitCode = 1;
}

async function demo(): Promise<number> {
  const programs: NodeProgram[] = [];
  const stopSignal = firstSignal(programs);
  const dev = startDev();
  programs.push(dev.program);
  const start = await Promise.race([dev.listening, dev.program.ended, stopSignal]);
  if (typeof start === 'string') {
    await dev.program.stop('SIGINT');
    return stopped(start);
  }
  if ('how' in start) return failed(whyDevEnded(dev.program, start));

  const service = startService(start.url);
  programs.push(service);
  const cause = await Promise.race([
    service.ended.then(() => 'service ended' as const),
    dev.program.ended.then(() => 'dev ended' as const),
    stopSignal,
  ]);
  // The service first: what it still sends while it ends is told too. Then the listener, which sums up.
  const ending = await service.stop(cause === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
  if (cause !== 'dev ended') for (const line of service.stderrLines) process.stderr.write(`${line}\n`);
  const devEnding = await dev.program.stop('SIGINT');

  const hasSaidWhy = service.stderrLines.length > 0;
  if (cause === 'dev ended') return failed(`hiveloop dev ended before the service did (${devEnding.how})`);
  if (cause !== 'service ended') return hasSaidWhy ? statusOf(cause) : stopped(cause);
  if (!ending.isGood) return hasSaidWhy ? 1 : failed(`the service was ended half-way (${ending.how})`);
  return devEnding.isGood ? 0 : failed(`hiveloop dev ended with ${devEnding.how}`);
}

/** Starts `hiveloop dev` on OTLP's own port, or on `HIVELOOP_LISTEN`; its story goes to our stdout as it comes. */
function startDev(): { readonly program: NodeProgram; readonly listening: Promise<{ readonly url: string }> } {
  let listen: (where: { readonly url: string }) => void;
  const listening = new Promise<{ readonly url: string }>((resolve) => (listen = resolve));
  const { isTTY, columns } = process.stdout;
  const terminal = isTTY ? { COLUMNS: String(columns), FORCE_COLOR: process.env['NO_COLOR'] ? undefined : '1' } : {};
  const program = new NodeProgram([DEV, 'dev'], terminal, {
    output: (text) => void process.stdout.write(text),
    errorLine: (line) => {
      const url = /listens on (http:\S+)/.exec(line)?.[1];
      if (url !== undefined) listen({ url });
    },
  });
  return { program, listening };
}

/** The service sends where its environment says, else to `hiveloop dev`. What it says it says at its end: see above. */
function startService(url: string): NodeProgram {
  const OTEL_EXPORTER_OTLP_ENDPOINT = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? url;
  return new NodeProgram([SERVICE], { OTEL_EXPORTER_OTLP_ENDPOINT });
}

/** The first signal asks for an orderly end, the next ends both programs at once. */
function firstSignal(programs: readonly NodeProgram[]): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let isStopping = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (isStopping) for (const program of programs) program.kill();
      isStopping = true;
      resolve(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
    process.stdout.on('error', () => resolve('SIGPIPE')); // the reader of our pipe has gone
  });
}

function whyDevEnded({ stderrLines }: NodeProgram, { how }: Ending): string {
  const said = stderrLines[0]?.replace(/^hiveloop: /, '') ?? `hiveloop dev ended with ${how}`;
  const address = /cannot listen on (\S+): the port is in use/.exec(said)?.[1];
  if (address === undefined) return said;
  return `${address} is in use, by a Collector perhaps: stop that, or run HIVELOOP_LISTEN=127.0.0.1:0 npm run demo`;
}

function stopped(signal: NodeJS.Signals): number {
  say(`stopped by ${signal}`);
  return statusOf(signal);
}

function statusOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

function failed(sentence: string): number {
  say(sentence);
  return 1;
}

function say(sentence: string): void {
  process.stderr.write(`demo: ${sentence}\n`);
}
