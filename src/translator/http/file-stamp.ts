import { statSync, type BigIntStats } from 'node:fs';

/** What a file looks like from outside: another stamp, another content, but for two changes within one tick of its clock. */
export function stampOf({ dev, ino, size, mode, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mode, mtimeNs, ctimeNs].join();
}

/** The stamp of the file at the path, links followed; empty when there is none: reading it says what is wrong. */
export function stampAt(path: string): string {
  try {
    return stampOf(statSync(path, { bigint: true }));
  } catch {
    return '';
  }
}
