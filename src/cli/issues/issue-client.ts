import { readFileSync } from 'node:fs';
import { openTokenFile } from '../../translator/http/token-file.ts';
import { CommandFailure } from '../command-failure.ts';
import { UsageError } from '../usage-error.ts';

/** The API of a running translator, answers as it gives them. */
export interface IssueClient {
  /** @throws CommandFailure when it cannot be had, UsageError when the caller can mend that */
  list(query: URLSearchParams): Promise<unknown>;
  /** The issue whose key begins so, with its history. */
  show(keyPrefix: string): Promise<unknown>;
  /** @param key whole */
  dismiss(key: string, decision: { readonly by: string; readonly why: string }): Promise<unknown>;
}

export interface IssueClientOptions {
  readonly url: string;
  readonly tokenFile: string | undefined;
}

const TIMEOUT_MILLIS = 15_000;

/** @throws UsageError when the address is none or the token file does not do */
export function openIssueClient({ url, tokenFile }: IssueClientOptions): IssueClient {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError(`--url '${url}' is not an address; write a URL such as http://127.0.0.1:4318`);
  }
  const base = url.replace(/\/+$/, '');
  const authorization = tokenFile === undefined ? {} : { authorization: `Bearer ${readToken(tokenFile)}` };
  const ask = async (path: string, decision?: object): Promise<unknown> => {
    const signal = AbortSignal.timeout(TIMEOUT_MILLIS);
    const init =
      decision === undefined
        ? { headers: authorization, signal }
        : {
            method: 'POST',
            headers: { ...authorization, 'content-type': 'application/json' },
            body: JSON.stringify(decision),
            signal,
          };
    return readAnswer(base, await reach(base, path, init));
  };
  return {
    list: (query) => ask(`/api/issues?${query.toString()}`),
    show: (keyPrefix) => ask(`/api/issues/${encodeURIComponent(keyPrefix)}`),
    dismiss: (key, decision) => ask(`/api/issues/${encodeURIComponent(key)}/dismiss`, decision),
  };
}

async function reach(base: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(base + path, init);
  } catch (error) {
    const advice = 'start hiveloop translator, or give its address by --url';
    throw new CommandFailure(`no translator answers at ${base} (${whyOf(error)}); ${advice}`, { cause: error });
  }
}

/** The first token of a file that a translator would take too. */
function readToken(path: string): string {
  try {
    openTokenFile(path);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.map((line) => line.trim()).find((line) => line !== '' && !line.startsWith('#')) ?? '';
}

async function readAnswer(base: string, response: Response): Promise<unknown> {
  const answer = await readJson(response);
  if (response.ok) return answer;
  const said = messageOf(answer);
  switch (response.status) {
    case 400:
      throw new UsageError(said || 'the translator does not understand the question');
    case 401:
    case 403:
      throw new UsageError(`${base} wants a token, or another one: give it by --token-file`);
    default:
      throw new CommandFailure(said === '' ? `${base} answered ${response.status}` : `${base}: ${said}`);
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined; // the status, or the check of the fields, says the rest
  }
}

/** The sentence of a refusal: of the API, or of the server before it. */
function messageOf(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return '';
  const { error, message } = answer as { readonly error?: unknown; readonly message?: unknown };
  return [error, message].find((text) => typeof text === 'string') ?? '';
}

function whyOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error instanceof Error ? error.message : String(error);
}
