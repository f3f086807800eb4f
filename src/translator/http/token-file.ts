import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { stampAt, stampOf } from './file-stamp.ts';
import { TokenDigests, type TokenList } from './token-list.ts';

const FILE_BYTES_MAX = 1_000_000n;
const READABLE_OR_WRITABLE_BY_ALL = 0o006n;
const TOKEN = /^[\x21-\x7e]{8,}$/;

/** Tokens as read at one moment, and what the file looked like then. */
interface Reading {
  readonly tokens: TokenDigests;
  readonly stamp: string;
}

/**
 * Opens a file of tokens, one a line; empty lines and lines that start with `#` say nothing. It is read again whenever
 * it changes, so that a new token counts at once and a removed one no longer: to rotate, add the new one, move the
 * senders over, remove the old one. A change that cannot be read leaves the tokens as they were.
 * @param onTrouble hears one sentence when a changed file cannot be taken. Default: nobody does.
 * @throws an Error of one sentence with what to do: the file is missing, readable by everyone, empty, or no list of tokens
 */
export function openTokenFile(path: string, onTrouble: (sentence: string) => void = () => undefined): TokenList {
  return new TokenFile(path, onTrouble);
}

class TokenFile implements TokenList {
  readonly #path: string;
  readonly #onTrouble: (sentence: string) => void;
  #reading: Reading;
  #trouble = '';

  constructor(path: string, onTrouble: (sentence: string) => void) {
    this.#path = path;
    this.#onTrouble = onTrouble;
    this.#reading = readTokens(path);
  }

  has(token: string): boolean {
    if (stampAt(this.#path) !== this.#reading.stamp) this.#readAgain();
    if (this.#reading.tokens.has(token)) return true;
    // Two changes within one tick of the file system's clock look like one: nobody is turned away by a reading of old.
    this.#readAgain();
    return this.#reading.tokens.has(token);
  }

  #readAgain(): void {
    try {
      this.#reading = readTokens(this.#path);
      this.#trouble = '';
    } catch (error) {
      const sentence = `${error instanceof Error ? error.message : String(error)}; the tokens read before stay in force`;
      if (sentence !== this.#trouble) this.#onTrouble(sentence);
      this.#trouble = sentence;
    }
  }
}

function readTokens(path: string): Reading {
  const file = openFile(path);
  try {
    const stats = fstatSync(file, { bigint: true });
    if (!stats.isFile()) throw new Error(`the token file ${path} is not a file`);
    if (process.platform !== 'win32' && (stats.mode & READABLE_OR_WRITABLE_BY_ALL) !== 0n) {
      throw new Error(`the token file ${path} is open to every user of this machine; run chmod 600 ${path}`);
    }
    if (stats.size > FILE_BYTES_MAX) throw new Error(`the token file ${path} is larger than a list of tokens can be`);
    return { tokens: new TokenDigests(parseTokens(path, readFileSync(file, 'utf8'))), stamp: stampOf(stats) };
  } finally {
    closeSync(file);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new Error(`the token file ${path} ${why}; it must hold one token a line and be readable by this user`, {
      cause,
    });
  }
}

function parseTokens(path: string, text: string): ReadonlySet<string> {
  const tokens = new Set<string>();
  for (const [at, line] of text.split('\n').entries()) {
    const token = line.trim();
    if (token === '' || token.startsWith('#')) continue;
    if (!TOKEN.test(token)) {
      throw new Error(
        `line ${at + 1} of the token file ${path} is no token: 8 or more ASCII characters without a space`,
      );
    }
    tokens.add(token);
  }
  if (tokens.size === 0) throw new Error(`the token file ${path} holds no token; write one a line`);
  return tokens;
}
