/** Bodies that were changed on their way. */
import fc, { type Arbitrary } from 'fast-check';

/** One change: bytes overwritten, taken out, put in or doubled, or the end cut off. */
export type Edit = readonly ['set' | 'remove' | 'insert' | 'double' | 'cut', at: number, byte: number];
export const edits: Arbitrary<readonly Edit[]> = fc.array(
  fc.tuple(fc.constantFrom('set', 'set', 'remove', 'insert', 'double', 'cut'), fc.nat(), fc.nat(255)),
  { maxLength: 4 },
);

/** The changed body, between bytes of another that must stay unread: a read past either end would find telemetry. */
export function changed(body: Uint8Array, changes: readonly Edit[]): Buffer {
  let bytes: Buffer = Buffer.from(body);
  for (const [kind, place, byte] of changes) {
    const at = bytes.length === 0 ? 0 : place % bytes.length;
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    if (kind === 'set') bytes = Buffer.concat([before, Buffer.from([byte]), after.subarray(1)]);
    else if (kind === 'remove') bytes = Buffer.concat([before, after.subarray(1 + (byte % 8))]);
    else if (kind === 'insert') bytes = Buffer.concat([before, Buffer.from([byte]), after]);
    else if (kind === 'double') bytes = Buffer.concat([before, after.subarray(0, byte), after]);
    else bytes = Buffer.from(before);
  }
  const around = Buffer.alloc(bytes.length + 128, Buffer.from([0o12, 2, 0o12, 0]));
  around.set(bytes, 64);
  return around.subarray(64, 64 + bytes.length);
}
