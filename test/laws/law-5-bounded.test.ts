import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { type AddressedEvent, type IssueRecord, takeEvent } from '../../src/lifecycle/issue.ts';
import type { IssueEvent } from '../../src/lifecycle/issue-event.ts';
import { encodeRow } from '../../src/translator/store/encoding.ts';
import { createTranslator } from '../../src/translator/translator.ts';
import { type Message, report, SECOND, START, WINDOW } from './support/message.ts';
import { logsOf } from './support/wire.ts';

/** Events of one issue; outside CI, 10 million: `HIVELOOP_REPORTS=10000000`. */
const EVENTS = Number(process.env['HIVELOOP_REPORTS'] ?? 200_000);
/** Openings and closings of one issue: each is told, which costs more. */
const TURNS = EVENTS / 10;
const GAP = SECOND / 100n;
const TAIL_MAX = 1024;
const TOLD_MAX = 100;
const ADDRESS = {
  identity: { environment: 'test', namespace: '', agentId: 'lead-qualifier', issueId: 'crm-403', fingerprint: '' },
  reporter: { serviceName: 'sales-agents', agentType: '' },
};

function event(kind: IssueEvent['kind'], index: number): AddressedEvent {
  const at = START + BigInt(index) * GAP;
  const common = {
    uid: String(index).padStart(9, '0'),
    effectiveTime: at,
    takenAt: at,
    summary: 'CRM API returns 403',
    span: { traceId: '', spanId: '' },
  };
  if (kind !== 'report') return { ...ADDRESS, event: { ...common, kind } };
  const said = { severity: 'high', severityAsSaid: 'high', category: 'permissions', occurrenceCount: 0 } as const;
  return { ...ADDRESS, event: { ...common, kind, ...said } };
}

interface Lived {
  readonly told: number;
  readonly shortened: number;
  /** Of what is kept of the issue: at a tenth of its life, and at the end. */
  readonly bytesEarly: number;
  readonly bytesLate: number;
  readonly tailMax: number;
  readonly record: IssueRecord | undefined;
}

/** One issue's whole life through the fold, an event every 10 ms. */
function live(events: number, kindOf: (index: number) => IssueEvent['kind']): Lived {
  let record: IssueRecord | undefined;
  let [told, shortened, bytesEarly, tailMax] = [0, 0, 0, 0];
  for (let index = 0; index < events; index++) {
    const update = takeEvent(record, event(kindOf(index), index), WINDOW);
    record = update.record;
    told += update.told.length;
    shortened += update.shortened;
    tailMax = Math.max(tailMax, record?.history.tail.length ?? 0);
    if (index === events / 10) bytesEarly = bytesOf(record);
  }
  return { told, shortened, bytesEarly, bytesLate: bytesOf(record), tailMax, record };
}

function bytesOf(record: IssueRecord | undefined): number {
  const told = record?.story.recent.bytes.length ?? 0;
  return encodeRow({ ...record, tail: [...(record?.history.tail ?? [])] }).length + told;
}

it(`law 5, bounded: ${String(EVENTS)} reports of one issue leave a base of constant size, 1 024 tail events, and few told`, () => {
  const { record, told, shortened, bytesEarly, bytesLate, tailMax } = live(EVENTS, () => 'report');
  expect(record?.history.head).toMatchObject({ status: 'open', episode: 1, reports: EVENTS });
  expect(tailMax).toBe(TAIL_MAX);
  expect(shortened).toBe(EVENTS - TAIL_MAX);
  expect(bytesLate / bytesEarly).toBeLessThan(1.02);
  const hours = Math.ceil((EVENTS * Number(GAP)) / 3.6e12);
  expect(told).toBeLessThanOrEqual(10 + Math.ceil(Math.log2(EVENTS)) + hours);
}, 600_000);

it(`law 5, bounded: an issue that opens and closes ${String(TURNS / 2)} times is kept in constant size`, () => {
  const { record, bytesEarly, bytesLate, tailMax } = live(TURNS, (index) => (index % 2 === 0 ? 'report' : 'resolve'));
  expect(record?.history.head).toMatchObject({ status: 'resolved', episode: TURNS / 2 });
  expect(record?.story.recent.length).toBe(TOLD_MAX);
  expect(tailMax).toBe(TAIL_MAX);
  expect(bytesLate / bytesEarly).toBeLessThan(1.02);
}, 600_000);

it(`law 5, bounded: ${String(TURNS)} closers of an issue that nobody reported are kept in constant size`, () => {
  const { record, bytesEarly, bytesLate, tailMax } = live(TURNS, () => 'resolve');
  expect(record?.history.head).toMatchObject({ status: 'unseen' });
  expect(tailMax).toBe(TAIL_MAX);
  expect(bytesLate / bytesEarly).toBeLessThan(1.02);
}, 600_000);

it('law 5, bounded: uids are dropped after seven days and the window, so the store stops growing, and an older event is a straggler', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hiveloop-law-5-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'hiveloop.db');
  let clock = START;
  const translator = await createTranslator({ store: `sqlite:${path}`, now: () => clock });
  onTestFinished(() => translator.close());
  const day = 86_400;
  const take = async (messages: readonly Message[]): Promise<void> => {
    expect((await translator.receiver.logs(logsOf(messages))).kind).toBe('accepted');
  };

  const pages: number[] = [];
  for (let today = 0; today < 24; today++) {
    clock = START + BigInt(today * day + 1000) * SECOND;
    const reports = Array.from({ length: 1500 }, (_, index) =>
      report(0, { uid: `${String(today)}-${String(index)}`.padEnd(40, '.'), time: clock - BigInt(index) }),
    );
    await take(reports);
    await translator.flush();
    pages.push(countPages(path));
  }
  expect((pages.at(-1) ?? 0) / (pages[11] ?? 0)).toBeLessThan(1.1);

  const before = await translator.issues();
  await take([report(5 * day)]);
  expect(await translator.counters()).toMatchObject({ applied: 24 * 1500, duplicate: 0, straggler: 1 });
  expect(await translator.issues()).toMatchObject(before.map(({ state, episode }) => ({ state, episode })));
}, 60_000);

function countPages(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return Number(database.prepare('pragma page_count').get()?.['page_count']);
  } finally {
    database.close();
  }
}
