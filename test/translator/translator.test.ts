import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ATTR_AGENT_ID,
  ATTR_ISSUE_SEVERITY,
  ATTR_LOG_RECORD_UID,
  ATTR_SUMMARY,
  METRIC_ISSUE_ACTIVE,
} from '../../src/semconv.ts';
import type { IssueView } from '../../src/translator/issue-view.ts';
import type { LogRecord } from '../../src/translator/otlp/model.ts';
import { createTranslator, type Translator, type TranslatorOptions } from '../../src/translator/translator.ts';
import { issueLog, logBatch, SECOND, span, spanBatch, START } from './issue-batches.ts';
import { AWAY, ACCEPTED, RecordingSink } from './recording-sink.ts';

let folder = '';
let opened: Translator[] = [];
let clock = START;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hiveloop-translator-'));
  clock = START + 100n * SECOND;
});

afterEach(async () => {
  await Promise.all(opened.map((translator) => translator.close()));
  opened = [];
  rmSync(folder, { recursive: true });
});

async function open(options: Partial<TranslatorOptions> = {}): Promise<Translator> {
  const translator = await createTranslator({ store: 'memory:', now: () => clock, ...options });
  opened.push(translator);
  return translator;
}

async function only(translator: Translator): Promise<IssueView> {
  const [issue, ...more] = await translator.issues();
  if (issue === undefined || more.length > 0) throw new Error('there is not exactly one issue');
  return issue;
}

describe('createTranslator', () => {
  it('shows an issue as people ask for it', async () => {
    const translator = await open();
    await translator.receiver.logs(logBatch(issueLog('report', 1), issueLog('report', 2), issueLog('resolve', 12)));
    expect(await only(translator)).toEqual({
      key: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      environment: 'production',
      namespace: '',
      agentId: 'lead-qualifier',
      issueId: 'crm-403',
      summary: 'CRM API returns 403',
      state: 'resolved',
      stale: false,
      severity: 'high',
      category: 'permissions',
      episode: 1,
      occurrences: 2,
      totalOccurrences: 2,
      firstSeen: '2026-09-21T14:13:21.000000000Z',
      lastSeen: '2026-09-21T14:13:22.000000000Z',
      openedAt: '2026-09-21T14:13:21.000000000Z',
      resolvedAt: '2026-09-21T14:13:32.000000000Z',
      timeToResolveSeconds: 11,
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
    });
  });

  it('accounts for every event at the door', async () => {
    const translator = await open();
    const nameless = { ...issueLog('report', 3), attributes: {} };
    const receipt = await translator.receiver.logs(logBatch(issueLog('report', 1), issueLog('report', 1), nameless));
    expect(receipt).toEqual({
      kind: 'accepted',
      rejected: 1,
      message: `1 issue event(s) rejected: ${ATTR_AGENT_ID} is missing`,
    });
    await translator.receiver.logs(logBatch(issueLog('report', -800_000)));
    await translator.receiver.traces(spanBatch(span(), span()));
    expect(await translator.counters()).toMatchObject({
      received: 4,
      duplicate: 1,
      applied: 1,
      rejected: 1,
      straggler: 1,
      other: 2,
      foreign: 0,
    });
  });

  it('tells what is due once the clock says so', async () => {
    const sink = new RecordingSink();
    const translator = await open({ sink });
    await translator.receiver.logs(logBatch(issueLog('resolve', 1)));
    await translator.flush();
    expect(sink.transitions).toEqual([]);
    clock += 900n * SECOND;
    await translator.flush();
    expect(sink.transitions).toEqual(['unmatched']);
    expect(await translator.issues()).toEqual([]);
  });

  it('asks for a request again while its store is in trouble, having acknowledged nothing, and takes it then', async () => {
    const path = join(folder, 'hiveloop.db');
    const errors: string[] = [];
    const translator = await open({ store: `sqlite:${path}`, onError: ({ message }) => errors.push(message) });
    const database = new DatabaseSync(path);
    database.exec(`create trigger trouble before insert on counter begin select raise(abort, 'the disk is sick'); end`);
    const batch = logBatch(issueLog('report', 1));

    expect(await translator.receiver.logs(batch)).toEqual({
      kind: 'retryable',
      message: 'the store cannot be written',
      retryAfterSeconds: 5,
    });
    expect(errors).toEqual([
      'the store took nothing of a request, which the sender is asked to repeat: the disk is sick',
    ]);
    expect(await translator.counters()).toMatchObject({ received: 0, applied: 0 });

    database.exec('drop trigger trouble');
    database.close();
    expect((await translator.receiver.logs(batch)).kind).toBe('accepted');
    expect(await translator.counters()).toMatchObject({ received: 1, applied: 1 });
  });
});

