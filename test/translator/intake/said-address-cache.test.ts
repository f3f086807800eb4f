import { expect, it } from 'vitest';
import { AddressBook } from '../../../src/translator/intake/address-book.ts';
import { SaidAddressCache } from '../../../src/translator/intake/said-address-cache.ts';
import { readSender } from '../../../src/translator/intake/said-sender.ts';

const sender = readSender({ 'service.name': 'sales' });
const who = { environment: '', namespace: '', agentId: 'bee', serviceName: 'sales', agentType: '' };
const said = { ...new AddressBook().find(who, 'crm-403', ''), sender, severity: '', category: '' };

/** Asks for what these texts come to. */
function ask(cache: SaidAddressCache, ...texts: readonly string[]): ReturnType<SaidAddressCache['find']> {
  cache.begin();
  for (const text of texts) {
    const bytes = Buffer.from(text);
    cache.add(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.length);
  }
  return cache.find(sender);
}

it('finds what it was given for the same texts', () => {
  const cache = new SaidAddressCache();
  expect(ask(cache, 'bee', 'crm-403')).toBeUndefined();
  cache.keep(said);
  expect(ask(cache, 'bee', 'crm-403')).toBe(said);
  expect(ask(cache, 'bee', 'crm-404')).toBeUndefined();
});

it('keeps nothing for texts that are too long', () => {
  const cache = new SaidAddressCache();
  for (const texts of [['x'.repeat(200)], ['x'.repeat(100), 'x'.repeat(100), 'x']]) {
    ask(cache, ...texts);
    cache.keep(said);
    expect(ask(cache, ...texts)).toBeUndefined();
  }
});

it('tells apart texts that say the same when they run into one another', () => {
  // So many that some share a slot.
  const cache = new SaidAddressCache();
  for (let i = 0; i < 100_000; i++) {
    const [agent, type] = [String(i).padStart(8, '0'), 'type'];
    ask(cache, agent, type);
    cache.keep(said);
    if (ask(cache, agent + type, '') !== undefined) throw new Error(`${agent} and ${type} were taken for one text`);
  }
});
