/** A real translator with its API on a real server, a clock that the test moves, and the ways in which the tests ask. */
import { onTestFinished } from 'vitest';
import { ATTR_AGENT_ID, ATTR_ISSUE_ID, ATTR_LOG_RECORD_UID } from '../../../src/semconv.ts';
import { issueRoutes } from '../../../src/translator/api/issue-routes.ts';
import { metricsRoute } from '../../../src/translator/api/metrics-route.ts';
import { openOtlpServer, type OtlpServerOptions } from '../../../src/translator/http/server.ts';
import type { Attributes } from '../../../src/translator/otlp/model.ts';
import { createTranslator, type Translator } from '../../../src/translator/translator.ts';
import { issueLog, logBatch, SECOND, START } from '../issue-batches.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export class Api {
  readonly translator: Translator;
  readonly url: string;
  #uids = 0;

  constructor(translator: Translator, url: string) {
    this.translator = translator;
    this.url = url;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return answer(await fetch(this.url + path, { headers }));
  }

  async dismiss(key: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    };
    return answer(await fetch(`${this.url}/api/issues/${key}/dismiss`, init));
  }

  /** Some seconds after the start, by an agent's id. */
  async tell(
    kind: 'report' | 'resolve',
    seconds: number,
    issueId: string,
    attributes: Attributes = {},
    body?: string,
  ): Promise<void> {
    const record = issueLog(kind, seconds, {
      [ATTR_LOG_RECORD_UID]: `uid-${++this.#uids}`,
      [ATTR_ISSUE_ID]: issueId,
      [ATTR_AGENT_ID]: 'lead-qualifier',
      ...attributes,
    });
    await this.translator.receiver.logs(logBatch(body === undefined ? record : { ...record, body }));
  }

  async keyOf(issueId: string): Promise<string> {
    const issues = await this.translator.issues();
    return issues.find((issue) => issue.issueId === issueId)?.key ?? 'no such issue';
  }
}

/** @param now Default: the clock stands 60 s after the start of the events. */
export async function openApi(
  options: Partial<OtlpServerOptions> = {},
  now: () => bigint = () => START + 60n * SECOND,
): Promise<Api> {
  const translator = await createTranslator({ store: 'memory:', now });
  const server = await openOtlpServer({
    host: '127.0.0.1',
    port: 0,
    receiver: translator.receiver,
    routes: [...issueRoutes(translator), metricsRoute(translator)],
    ...options,
  });
  onTestFinished(async () => {
    await server.close();
    await translator.close();
  });
  return new Api(translator, server.url);
}

async function answer(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type') === 'application/json';
  return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text };
}
