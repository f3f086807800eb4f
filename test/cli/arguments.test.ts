import { describe, expect, test } from 'vitest';
import { formatDuration, formatWait, parseDurationMillis } from '../../src/cli/duration.ts';
import { readExportTarget } from '../../src/cli/export-target.ts';
import { isOwnListener, parseListenAddress } from '../../src/cli/listen-address.ts';
import { nodeVersionProblem } from '../../src/cli/node-version.ts';
import { readOptions } from '../../src/cli/options.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

const TABLE = {
  listen: { flag: 'listen', variables: ['HIVELOOP_LISTEN'], value: 'HOST:PORT', fallback: 'here:1', help: '' },
  target: { flag: 'export', variables: ['HIVELOOP_EXPORT', 'OTEL_EXPORTER_OTLP_ENDPOINT'], value: 'URL', help: '' },
  json: { flag: 'json', variables: ['HIVELOOP_JSON'], help: '' },
} as const;

function read(argv: readonly string[], environment: Record<string, string> = {}): unknown {
  return readOptions('test', TABLE, argv, environment);
}

describe('options', () => {
  test('a flag wins over its variable, the variable over the default', () => {
    expect(read([])).toEqual({ listen: 'here:1', target: undefined, json: false });
    expect(read([], { HIVELOOP_LISTEN: 'there:2' })).toMatchObject({ listen: 'there:2' });
    expect(read(['--listen', 'far:3'], { HIVELOOP_LISTEN: 'there:2' })).toMatchObject({ listen: 'far:3' });
    expect(read(['--listen=far:3'])).toMatchObject({ listen: 'far:3' });
  });

  test('of two variables the first that is set wins, and an empty one is not set', () => {
    const standard = { OTEL_EXPORTER_OTLP_ENDPOINT: 'b' };
    expect(read([], standard)).toMatchObject({ target: 'b' });
    expect(read([], { ...standard, HIVELOOP_EXPORT: 'a' })).toMatchObject({ target: 'a' });
    expect(read([], { ...standard, HIVELOOP_EXPORT: '' })).toMatchObject({ target: 'b' });
  });

  test.each([
    ['1', true],
    ['true', true],
    ['0', false],
    ['False', false],
    ['', false],
    ['YES', true],
    ['off', false],
  ])('a switch whose variable is %j is %s', (text, isOn) => {
    expect(read([], { HIVELOOP_JSON: text })).toMatchObject({ json: isOn });
  });

  test('a switch whose variable is neither true nor false is refused, and may be said by the flag', () => {
    expect(() => read([], { HIVELOOP_JSON: 'maybe' })).toThrow(
      /HIVELOOP_JSON is 'maybe', which is neither true nor false/,
    );
    expect(read(['--json'], { HIVELOOP_JSON: 'maybe' })).toMatchObject({ json: true });
    expect(read(['--json=no'], { HIVELOOP_JSON: '1' })).toMatchObject({ json: false });
  });

  test.each([
    [['--nope'], 'unknown flag --nope; see hiveloop test --help'],
    [['-x'], 'unknown flag -x; see hiveloop test --help'],
    [['word'], "unexpected argument 'word'; see hiveloop test --help"],
    [['--listen'], '--listen needs a value (HOST:PORT); see hiveloop test --help'],
    [['--listen', '--json'], '--listen needs a value (HOST:PORT); see hiveloop test --help'],
    [['--listen', 'a', '--listen', 'b'], '--listen is given twice; see hiveloop test --help'],
    [['--json=maybe'], "--json or HIVELOOP_JSON is 'maybe', which is neither true nor false; the flag alone is true"],
  ])('%j is refused in one sentence', (argv, message) => {
    expect(() => read(argv)).toThrow(new UsageError(message));
  });
});

