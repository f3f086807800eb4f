import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An OTLP receiver in a process of its own, so that its work is nobody's: it reads every request and answers 200. */
export interface Sink {
  readonly url: string;
  close(): void;
}

const SERVE = '--serve';

/** Starts the sink on a free port of the loopback interface. */
export async function openSink(): Promise<Sink> {
  const child = fork(new URL(import.meta.url), [SERVE]);
  const port = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', () => reject(new Error('the sink did not start')));
  });
  return { url: `http://127.0.0.1:${String(port)}`, close: () => child.kill() };
}

function serve(): void {
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

if (process.argv[2] === SERVE) serve();
