import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { backupStore } from '../../../src/translator/store/backup-store.ts';
import { checkStore } from '../../../src/translator/store/check-store.ts';
import { issueLog } from '../issue-batches.ts';
import { openAt, pathOf, stateOf, take } from './store-files.ts';

describe('a backup', () => {
  it('taken while requests come in is the store as it was at one moment, and a start from it goes on', async () => {
    const store = openAt(pathOf(), { checkpointEvents: 20 });
    const writes: Promise<void>[] = [];
    for (let n = 0; n < 60; n++) {
      writes.push(take(store, [issueLog('report', n), issueLog('resolve', n)]));
      if (n === 30) {
        await Promise.all(writes);
        await backupStore(pathOf(), pathOf('backup.db'));
      }
    }
    await Promise.all(writes);
    expect((await checkStore(pathOf('backup.db'))).problems).toEqual([]);

    const restored = openAt(pathOf('backup.db'));
    expect((await restored.counters()).get('applied')).toBe(62);
    for (let n = 0; n < 60; n++) await take(restored, [issueLog('report', n), issueLog('resolve', n)]);
    expect(await restored.issues('', 10)).toEqual(await store.issues('', 10));
    expect((await restored.counters()).get('duplicate')).toBe(62);
  });

  it('of a store at rest equals it', async () => {
    const store = openAt();
    await take(store, [issueLog('report', 1), issueLog('resolve', 2)]);
    await backupStore(pathOf(), pathOf('backup.db'));
    expect(await stateOf(openAt(pathOf('backup.db')))).toEqual(await stateOf(store));
  });

  it('overwrites nothing, and leaves nothing behind when it fails', async () => {
    await openAt().close();
    await backupStore(pathOf(), pathOf('backup.db'));
    await expect(backupStore(pathOf(), pathOf('backup.db'))).rejects.toThrow(
      'exists already; a backup overwrites nothing',
    );
    await expect(backupStore(pathOf('none.db'), pathOf('other.db'))).rejects.toThrow('there is no store at');
    await expect(backupStore(pathOf(), pathOf('no-folder/other.db'))).rejects.toThrow();
    expect(existsSync(pathOf('other.db'))).toBe(false);
  });
});