describe('over a restart', () => {
  it('knows every uid, goes on with the story and sends what waited', async () => {
    const store = `sqlite:${join(folder, 'hiveloop.db')}` as const;
    const away = new RecordingSink();
    away.answer = () => AWAY;
    const first = await open({ store, sink: away });
    await first.receiver.logs(logBatch(issueLog('report', 1)));
    await first.close();
    expect(away.logBatches).toEqual([]);

    const back = new RecordingSink();
    const second = await open({ store, sink: back });
    await second.receiver.logs(logBatch(issueLog('report', 1), issueLog('report', 4), issueLog('resolve', 9)));
    await second.flush();
    expect(back.transitions).toEqual(['opened', 'recurred', 'resolved']);
    expect(await second.counters()).toMatchObject({ received: 4, applied: 3, duplicate: 1 });
    expect(back.metric(METRIC_ISSUE_ACTIVE.name)?.points).toMatchObject([{ value: 0 }]);
  });
});

/** Reports and resolves of one agent within 20 s; the uid is the moment and the kind, so a moment told twice is a duplicate. */
const anyRecord = fc
  .record({
    kind: fc.constantFrom('report' as const, 'resolve' as const),
    seconds: fc.nat(20),
    severity: fc.constantFrom('critical', 'high', 'low'),
  })
  .map(({ kind, seconds, severity }) => issueLog(kind, seconds, { [ATTR_ISSUE_SEVERITY]: severity }));

const split = fc
  .uniqueArray(anyRecord, {
    selector: ({ attributes }) => attributes[ATTR_LOG_RECORD_UID],
    minLength: 1,
    maxLength: 10,
  })
  .chain((records) =>
    fc.tuple(
      fc.constant(records),
      fc.shuffledSubarray([...records, ...records], { minLength: records.length * 2 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 20, maxLength: 20 }),
    ),
  );

function requests(records: readonly LogRecord[], sizes: readonly number[]): readonly (readonly LogRecord[])[] {
  const list: (readonly LogRecord[])[] = [];
  let from = 0;
  for (const size of sizes) {
    if (from < records.length) list.push(records.slice(from, from + size));
    from += size;
  }
  return from < records.length ? [...list, records.slice(from)] : list;
}

