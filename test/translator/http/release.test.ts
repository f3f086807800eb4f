import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { readBody } from '../../../src/translator/http/body.ts';
import type { ContentCoding } from '../../../src/translator/http/content-coding.ts';
import { ByteBudget } from '../../../src/translator/http/byte-budget.ts';
import { startPost } from './open-server.ts';

const LARGE = Buffer.alloc(300_000, 'large');
const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

describe('a body that was read, once it is released', () => {
  it.each([
    { how: 'packed and small enough to be unpacked at once', coding: 'gzip', parts: [gzipSync(LARGE)] },
    { how: 'packed into much', coding: 'gzip', parts: [gzipSync(LARGE, { level: 0 })] },
    { how: 'plain, in pieces', coding: 'identity', parts: [LARGE.subarray(0, 100_000), LARGE.subarray(100_000)] },
  ] as const)('takes no memory and no budget: $how', async ({ coding, parts }) => {
    const budget = new ByteBudget(10_000_000);
    const body = await read(parts, coding, budget);
    expect(Buffer.compare(body.bytes, LARGE)).toBe(0);
    expect(budget.usedBytes).toBeGreaterThanOrEqual(LARGE.length);
    body.release();
    expect(body.bytes.byteLength).toBe(0);
    expect(budget.usedBytes).toBe(0);
  });

  it('leaves alone what lies in memory that others have too', async () => {
    const budget = new ByteBudget(10_000_000);
    const packed = await read([gzipSync('small')], 'gzip', budget);
    const plain = await read([Buffer.from('plain, in one piece')], 'identity', budget);
    packed.release();
    plain.release();
    expect([packed.bytes, packed.sent, plain.bytes].map((bytes) => Buffer.from(bytes).toString('latin1'))).toEqual([
      'small',
      gzipSync('small').toString('latin1'),
      'plain, in one piece',
    ]);
    expect(budget.usedBytes).toBe(0);
  });
});

/** The body as a server reads it when it comes in these parts, one after the other. */
async function read(
  parts: readonly Buffer[],
  coding: ContentCoding,
  budget: ByteBudget,
): Promise<Extract<Awaited<ReturnType<typeof readBody>>, { kind: 'read' }>> {
  const server = createServer().listen(0, '127.0.0.1');
  closers.push(() => server.close().closeAllConnections());
  await once(server, 'listening');
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const post = startPost(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, {
    'content-length': String(length),
  });
  for (const part of parts) post.write(part);
  post.end();
  post.on('error', () => undefined); // nobody answers it
  const [request] = (await once(server, 'request')) as [IncomingMessage];
  const body = await readBody(request, coding, 10_000_000, budget);
  if (body.kind !== 'read') throw new Error(`the body was not read: ${body.kind}`);
  return body;
}
