import { describe, expect, test } from 'vitest';
import { ATTR_AGENT_ID, ATTR_ISSUE_CATEGORY, ATTR_ISSUE_SEVERITY } from '../../../src/semconv.ts';
import { TokenDigests } from '../../../src/translator/http/token-list.ts';
import { heartbeat } from '../agent-logs.ts';
import { logBatch, SECOND, START } from '../issue-batches.ts';
import { type Answer, type Api, openApi } from './open-api.ts';

interface Page {
  readonly issues: readonly { readonly key: string; readonly issueId: string; readonly state: string }[];
  readonly next: string | null;
}

function pageOf({ body }: Answer): Page {
  return body as Page;
}

function idsOf(answer: Answer): readonly string[] {
  return pageOf(answer)
    .issues.map(({ issueId }) => issueId)
    .toSorted();
}

describe('GET /api/issues', () => {
  test('gives each issue with every field, times in RFC 3339, and how old the news is', async () => {
    const api = await openApi();
    await api.tell('report', 1, 'crm-403');
    await api.tell('report', 21, 'crm-403');
    await api.tell('resolve', 30, 'crm-403');
    const open = { resolvedAt: null, timeToResolveSeconds: null, state: 'open' };
    await api.tell('report', 12, 'smtp-down');

    const { status, body } = await api.get('/api/issues');
    const page = body as { readonly issues: readonly { readonly issueId: string }[] };
    const sorted = { ...page, issues: page.issues.toSorted((a, b) => (a.issueId < b.issueId ? -1 : 1)) };
    const crm = {
      key: await api.keyOf('crm-403'),
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
      lastSeen: '2026-09-21T14:13:41.000000000Z',
      openedAt: '2026-09-21T14:13:21.000000000Z',
      resolvedAt: '2026-09-21T14:13:50.000000000Z',
      timeToResolveSeconds: 29,
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
    };
    const at = '2026-09-21T14:13:32.000000000Z';
    const smtp = { issueId: 'smtp-down', key: await api.keyOf('smtp-down'), ...open };
    const seen = { firstSeen: at, lastSeen: at, openedAt: at, occurrences: 1, totalOccurrences: 1 };
    expect({ status, body: sorted }).toEqual({
      status: 200,
      body: {
        issues: [crm, { ...crm, ...smtp, ...seen }],
        next: null,
        asOf: '2026-09-21T14:13:50.000000000Z',
        lagSeconds: 30,
      },
    });
  });

  test('says of an open issue that it is stale when its agent, which sent heartbeats, is silent', async () => {
    let clock = START;
    const api = await openApi({}, () => clock);
    await api.tell('report', 0, 'crm-403');
    await api.translator.receiver.logs(logBatch(heartbeat(0)));
    clock += 101n * SECOND;
    await api.translator.receiver.logs(logBatch(heartbeat(100, { [ATTR_AGENT_ID]: 'mailer' })));
    const fields = { state: 'open', stale: true };
    expect((await api.get('/api/issues')).body).toMatchObject({ issues: [fields], lagSeconds: 1 });
    expect((await api.get(`/api/issues/${await api.keyOf('crm-403')}`)).body).toMatchObject({ issue: fields });
    await api.translator.receiver.logs(logBatch(heartbeat(101)));
    expect((await api.get('/api/issues')).body).toMatchObject({ issues: [{ state: 'open', stale: false }] });
  });

  test('says before the first event that it knows of none', async () => {
    const api = await openApi();
    expect((await api.get('/api/issues')).body).toEqual({ issues: [], next: null, asOf: null, lagSeconds: null });
  });

  test.each([
    ['', ['a', 'b', 'c']],
    ['?state=open', ['b', 'c']],
    ['?state=resolved', ['a']],
    ['?state=dismissed', []],
    ['?agent=mailer', ['c']],
    ['?agent=mail', []],
    ['?severity=low', ['b']],
    ['?category=network', ['c']],
    ['?q=RETURNS%20403', ['a', 'b']],
    ['?q=mailer', ['c']],
    ['?state=open&severity=high', ['c']],
    ['?state=&agent=', ['a', 'b', 'c']],
  ])('%j gives %j', async (query, ids) => {
    const api = await openApi();
    await api.tell('report', 1, 'a');
    await api.tell('resolve', 2, 'a');
    await api.tell('report', 3, 'b', { [ATTR_ISSUE_SEVERITY]: 'low' });
    const other = { [ATTR_AGENT_ID]: 'mailer', [ATTR_ISSUE_CATEGORY]: 'network' };
    await api.tell('report', 4, 'c', other, 'SMTP is down');
    expect(idsOf(await api.get(`/api/issues${query}`))).toEqual(ids);
  });

  test('pages hold each issue that is there throughout once, whatever changes in between', async () => {
    const api = await openApi();
    const ids = Array.from({ length: 25 }, (_, index) => `issue-${String(index).padStart(2, '0')}`);
    for (const id of ids) await api.tell('report', 1, id);
    const seen: string[] = [];
    let next: string | null = '';
    for (let page = 0; next !== null; page++) {
      const answer: Page = pageOf(await api.get(`/api/issues?limit=4&cursor=${next}`));
      expect(answer.issues.length).toBeLessThanOrEqual(4);
      seen.push(...answer.issues.map(({ issueId }) => issueId));
      next = answer.next;
      await api.tell('report', 20 + page, `new-${page}`);
      await api.tell('resolve', 20 + page, ids[page] ?? '');
      await api.tell('report', 21 + page, ids[24 - page] ?? 'another');
    }
    expect(seen.filter((id) => id.startsWith('issue-')).toSorted()).toEqual(ids);
  });

  test('with few open issues among many, one page has them all; with many, pages go on as ever', async () => {
    const api = await openApi();
    const ids = Array.from({ length: 520 }, (_, index) => `issue-${index}`);
    for (const id of ids) await api.tell('report', 1, id);
    const read = async (): Promise<readonly string[]> => {
      const seen: string[] = [];
      for (let next: string | null = ''; next !== null;) {
        const page: Page = pageOf(await api.get(`/api/issues?state=open&limit=100&cursor=${next}`));
        seen.push(...page.issues.map(({ issueId }) => issueId));
        next = page.next;
      }
      return seen.toSorted();
    };
    expect(await read()).toEqual(ids.toSorted());
    for (const id of ids.slice(150)) await api.tell('resolve', 2, id);
    expect(await read()).toEqual(ids.slice(0, 150).toSorted());
  });

  test('a filter that matches little answers with a page that says where to go on', async () => {
    const api = await openApi();
    for (let index = 0; index < 2200; index++) await api.tell('report', 1, `issue-${index}`);
    await api.tell('report', 2, 'needle');
    const first = pageOf(await api.get('/api/issues?q=needle'));
    expect(first.next).not.toBeNull();
    const second = pageOf(await api.get(`/api/issues?q=needle&cursor=${first.next ?? ''}`));
    expect(second.next).toBeNull();
    expect([...first.issues, ...second.issues]).toMatchObject([{ issueId: 'needle' }]);
  });

  test.each([
    ['state=closed', "state is open, resolved, dismissed, and not 'closed'"],
    ['severity=fatal', "severity is critical, high, medium, low, and not 'fatal'"],
    ['limit=0', 'limit is a whole number from 1 to 500'],
    ['limit=501', 'limit is a whole number from 1 to 500'],
    ['limit=ten', 'limit is a whole number from 1 to 500'],
    ['cursor=abc', 'cursor is not one that a page gave as next'],
    ['stat=open', "unknown parameter 'stat'; known are state, agent, severity, category, q, limit, cursor"],
    ['state=open&state=resolved', "parameter 'state' is given twice"],
    [`q=${'x'.repeat(513)}`, "parameter 'q' is too long"],
  ])('%s is refused in one sentence', async (query, error) => {
    const api = await openApi();
    expect(await api.get(`/api/issues?${query}`)).toEqual({ status: 400, body: { error } });
  });
});