describe('law 1 and 3, with the real store', () => {
  it('any order, duplicates, split into requests and restarts end in one state, and the accounts add up', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(split, async ([records, arrivals, sizes]) => {
        const whole = await createTranslator({ store: 'memory:', now: () => clock });
        await whole.receiver.logs(logBatch(...records));

        const store = `sqlite:${join(folder, `${String(run++)}.db`)}` as const;
        const sink = new RecordingSink();
        sink.answer = () => (run % 2 === 0 ? ACCEPTED : AWAY);
        for (const request of requests(arrivals, sizes)) {
          const translator = await createTranslator({ store, sink, now: () => clock });
          await translator.receiver.logs(logBatch(...request));
          await translator.close();
        }
        sink.answer = () => ACCEPTED;
        const last = await createTranslator({ store, sink, now: () => clock });
        await last.flush();

        expect(await last.issues()).toEqual(await whole.issues());
        const { received, duplicate, applied, straggler, rejected } = await last.counters();
        expect(received).toBe(arrivals.length);
        expect(received).toBe(duplicate + applied + straggler + rejected);
        expect(applied).toBe(records.length);

        const uids = sink.logRecords.map(({ attributes }) => attributes[ATTR_LOG_RECORD_UID]);
        expect(new Set(uids).size).toBe(uids.length);
        const state = (await last.issues())[0]?.state;
        const turns = sink.transitions.filter((turn) => turn !== 'recurred' && turn !== 'severity_changed');
        const isToldOpen = turns.at(-1) === 'opened' || turns.at(-1) === 'reopened';
        if (state !== undefined) expect(isToldOpen).toBe(state === 'open');
        await Promise.all([whole.close(), last.close()]);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

it('an event that comes by log record and by span event is taken once', async () => {
  const translator = await open();
  const record = issueLog('report', 1);
  const event = {
    name: record.eventName,
    timeUnixNano: record.timeUnixNano,
    attributes: { ...record.attributes, [ATTR_SUMMARY]: 'CRM API returns 403' },
  };
  await translator.receiver.logs(logBatch(record));
  await translator.receiver.traces(spanBatch(span({ events: [event] })));
  expect(await translator.counters()).toMatchObject({ received: 2, applied: 1, duplicate: 1 });
});

describe('dismiss', () => {
  it('closes an open issue by a person’s decision, counted and told as any other event', async () => {
    const sink = new RecordingSink();
    const translator = await open({ sink });
    await translator.receiver.logs(logBatch(issueLog('report', 1)));
    const { key } = await only(translator);
    expect(await translator.dismiss(key, { by: 'anna', why: 'known, and harmless' })).toBe('dismissed');
    expect(await only(translator)).toMatchObject({ state: 'dismissed', episode: 1 });
    expect(await translator.counters()).toMatchObject({ received: 2, applied: 2 });
    expect(await translator.dismiss(key, { by: 'anna', why: 'again' })).toBe('not_open');
    expect(await translator.dismiss('0'.repeat(32), { by: 'anna', why: 'no such issue' })).toBe('unknown');
    await translator.flush();
    expect(sink.transitions).toEqual(['opened', 'dismissed']);
    expect(sink.logRecords.at(-1)?.body).toContain('anna: known, and harmless');
  });

  it('takes the later of our clock and the newest event and a nanosecond', async () => {
    const translator = await open();
    await translator.receiver.logs(logBatch(issueLog('report', 500)));
    const { key } = await only(translator);
    await translator.dismiss(key, { by: 'anna', why: 'a clock that is ahead' });
    expect((await only(translator)).resolvedAt).toBe('2026-09-21T14:21:40.000000001Z');
  });

  it('that meets a report on its way closes what is there after it', async () => {
    const translator = await open({ store: `sqlite:${join(folder, 'hiveloop.db')}` });
    await translator.receiver.logs(logBatch(issueLog('report', 1)));
    const { key } = await only(translator);
    const outcomes = await Promise.all([
      translator.receiver.logs(logBatch(issueLog('report', 400))),
      translator.dismiss(key, { by: 'anna', why: 'seen' }),
    ]);
    expect(outcomes[1]).toBe('dismissed');
    expect(await only(translator)).toMatchObject({ state: 'dismissed', occurrences: 2 });
    expect(await translator.counters()).toMatchObject({ received: 3, applied: 3 });
  });
});

describe('health', () => {
  it('is not ready while derived telemetry waits for minutes, and says where to look', async () => {
    const sink = new RecordingSink();
    sink.answer = () => AWAY;
    const translator = await open({ sink });
    await translator.receiver.logs(logBatch(issueLog('report', 1)));
    expect((await translator.health()).ready).toBe(true);
    clock += 301n * SECOND;
    const { ready, reasons } = await translator.health();
    expect(ready).toBe(false);
    expect(reasons.join()).toContain('look at the export address');
  });
});

it('what is no issue event is counted over a crash too, a second after it came', async () => {
  const path = join(folder, 'hiveloop.db');
  const translator = await open({ store: `sqlite:${path}` });
  await translator.receiver.traces(spanBatch(span(), span()));
  await translator.flush(); // as the timer does each second
  for (const suffix of ['', '-wal']) copyFileSync(path + suffix, join(folder, `crashed.db${suffix}`));
  const again = await open({ store: `sqlite:${join(folder, 'crashed.db')}` });
  expect(await again.counters()).toMatchObject({ other: 2 });
});

it('the time of the newest event is known over a restart', async () => {
  const store = `sqlite:${join(folder, 'hiveloop.db')}` as const;
  const first = await open({ store });
  await first.receiver.logs(logBatch(issueLog('report', 7), issueLog('report', 3)));
  expect(first.asOf()).toBe(START + 7n * SECOND);
  await first.close();
  expect((await open({ store })).asOf()).toBe(START + 7n * SECOND);
});

it('closed issues are forgotten after the retention, and a late report of theirs opens none', async () => {
  const translator = await open({ retentionMillis: 10 * 86_400_000 });
  await translator.receiver.logs(logBatch(issueLog('report', 1), issueLog('resolve', 2)));
  clock += 9n * 86_400n * SECOND;
  await translator.flush();
  expect(await translator.issues()).toHaveLength(1);
  clock += 2n * 86_400n * SECOND;
  await translator.flush();
  expect(await translator.issues()).toEqual([]);
  await translator.receiver.logs(logBatch(issueLog('report', 3)));
  expect(await translator.issues()).toEqual([]);
  expect(await translator.counters()).toMatchObject({ applied: 2, straggler: 1 });
});
