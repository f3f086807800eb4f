import type { IncomingMessage } from 'node:http';
import { readBody } from '../http/body.ts';
import type { Route, RouteReply } from '../http/route.ts';
import type { Translator } from '../translator.ts';
import { BadQueryError, readIssueQuery } from './issue-query.ts';

/** What the API needs of a translator. */
export type IssueApi = Pick<Translator, 'listIssues' | 'findIssue' | 'dismiss'>;

/** The issues for people and programs: list, one with its history, dismiss. Answers are JSON, refusals `{"error":"…"}`. */
export function issueRoutes(translator: IssueApi): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/issues',
      access: 'token',
      handle: (_, url) => answerList(translator, url),
    },
    {
      method: 'GET',
      path: '/api/issues/:key',
      access: 'token',
      handle: (_request, _url, { key = '' }) => answerIssue(translator, key),
    },
    {
      method: 'POST',
      path: '/api/issues/:key/dismiss',
      access: 'token',
      handle: (request, _, { key = '' }) => answerDismiss(translator, key, request),
    },
  ];
}

async function answerList(translator: IssueApi, url: URL): Promise<RouteReply> {
  try {
    return reply(200, await translator.listIssues(readIssueQuery(url.searchParams)));
  } catch (error) {
    if (error instanceof BadQueryError) return refuse(400, error.message);
    throw error;
  }
}

async function answerIssue(translator: IssueApi, key: string): Promise<RouteReply> {
  const found = await translator.findIssue(key);
  if (found === 'ambiguous') return refuse(409, `more than one issue has a key that begins with ${key}`);
  return found === undefined ? unknownIssue() : reply(200, found);
}

/** A repeated dismissal is answered as the first was: a caller that lost the answer may ask again. */
async function answerDismiss(translator: IssueApi, key: string, request: IncomingMessage): Promise<RouteReply> {
  const decision = await readDecision(request);
  if ('status' in decision) return decision;
  if (!/^[0-9a-f]{32}$/.test(key)) return unknownIssue();
  const outcome = await translator.dismiss(key, decision);
  const found = await translator.findIssue(key);
  if (outcome === 'unknown' || found === undefined || found === 'ambiguous') return unknownIssue();
  const { state } = found.issue;
  if (outcome === 'not_open' && state !== 'dismissed') return refuse(409, `the issue is not open, it is ${state}`);
  return reply(200, found);
}

function unknownIssue(): RouteReply {
  return refuse(404, 'no issue has this key');
}

interface Decision {
  readonly by: string;
  readonly why: string;
}

const BODY_BYTES_MAX = 16_384;
const WORD_CHARACTERS_MAX = 256;
const TEXT_CHARACTERS_MAX = 1024;

async function readDecision(request: IncomingMessage): Promise<Decision | RouteReply> {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  // A browser sends no JSON to another origin unasked, but it does send forms and plain text.
  if (type !== 'application/json') return refuse(415, 'the content type must be application/json');
  const body = await readBody(request, 'identity', BODY_BYTES_MAX);
  if (body.kind !== 'read') return refuse(400, `the body must be whole and at most ${BODY_BYTES_MAX} bytes`);
  const { by, why } = parseObject(Buffer.from(body.bytes).toString());
  if (!isText(by, WORD_CHARACTERS_MAX) || !isText(why, TEXT_CHARACTERS_MAX)) {
    const limits = `at most ${WORD_CHARACTERS_MAX} and ${TEXT_CHARACTERS_MAX} characters`;
    return refuse(400, `the body must be {"by": who dismisses it, "why": the reason}, texts of ${limits}`);
  }
  return { by: by.trim(), why: why.trim() };
}

function parseObject(text: string): { readonly by?: unknown; readonly why?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {}; // refused in the same words as an object without the two texts
  }
}

function isText(value: unknown, charactersMax: number): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= charactersMax;
}

function refuse(status: number, error: string): RouteReply {
  return reply(status, { error });
}

/** Every field is there in every answer: what has no value is null. */
function reply(status: number, value: object): RouteReply {
  const body = JSON.stringify(value, (_, field: unknown) => (field === undefined ? null : field));
  return { status, contentType: 'application/json', body: `${body}\n` };
}
