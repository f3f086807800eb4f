import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTokenFile } from '../../../src/translator/http/token-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hiveloop-tokens-'));
  path = join(folder, 'tokens');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(text: string, mode = 0o600): void {
  writeFileSync(path, text);
  chmodSync(path, mode);
}

describe('a token file', () => {
  it('holds one token a line, and remarks', () => {
    write('# senders\nfirst-token\r\n\n  second-token  \n');
    const tokens = openTokenFile(path);
    expect(['first-token', 'second-token', '# senders', '', 'first', 'first-token2'].map((t) => tokens.has(t))).toEqual(
      [true, true, false, false, false, false],
    );
  });

  it('may be read by its group, as a mounted secret is', () => {
    write('first-token', 0o440);
    expect(openTokenFile(path).has('first-token')).toBe(true);
  });

  it.each([
    ['that is missing', undefined, 0, /^the token file \S+ does not exist; it must hold one token a line/],
    ['that all can read', 'first-token', 0o644, /is open to every user of this machine; run chmod 600 \S+$/],
    ['that all can write', 'first-token', 0o602, /is open to every user of this machine/],
    ['without a token', '# none\n', 0o600, /holds no token; write one a line$/],
    ['with a word that is none', 'first-token\nnot a token', 0o600, /^line 2 of the token file \S+ is no token/],
    ['with a token too short to keep anyone out', 'abc', 0o600, /^line 1 .* 8 or more ASCII characters/],
  ])('%s is an error in one sentence that tells no token', (_, text, mode, sentence) => {
    if (text !== undefined) write(text, mode);
    expect(() => openTokenFile(path)).toThrow(sentence);
    expect(() => openTokenFile(path)).not.toThrow(/first-token|not a token|abc/);
  });

  it('that is a folder is an error in one sentence', () => {
    expect(() => openTokenFile(folder)).toThrow(/is not a file$|is open to every user/);
  });
});

describe('a rotation', () => {
  it('takes a new token at once and drops a removed one at once, however fast the changes follow', () => {
    write('token-0000');
    const tokens = openTokenFile(path);
    for (let i = 1; i < 50; i++) {
      const [last, next] = [`token-${1000 + i - 1}`, `token-${1000 + i}`];
      write(`${last}\n${next}\n`);
      expect(tokens.has(next)).toBe(true);
      expect(tokens.has(last)).toBe(true);
    }
    write('token-last-one');
    expect([tokens.has('token-last-one'), tokens.has('token-1049')]).toEqual([true, false]);
  });

  it('by renaming a file over it, as editors and mounted secrets do, is seen', () => {
    write('old-token');
    const tokens = openTokenFile(path);
    writeFileSync(`${path}.new`, 'new-token', { mode: 0o600 });
    renameSync(`${path}.new`, path);
    expect([tokens.has('new-token'), tokens.has('old-token')]).toEqual([true, false]);
  });

  it('caught half-way leaves the tokens as they were, and is told once', () => {
    const told: string[] = [];
    write('old-token');
    const tokens = openTokenFile(path, (sentence) => told.push(sentence));
    write('');
    expect([tokens.has('old-token'), tokens.has('old-token'), tokens.has('unknown-token')]).toEqual([
      true,
      true,
      false,
    ]);
    rmSync(path);
    expect(tokens.has('old-token')).toBe(true);
    write('new-token');
    expect([tokens.has('new-token'), tokens.has('old-token')]).toEqual([true, false]);
    expect(told).toEqual([
      expect.stringMatching(/holds no token.*; the tokens read before stay in force$/),
      expect.stringMatching(/does not exist.*; the tokens read before stay in force$/),
    ]);
  });
});
