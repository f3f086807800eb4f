import { openMemoryStore } from './memory.ts';
import { openSqliteStore } from './sqlite.ts';
import type { Store } from './store.ts';

/** Where a translator keeps what it knows: `memory:` for as long as the process lives, or a SQLite file. */
export type StoreUrl = 'memory:' | `sqlite:${string}`;

/** @throws when the text names no store that we have, or the store cannot be opened */
export function openStore(url: StoreUrl, now: bigint): Store {
  if (url === 'memory:') return openMemoryStore(now);
  const path = /^sqlite:(?<path>.+)$/.exec(url)?.groups?.['path'];
  if (path === undefined) throw new Error(`the store is memory: or sqlite:PATH, and not ${JSON.stringify(url)}`);
  return openSqliteStore(path, now);
}