describe('durations', () => {
  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
  ])('%s is %d ms', (text, millis) => expect(parseDurationMillis('window', text)).toBe(millis));

  test.each(['', '5', '0s', '-1s', '1w', 'soon'])('%j is refused', (text) => {
    expect(() => parseDurationMillis('window', text)).toThrow(UsageError);
  });

  test.each([
    [0, '0ms'],
    [0.04, '40ms'],
    [0.0996, '0.1s'],
    [0.84, '0.8s'],
    [59.94, '59.9s'],
    [59.96, '1m00s'],
    [725, '12m05s'],
    [3599.7, '1h00m'],
    [11_220, '3h07m'],
    [86_399, '1d00h'],
    [183_600, '2d03h'],
  ])('%d s reads %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  test('a wait says tenths only where they matter', () => {
    const texts = [0.0003, 0.2, 2, 2.04, 1.5, 12.3, 59.7, 90].map(formatWait);
    expect(texts).toEqual(['0ms', '0.2s', '2s', '2s', '1.5s', '12s', '59.7s', '1m30s']);
  });
});

describe('addresses', () => {
  test.each([
    ['127.0.0.1:4318', '127.0.0.1', 4318],
    ['localhost:0', 'localhost', 0],
    ['[::1]:4318', '::1', 4318],
  ])('%s is read', (text, host, port) => expect(parseListenAddress(text)).toEqual({ host, port }));

  test.each(['4318', ':4318', 'host', 'host:', 'host:99999', 'http://host:1', '::1:4318'])('%s is refused', (text) => {
    expect(() => parseListenAddress(text)).toThrow(UsageError);
  });

  test.each([
    ['http://127.0.0.1:4318', '127.0.0.1:4318', true],
    ['http://localhost:4318/v1', '127.0.0.1:4318', true],
    ['http://[::1]:4318', '0.0.0.0:4318', true],
    ['http://0.0.0.0:4318', '127.0.0.1:4318', true],
    ['http://collector.example:80', 'collector.example:80', true],
    ['http://127.0.0.1:4319', '127.0.0.1:4318', false],
    ['http://collector:4318', '127.0.0.1:4318', false],
  ])('%s as target of %s: own listener %s', (url, listen, isOwn) => {
    expect(isOwnListener(new URL(url), parseListenAddress(listen))).toBe(isOwn);
  });

  test('an export target has the standard headers, percent-decoded, and no slash at its end', () => {
    const environment = { OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20a=b, x-scope=one,broken' };
    expect(readExportTarget('https://otlp.example/base/', environment)).toEqual({
      url: 'https://otlp.example/base',
      headers: { authorization: 'Bearer a=b', 'x-scope': 'one' },
      compression: {},
    });
    expect(readExportTarget('none', environment)).toBeUndefined();
  });

  test('an export target has the standard compression, a variable for one signal wins', () => {
    const compressionOf = (environment: Record<string, string>): unknown =>
      readExportTarget('http://collector:4318', environment)?.compression;
    expect(
      compressionOf({ OTEL_EXPORTER_OTLP_COMPRESSION: 'none', OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: 'GZIP' }),
    ).toEqual({
      logs: 'gzip',
      traces: 'none',
      metrics: 'none',
    });
    expect(
      compressionOf({ OTEL_EXPORTER_OTLP_COMPRESSION: '', OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'none' }),
    ).toEqual({
      traces: 'none',
    });
    expect(() => compressionOf({ OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd' })).toThrow(
      new UsageError('OTEL_EXPORTER_OTLP_COMPRESSION must be gzip or none, and is "zstd"'),
    );
  });
});

test.each([
  ['20.19.0', false],
  ['22.12.0', false],
  ['22.13.0', true],
  ['23.0.0', true],
  ['24.21.0', true],
])('Node %s will do: %s', (version, willDo) => {
  const problem = nodeVersionProblem(version);
  if (willDo) expect(problem).toBeUndefined();
  else expect(problem).toMatch(/^the command needs Node >= 22\.13 \(node:sqlite\); this is Node [\d.]+\./);
});
