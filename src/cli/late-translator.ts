import type { Translator } from '../translator/translator.ts';

/** What the server asks of a translator. */
export type ServedTranslator = Pick<
  Translator,
  'receiver' | 'listIssues' | 'findIssue' | 'dismiss' | 'metrics' | 'health' | 'countAnswer'
>;

/**
 * A translator that is not open yet: whoever asks waits until it is. So the port is taken before the store is touched,
 * and a port that is in use leaves nothing behind.
 */
export function lateTranslator(opened: Promise<Translator>): ServedTranslator {
  return {
    receiver: {
      logs: async (batch, sent) => (await opened).receiver.logs(batch, sent),
      encodedLogs: async (body, sent) => (await opened).receiver.encodedLogs(body, sent),
      traces: async (batch, sent) => (await opened).receiver.traces(batch, sent),
      metrics: async (batch) => (await opened).receiver.metrics(batch),
    },
    listIssues: async (query) => (await opened).listIssues(query),
    findIssue: async (keyPrefix) => (await opened).findIssue(keyPrefix),
    dismiss: async (key, decision) => (await opened).dismiss(key, decision),
    metrics: async () => (await opened).metrics(),
    health: async () => (await opened).health(),
    // One that never opens has nobody to count for.
    countAnswer: (answer) => void opened.then((translator) => translator.countAnswer(answer)).catch(() => undefined),
  };
}
