let prefix = '';
let count = 0;

/**
 * A new `log.record.uid`: unique over processes by 64 random bits, within the process by a counter. Cheaper than a
 * UUID each, which matters because every record has one.
 */
export function nextUid(): string {
  if (prefix === '') prefix = randomHex(8);
  count += 1;
  return `${prefix}-${count.toString(36)}`;
}

/** A random UUID, for the run of a task. */
export function randomUuid(): string {
  return globalThis.crypto.randomUUID();
}

function randomHex(bytes: number): string {
  let hex = '';
  for (const byte of globalThis.crypto.getRandomValues(new Uint8Array(bytes)))
    hex += byte.toString(16).padStart(2, '0');
  return hex;
}
