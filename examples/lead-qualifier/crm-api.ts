/**
 * The world outside of the agent: CRM, scoring, enrichment, billing, approvals and the model, as one real HTTP server on
 * this machine. Its faults follow a script, so each run tells the same story.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CrmRecord } from './clients.ts';
import { pause } from './pace.ts';
import { replyOf } from './scripted-model.ts';

export interface MockApis {
  readonly url: string;
  close(): Promise<void>;
}

/** What the services know of a company. */
interface Company {
  readonly record: CrmRecord;
  readonly score: number;
  /** The CRM refuses the record: the agent's account may not read it. */
  readonly isRestricted?: boolean;
}

const COMPANIES: Readonly<Record<string, Company>> = {
  'alder-logistics': { record: prospect('Alder Logistics'), score: 0.86 },
  'birch-robotics': { record: prospect('Birch Robotics'), score: 0.74 },
  'cedar-studio': { record: prospect('Cedar Studio'), score: 0.14 },
  'dune-energy': {
    record: { company: 'Dune Energy', isCustomer: true, employees: 2100, duplicates: 0 },
    score: 0.93,
  },
  'elm-clinics': { record: prospect('Elm Clinics'), score: 0.5, isRestricted: true },
  'fjord-foods': { record: { ...prospect('Fjord Foods'), duplicates: 2 }, score: 0.67 },
  'grove-hotels': { record: prospect('Grove Hotels'), score: 0.58 },
  'harbour-labs': { record: prospect('Harbour Labs'), score: 0.91 },
};

function prospect(company: string): CrmRecord {
  return { company, isCustomer: false, duplicates: 0 };
}

/**
 * How the enrichment API answers its 1st, 2nd, 3rd … request, then `ok` for ever: a first outage in which it hangs, and
 * a second one in which it answers 503. By count and not by time, so that a slow machine sees the same outages.
 */
const ENRICHMENT_SCRIPT: readonly ('ok' | 'hangs' | '503')[] = [
  ...(['ok', 'hangs', 'hangs', 'hangs', 'hangs', 'hangs', 'ok'] as const),
  ...(['503', '503', '503', '503'] as const),
];

/** Typical latencies in milliseconds. */
const LATENCY = { model: 1000, search: 450, score: 250, enrich: 500, fault: 200, assign: 400, credit: 450 };
/** The support lead reads the request, thinks, and answers. */
const APPROVAL_MILLIS = 3200;

type Answer = Readonly<Record<string, unknown>>;
type Handler = (body: Readonly<Record<string, unknown>>, company: Company | undefined) => Promise<Answer | number>;

/** Opens the server on a free port of the loopback interface. */
export async function openMockApis(): Promise<MockApis> {
  let enrichmentRequests = 0;
  const handlers: Readonly<Record<string, Handler>> = {
    '/crm/search': async (_body, company) => {
      await pause(LATENCY.search);
      if (company === undefined || company.isRestricted === true) return 403;
      return { ...company.record };
    },
    '/scoring/score': async (_body, company) => {
      await pause(LATENCY.score);
      return { score: company?.score ?? 0 };
    },
    '/enrichment/company': async (_body, company) => {
      const fault = ENRICHMENT_SCRIPT[enrichmentRequests++] ?? 'ok';
      if (fault === 'hangs') return new Promise<never>(() => undefined); // until the client gives up
      await pause(fault === 'ok' ? LATENCY.enrich : LATENCY.fault);
      return fault === 'ok' ? { employees: Math.round((company?.score ?? 0) * 1000), industry: 'services' } : 503;
    },
    '/crm/assign': async ({ team }) => {
      await pause(LATENCY.assign);
      return { rep: `${String(team)}-on-duty` };
    },
    '/billing/credit': async () => {
      await pause(LATENCY.credit);
      return { creditId: 'credit-1' };
    },
    '/approvals': async () => {
      await pause(APPROVAL_MILLIS);
      return { decision: 'approved', by: 'support-lead', note: 'A fair claim' };
    },
    '/model/chat': async (body) => {
      await pause(LATENCY.model);
      return { ...replyOf(body) };
    },
  };
  const server = createServer((request, response) => void answer(handlers, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // of a TCP server that listens
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  handlers: Readonly<Record<string, Handler>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as Readonly<Record<string, unknown>>;
  const company = COMPANIES[/@(.*)\.example$/.exec(String(body['email']))?.[1] ?? ''];
  const result = (await handlers[request.url ?? '']?.(body, company)) ?? 404;
  if (typeof result === 'number') {
    response.writeHead(result).end(result === 403 ? 'restricted record' : '');
  } else {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
  }
}
