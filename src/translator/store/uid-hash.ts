/** 128 bits that stand for an agent's uid: of two uids of a store of 10^9, the chance that any share them is 10^-21. */
export type UidHash = Uint32Array;

export const UID_HASH_BYTES = 16;
export const UID_HASH_WORDS = 4;
const WORDS = UID_HASH_WORDS;
const CONSTANTS = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93] as const;
const [C1, C2, C3, C4] = CONSTANTS;

/** MurmurHash3 (x86, 128 bits) over UTF-16 code units, two to a word; `seed` is the hash of what goes before. */
export function hashText(text: string, seed: UidHash, into: UidHash = new Uint32Array(WORDS)): UidHash {
  let h1 = seed[0] ?? 0;
  let h2 = seed[1] ?? 0;
  let h3 = seed[2] ?? 0;
  let h4 = seed[3] ?? 0;
  for (let at = 0; at < text.length; at += 2 * WORDS) {
    h1 ^= Math.imul(rotate(Math.imul(word(text, at), C1), 15), C2);
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(word(text, at + 2), C2), 16), C3);
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(word(text, at + 4), C3), 17), C4);
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(word(text, at + 6), C4), 18), C1);
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  h1 ^= text.length;
  h2 ^= text.length;
  h3 ^= text.length;
  h4 ^= text.length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = mix(h1);
  h2 = mix(h2);
  h3 = mix(h3);
  h4 = mix(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  into[0] = h1;
  into[1] = h2 + h1;
  into[2] = h3 + h1;
  into[3] = h4 + h1;
  return into;
}

/** The seed of an agent's uids. */
export function hashAgent(agent: string): UidHash {
  return hashText(agent, new Uint32Array(WORDS));
}

/** Two code units, zeros after the end. */
function word(text: string, at: number): number {
  const low = at < text.length ? text.charCodeAt(at) : 0;
  return at + 1 < text.length ? low | (text.charCodeAt(at + 1) << 16) : low;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
