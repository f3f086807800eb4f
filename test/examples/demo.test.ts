import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openBuiltCopy, type BuiltCopy } from './support/built-copy.ts';
import { isRunning, Program } from './support/program.ts';

const DEMO = 'examples/lead-qualifier/demo.ts';
const SERVICE = 'examples/lead-qualifier/main.ts';
const ANY_PORT = { HIVELOOP_LISTEN: '127.0.0.1:0' };

let copy: BuiltCopy;
beforeAll(async () => {
  copy = await openBuiltCopy();
}, 60_000);
afterAll(() => copy.remove());

function start(file: string, environment: Readonly<Record<string, string>>): Program {
  const program = new Program(copy.path(file), environment);
  onTestFinished(async () => {
    program.signal('SIGTERM'); // ends its children too, where a test did not come to its end
    await program.ended;
  });
  return program;
}

/** The address of a port on which nothing listens. */
async function closedPort(): Promise<string> {
  const { address, close } = await takenPort();
  await close();
  return address;
}

async function takenPort(): Promise<{ readonly address: string; readonly close: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

describe('npm run demo', { timeout: 60_000 }, () => {
  it('tells the story of the service and ends by itself, with a summary of what was received', async () => {
    const { status, stdout, stderr } = await start(DEMO, { ...ANY_PORT, DEMO_SPEED: '4' }).ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [story = '', summary = ''] = stdout.split('── summary');
    for (const told of [
      /▶ lead-4801/,
      /\[■ Search CRM\] \[▪ Score lead\] \[ {2}Enrich\] \[ {2}Route\]/,
      /✗ enrich_lead .*ApiTimeout/,
      /↻ retry #1 .*\n[^]*↻ retry #2 /,
      /issue opened enrichment-api[^]*issue resolved[^]*issue reopened[^]*issue resolved/,
      /◇ replan r1 Route without enrichment/,
      /▲ escalated → senior-sales/,
      /‖ approval requested from support-lead[^]*✔ approved by support-lead after /,
      /■ agent_turn demo-model-1 1\.2k→\d+ tok/,
      /✗ lead-4805 .*failed/,
      /Q:[1-9]/,
      /Q:0/,
    ]) {
      expect(story).toMatch(told);
    }
    expect(summary).toMatch(/tasks +8: 7 completed, 1 failed/);
    expect(summary).toMatch(/retries +8, /);
    expect(summary).toMatch(/issues +2 opened, [2-4] recurred, 2 resolved, 1 reopened/);
    expect(summary).toMatch(/open issue +crm-duplicates low/);
  });

  it('stopped half-way, ends both of its processes, sums up, and says so in one line', async () => {
    const program = start(DEMO, ANY_PORT);
    await program.waitForOutput(/▶ lead-4802/);
    const children = await program.children();
    expect(children).toHaveLength(2);
    program.signal('SIGINT');
    const { status, stdout, stderr } = await program.ended;
    expect(status).toBe(130);
    expect(stderr).toMatch(/^lead-qualifier: \d of 8 leads processed; stopped by SIGINT\n$/);
    expect(stdout).toMatch(/tasks +\d: .*abandoned/);
    expect(children.filter(isRunning)).toEqual([]);
  });

  it('with the port in use, says so in one line and starts nothing', async () => {
    const { address, close } = await takenPort();
    onTestFinished(close);
    const ended = await start(DEMO, { HIVELOOP_LISTEN: address }).ended;
    expect(ended).toEqual({
      status: 1,
      stdout: '',
      stderr: `demo: ${address} is in use, by a Collector perhaps: stop that, or run HIVELOOP_LISTEN=127.0.0.1:0 npm run demo\n`,
    });
  });

  it('with the service sending to a wrong port, says so in one line', async () => {
    const address = await closedPort();
    const environment = { ...ANY_PORT, OTEL_EXPORTER_OTLP_ENDPOINT: `http://${address}`, DEMO_SPEED: '20' };
    const { status, stdout, stderr } = await start(DEMO, environment).ended;
    expect(status).toBe(1);
    expect(stderr).toBe(
      `lead-qualifier: 8 of 8 leads processed; nothing was listening at http://${address}, so telemetry is lost\n`,
    );
    expect(stdout).toMatch(/received +nothing of HiveLoop/);
  });
});

describe('the service alone', { timeout: 60_000 }, () => {
  it('does its work with no receiver there, and says at its end that nothing was listening', async () => {
    const address = await closedPort();
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://${address}`, DEMO_SPEED: '20' };
    const ended = await start(SERVICE, environment).ended;
    expect(ended).toEqual({
      status: 1,
      stdout: '',
      stderr: `lead-qualifier: 8 of 8 leads processed; nothing was listening at http://${address}, so telemetry is lost\n`,
    });
  });
});