describe('GET /api/issues/{key}', () => {
  test('tells what happened, each event in its place', async () => {
    const api = await openApi();
    await api.tell('report', 10, 'crm-403');
    await api.tell('report', 20, 'crm-403', { [ATTR_ISSUE_SEVERITY]: 'critical' }, 'CRM API is gone');
    await api.tell('resolve', 15, 'crm-403');
    const { status, body } = await api.get(`/api/issues/${await api.keyOf('crm-403')}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      issue: { issueId: 'crm-403', state: 'open', episode: 2 },
      history: [
        { transition: 'opened', at: '2026-09-21T14:13:30.000000000Z', severity: 'high', said: 'CRM API returns 403' },
        { transition: 'resolved', at: '2026-09-21T14:13:35.000000000Z', episode: 1, said: 'CRM API recovered' },
        { transition: 'reopened', at: '2026-09-21T14:13:40.000000000Z', episode: 2, said: 'CRM API is gone' },
      ],
      lagSeconds: 40,
    });
  });

  test('takes the beginning of a key while one issue has it', async () => {
    const api = await openApi();
    for (let index = 0; index < 1500; index++) await api.tell('report', 1, `issue-${index}`);
    const keys = (await api.translator.issues()).map(({ key }) => key);
    const [alone = ''] = keys.filter((key) => keys.filter((other) => other.startsWith(key.slice(0, 4))).length === 1);
    const [shared = ''] = keys.filter((key) => keys.filter((other) => other.startsWith(key.slice(0, 4))).length > 1);

    expect(await api.get(`/api/issues/${alone.slice(0, 4)}`)).toMatchObject({
      status: 200,
      body: { issue: { key: alone } },
    });
    expect(await api.get(`/api/issues/${shared}`)).toMatchObject({ status: 200, body: { issue: { key: shared } } });
    expect((await api.get(`/api/issues/${shared.slice(0, 4)}`)).status).toBe(409);
    expect((await api.get(`/api/issues/${alone.slice(0, 3)}`)).status).toBe(404);
  });

  test.each(['0'.repeat(32), 'nothing', '%00', '0'.repeat(33)])('%s is no issue', async (key) => {
    const api = await openApi();
    await api.tell('report', 1, 'crm-403');
    expect(await api.get(`/api/issues/${key}`)).toEqual({ status: 404, body: { error: 'no issue has this key' } });
  });
});

describe('POST /api/issues/{key}/dismiss', () => {
  const decision = { by: 'on-call', why: 'known, the vendor is on it' };

  async function withIssue(): Promise<{ readonly api: Api; readonly key: string }> {
    const api = await openApi();
    await api.tell('report', 1, 'crm-403');
    return { api, key: await api.keyOf('crm-403') };
  }

  test('closes an open issue and tells who and why; asked again, it answers the same', async () => {
    const { api, key } = await withIssue();
    const first = await api.dismiss(key, decision);
    expect(first).toMatchObject({ status: 200, body: { issue: { key, state: 'dismissed', episode: 1 } } });
    const said = JSON.stringify((first.body as { readonly history: readonly unknown[] }).history.at(-1));
    expect(said).toContain('on-call');
    expect(said).toContain('known, the vendor is on it');
    expect(await api.dismiss(key, decision)).toEqual(first);
  });

  test('a report after it opens the next episode', async () => {
    const { api, key } = await withIssue();
    await api.dismiss(key, decision);
    await api.tell('report', 61, 'crm-403');
    expect((await api.get(`/api/issues/${key}`)).body).toMatchObject({ issue: { state: 'open', episode: 2 } });
  });

  test('an issue that is resolved already is not dismissed', async () => {
    const { api, key } = await withIssue();
    await api.tell('resolve', 2, 'crm-403');
    expect(await api.dismiss(key, decision)).toEqual({
      status: 409,
      body: { error: 'the issue is not open, it is resolved' },
    });
  });

  test('a key that no issue has, also the beginning of one, is refused', async () => {
    const { api, key } = await withIssue();
    for (const wrong of ['0'.repeat(32), key.slice(0, 8)])
      expect((await api.dismiss(wrong, decision)).status).toBe(404);
    expect((await api.get(`/api/issues/${key}`)).body).toMatchObject({ issue: { state: 'open' } });
  });

  test.each([['{'], ['[]'], ['{"by":"me"}'], [{ by: 'me', why: ' ' }], [{ by: 'me', why: 'x'.repeat(1025) }]])(
    '%j is refused',
    async (body) => {
      const { api, key } = await withIssue();
      expect((await api.dismiss(key, body)).status).toBe(400);
    },
  );

  test('what a page of another origin can send unasked is refused: a form, or its origin', async () => {
    const { api, key } = await withIssue();
    expect((await api.dismiss(key, decision, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await api.dismiss(key, decision, { origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await api.get(`/api/issues/${key}`)).body).toMatchObject({ issue: { state: 'open' } });
  });
});

test('where the server has a token, nothing of the API is told without it', async () => {
  const api = await openApi({ tokens: new TokenDigests(['a-long-token']) });
  for (const path of ['/api/issues', '/api/issues/0000', '/metrics']) expect((await api.get(path)).status).toBe(401);
  expect((await api.dismiss('0'.repeat(32), {})).status).toBe(401);
  expect((await api.get('/api/issues', { authorization: 'Bearer a-long-token' })).status).toBe(200);
});

test('/metrics is what Prometheus scrapes, with the open issues in it', async () => {
  const api = await openApi();
  await api.tell('report', 1, 'crm-403');
  const { status, body } = await api.get('/metrics');
  expect(status).toBe(200);
  expect(body).toMatch(/^hiveloop_issue_active\{.*hiveloop_agent_id="lead-qualifier".*\} 1( |$)/m);
});
