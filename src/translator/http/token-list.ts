import { createHash, timingSafeEqual } from 'node:crypto';

/** The tokens that are taken. */
export interface TokenList {
  /** True when the token is on the list now. How long it takes says nothing about what the list holds. */
  has(token: string): boolean;
}

/** Tokens as they are kept and compared: hashes have one length, whatever was sent. */
export class TokenDigests implements TokenList {
  readonly #digests: readonly Buffer[];

  constructor(tokens: Iterable<string>) {
    this.#digests = Array.from(tokens, digestOf);
  }

  has(token: string): boolean {
    const digest = digestOf(token);
    // Every one is compared, also after a match.
    return this.#digests.reduce((isFound, known) => timingSafeEqual(known, digest) || isFound, false);
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

const BEARER = /^bearer +([\x21-\x7e]+) *$/i;

/** True when the header `Authorization` holds a token of the list, or when there is no list. */
export function isAuthorised(authorization: string | undefined, tokens: TokenList | undefined): boolean {
  if (tokens === undefined) return true;
  const token = BEARER.exec(authorization ?? '')?.[1];
  return token !== undefined && tokens.has(token);
}
