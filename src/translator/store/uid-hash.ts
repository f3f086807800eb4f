/** 128 bits that stand for an agent's uid: of two uids of a store of 10^9, the chance that any share them is 10^-21. */
export type UidHash = Uint32Array;

export const UID_HASH_BYTES = 16;
export const UID_HASH_WORDS = 4;
const WORDS = UID_HASH_WORDS;
const CONSTANTS = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93] as const;
const [C1, C2, C3, C4] = CONSTANTS;

/** Code units of UTF-16, two to a word, zeros after the end; all of them in the memory of one text at a time. */
let units = new Uint32Array(512);

/** The hash of a text; `seed` is the hash of what goes before it. */
export function hashText(text: string, seed: UidHash, into: UidHash = new Uint32Array(WORDS)): UidHash {
  const { length } = text;
  const words = room(length);
  for (let at = 0; at < length; at += 2) {
    words[at >> 1] = text.charCodeAt(at) | (at + 1 < length ? text.charCodeAt(at + 1) << 16 : 0);
  }
  return hashUnits(words, length, seed, into);
}

/** The same of a text in ASCII, from its bytes. */
export function hashAscii(
  bytes: Uint8Array,
  start: number,
  length: number,
  seed: UidHash,
  into: UidHash = new Uint32Array(WORDS),
): UidHash {
  const words = room(length);
  for (let at = 0; at < length; at += 2) {
    words[at >> 1] = (bytes[start + at] ?? 0) | (at + 1 < length ? (bytes[start + at + 1] ?? 0) << 16 : 0);
  }
  return hashUnits(words, length, seed, into);
}

/** Room for so many code units, with zeros after their end as far as a step of the hash reads. */
function room(length: number): Uint32Array {
  const last = length >> 1;
  if (units.length < last + 2 * WORDS) units = new Uint32Array(2 * last + 2 * WORDS);
  for (let at = last; at <= last + WORDS; at++) units[at] = 0;
  return units;
}

/** MurmurHash3 (x86, 128 bits). */
function hashUnits(words: Uint32Array, length: number, seed: UidHash, into: UidHash): UidHash {
  let h1 = seed[0] ?? 0;
  let h2 = seed[1] ?? 0;
  let h3 = seed[2] ?? 0;
  let h4 = seed[3] ?? 0;
  for (let at = 0; 2 * at < length; at += WORDS) {
    h1 ^= Math.imul(rotate(Math.imul(words[at] ?? 0, C1), 15), C2);
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(words[at + 1] ?? 0, C2), 16), C3);
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(words[at + 2] ?? 0, C3), 17), C4);
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(words[at + 3] ?? 0, C4), 18), C1);
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
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

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
