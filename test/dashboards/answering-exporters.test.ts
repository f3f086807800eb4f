import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ANSWERING_EXPORTERS } from '../../collector/grafana/src/names/collector-metrics.ts';

interface Configuration {
  readonly exporters: Readonly<
    Record<string, { readonly sending_queue?: { readonly wait_for_result?: boolean } | undefined }>
  >;
}

test('what does not count as dropped is what the translator gets an answer for', () => {
  const file = new URL('../../collector/collector.yaml', import.meta.url);
  const { exporters } = parse(readFileSync(file, 'utf8'), { merge: true }) as Configuration;
  const answering = Object.keys(exporters).filter((name) => exporters[name]?.sending_queue?.wait_for_result === true);
  const excluded = Object.keys(exporters).filter((name) => new RegExp(`^(${ANSWERING_EXPORTERS})$`).test(name));
  expect(answering).toHaveLength(3);
  expect(excluded).toEqual(answering);
});
