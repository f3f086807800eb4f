/** The files of `collector/` name our signals in a language that no compiler reads: here they meet `semconv.ts`. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import ui from '../../collector/jaeger/ui.json' with { type: 'json' };
import * as semconv from '../../src/semconv.ts';
import { isIssueEventName } from '../../src/translator/intake/issue-carrier.ts';
import { isReadEventName } from '../../src/translator/intake/agent-sign.ts';

const read = (file: string): string => readFileSync(new URL(`../../collector/${file}`, import.meta.url), 'utf8');
const NAMES: readonly unknown[] = Object.values(semconv);
const EVENTS = Object.entries(semconv).flatMap(([key, value]) =>
  key.startsWith('EVENT_') && typeof value === 'string' ? [value] : [],
);
/** Resource attribute that the Collector puts on spans for Jaeger's links. */
const PUT_BY_THE_COLLECTOR = ['service.name'];

describe('signal names in collector/', () => {
  it.each([
    ['collector.yaml', isReadEventName],
    ['overlays/traces-only.yaml', isIssueEventName],
  ])('the filter of %s lets through exactly the events that the translator reads', (file, isRead) => {
    const filters = [...read(file).matchAll(/"(\^hiveloop.*?\$)"/g)].flatMap(([, filter]) => filter ?? []);
    const names = filters.filter((filter) => filter.includes('issue'));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const pattern = new RegExp(name.replaceAll('\\\\', '\\'));
      expect(EVENTS.filter((event) => pattern.test(event)).sort()).toEqual(EVENTS.filter(isRead).sort());
    }
  });

  it('every name of ours in the Collector, Prometheus and Loki is in semconv', () => {
    const files = ['collector.yaml', 'overlays/traces-only.yaml', 'prometheus/prometheus.yml', 'loki/loki.yaml'];
    const quoted = files.flatMap((file) => [...read(file).matchAll(/(?:attributes\["|scope\.name == ")([a-z._]+)"/g)]);
    const promoted = [...read('prometheus/prometheus.yml').matchAll(/^ {4}- ([a-z._]+)$/gm)];
    const labels = /attributes: \[(.*)\]/.exec(read('loki/loki.yaml'))?.[1]?.split(', ') ?? [];
    const names = [...[...quoted, ...promoted].flatMap(([, name]) => name ?? []), ...labels];
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !NAMES.includes(name) && name !== 'event_name')).toEqual([]);
  });

  it("every attribute in Jaeger's links is in semconv", () => {
    const parameters = ui.linkPatterns.flatMap(({ url, text }) => [...`${url} ${text}`.matchAll(/#\{([^}]+)\}/g)]);
    const keys = ui.linkPatterns.flatMap((pattern) => ('key' in pattern ? [pattern.key] : []));
    const names = [...parameters.flatMap(([, name]) => name ?? []), ...keys];
    const known = [...NAMES, ...PUT_BY_THE_COLLECTOR, 'traceID', 'trace.traceID'];
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });
});
