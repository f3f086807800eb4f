import { connect, type Socket } from 'node:net';

export const CONNECTIONS = 8;

export interface LoadResult {
  readonly seconds: number;
  readonly latencyMillis: readonly number[];
}

/** Sends the bodies over so many connections, one request in flight on each, and resolves when all were answered by 200. */
export async function sendAll(
  url: string,
  bodies: readonly Buffer[],
  options: { readonly connections: number; readonly contentType: string; readonly isGzip: boolean },
): Promise<LoadResult> {
  const { hostname, port, host } = new URL(url);
  const head =
    `POST /v1/logs HTTP/1.1\r\nhost: ${host}\r\ncontent-type: ${options.contentType}\r\n` +
    (options.isGzip ? 'content-encoding: gzip\r\n' : '');
  const latencyMillis: number[] = [];
  let next = 0;
  const start = performance.now();
  const run = async (): Promise<void> => {
    const socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const sent = performance.now();
      socket.write(Buffer.concat([Buffer.from(`${head}content-length: ${String(body.length)}\r\n\r\n`), body]));
      await answered(socket);
      latencyMillis.push(performance.now() - sent);
    }
    socket.destroy();
  };
  await Promise.all(Array.from({ length: options.connections }, run));
  return { seconds: (performance.now() - start) / 1000, latencyMillis };
}

function answered(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const take = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) return;
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      settle();
      if (text.startsWith('HTTP/1.1 200')) resolve();
      else reject(new Error(`the translator answered ${text.slice(0, 200)}`));
    };
    const fail = (): void => {
      settle();
      reject(new Error('the translator closed the connection'));
    };
    const settle = (): void => {
      socket.off('data', take);
      socket.off('error', fail);
      socket.off('close', fail);
    };
    socket.on('data', take);
    socket.on('error', fail);
    socket.on('close', fail);
  });
}
