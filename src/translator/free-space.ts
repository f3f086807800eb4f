import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { StoreUrl } from './store/open-store.ts';

/** The folder of the store's file; undefined for a store in memory. */
export function folderOf(store: StoreUrl): string | undefined {
  return store === 'memory:' ? undefined : dirname(resolve(store.slice('sqlite:'.length)));
}

/** Bytes that this user may still write where the folder is; undefined where the file system does not say. Never rejects. */
export async function freeBytesAt(folder: string): Promise<number | undefined> {
  try {
    const { blocks, bavail, bsize } = await statfs(folder);
    return blocks === 0 ? undefined : bavail * bsize; // without blocks of its own (network and virtual ones) 0 says nothing
  } catch {
    return undefined; // whether the store can be written is for the write probe to say
  }
}
