/**
 * SHA-256 in plain TypeScript, so that the lifecycle core runs anywhere and imports nothing. Inputs are short (a
 * summary, a key): less than a microsecond for each 64 bytes.
 */

/** The first 32 bits of the fraction: FIPS 180-4 takes its constants so from the roots of the first primes. */
function fractionBits(root: number): number {
  return ((root - Math.floor(root)) * 2 ** 32) | 0;
}

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

const ROUND_CONSTANTS = Int32Array.from(firstPrimes(64), (prime) => fractionBits(Math.cbrt(prime)));
const INITIAL_HASH = Int32Array.from(firstPrimes(8), (prime) => fractionBits(Math.sqrt(prime)));

const BLOCK_BYTES = 64;
/** A 1 bit ends the message, and its length fills the last 8 bytes. */
const PADDING_BYTES_MIN = 9;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const encoder = new TextEncoder();

/** Scratch of one call: nothing in it outlives the call, so the function stays pure. */
const schedule = new Int32Array(64);
const hash = new Int32Array(8);
const shortMessage = new Uint8Array(4 * BLOCK_BYTES);

/** SHA-256 of the text's UTF-8, as 64 lower-case hex digits. */
export function sha256(text: string): string {
  const isShort = writeAscii(text, shortMessage);
  const bytes = isShort ? shortMessage : encoder.encode(text);
  const byteLength = isShort ? text.length : bytes.length;
  const paddedLength = Math.ceil((byteLength + PADDING_BYTES_MIN) / BLOCK_BYTES) * BLOCK_BYTES;
  const message = isShort ? bytes : copyOf(bytes, paddedLength);
  pad(message, byteLength, paddedLength);
  hash.set(INITIAL_HASH);
  for (let offset = 0; offset < paddedLength; offset += BLOCK_BYTES) compress(message, offset);
  let hex = '';
  for (const word of hash) {
    hex += `${hexOf(word >>> 24)}${hexOf((word >>> 16) & 0xff)}${hexOf((word >>> 8) & 0xff)}${hexOf(word & 0xff)}`;
  }
  return hex;
}

/** Most texts are short ASCII, and to write them here is cheaper than the encoder. False for any other. */
function writeAscii(text: string, to: Uint8Array): boolean {
  const { length } = text;
  if (length + PADDING_BYTES_MIN > to.length) return false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return false;
    to[i] = code;
  }
  return true;
}

function copyOf(bytes: Uint8Array, length: number): Uint8Array {
  const copy = new Uint8Array(length);
  copy.set(bytes);
  return copy;
}

function pad(message: Uint8Array, byteLength: number, paddedLength: number): void {
  message.fill(0, byteLength, paddedLength);
  message[byteLength] = 0x80;
  // The length in bits has more than 32 of them from 512 MiB on.
  writeWord(message, paddedLength - 8, Math.floor(byteLength / 2 ** 29));
  writeWord(message, paddedLength - 4, byteLength << 3);
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

function hexOf(byte: number): string {
  return HEX[byte] ?? '';
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function compress(message: Uint8Array, offset: number): void {
  for (let i = 0, at = offset; i < 16; i++, at += 4) {
    schedule[i] =
      (byteAt(message, at) << 24) |
      (byteAt(message, at + 1) << 16) |
      (byteAt(message, at + 2) << 8) |
      byteAt(message, at + 3);
  }
  for (let i = 16; i < 64; i++) {
    const w15 = schedule[i - 15] ?? 0;
    const w2 = schedule[i - 2] ?? 0;
    const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
    const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
    schedule[i] = (schedule[i - 16] ?? 0) + s0 + (schedule[i - 7] ?? 0) + s1;
  }
  let a = hash[0] ?? 0;
  let b = hash[1] ?? 0;
  let c = hash[2] ?? 0;
  let d = hash[3] ?? 0;
  let e = hash[4] ?? 0;
  let f = hash[5] ?? 0;
  let g = hash[6] ?? 0;
  let h = hash[7] ?? 0;
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (ROUND_CONSTANTS[i] ?? 0) + (schedule[i] ?? 0)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  hash[0] = (hash[0] ?? 0) + a;
  hash[1] = (hash[1] ?? 0) + b;
  hash[2] = (hash[2] ?? 0) + c;
  hash[3] = (hash[3] ?? 0) + d;
  hash[4] = (hash[4] ?? 0) + e;
  hash[5] = (hash[5] ?? 0) + f;
  hash[6] = (hash[6] ?? 0) + g;
  hash[7] = (hash[7] ?? 0) + h;
}
