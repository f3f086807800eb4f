/** A strict reader of Prometheus' text format 0.0.4: what Prometheus takes, and nothing that it only tolerates. */
export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(?:[^"\\\n]|\\[\\"n])*)"(?:,(?=[a-zA-Z_])|$)/y;
const VALUE = /^(?:[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\+Inf|-Inf|NaN)$/;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = { histogram: ['_bucket', '_sum', '_count'] };

export function parsePrometheusText(text: string): ReadonlyMap<string, Family> {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, { type: string; help: string; samples: Sample[] }>();
  const seen = new Set<string>();
  let current = '';
  for (const line of text.split('\n').slice(0, -1)) {
    const [, help, type] = /^# (?:(HELP)|(TYPE)) /.exec(line) ?? [];
    if (help !== undefined) {
      const { name = '', words = '' } = /^# HELP (?<name>\S+) (?<words>.*)$/.exec(line)?.groups ?? {};
      if (!NAME.test(name) || families.has(name)) throw new Error(`a second or bad HELP: ${line}`);
      families.set(name, { type: '', help: words, samples: [] });
      current = name;
    } else if (type !== undefined) {
      const { name, kind = '' } = /^# TYPE (?<name>\S+) (?<kind>counter|gauge|histogram)$/.exec(line)?.groups ?? {};
      const family = families.get(current);
      if (name !== current || family?.type !== '') throw new Error(`a bad TYPE: ${line}`);
      family.type = kind;
    } else {
      const family = families.get(current);
      const sample = parseSample(line);
      if (!family?.type) throw new Error(`a sample before its TYPE: ${line}`);
      const names = SUFFIXES[family.type]?.map((suffix) => current + suffix) ?? [current];
      if (!names.includes(sample.name)) throw new Error(`a sample of another family: ${line}`);
      const identity = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      if (seen.has(identity)) throw new Error(`a second sample of one series: ${line}`);
      seen.add(identity);
      family.samples.push(sample);
    }
  }
  return families;
}

function parseSample(line: string): Sample {
  const {
    name = '',
    labels = '',
    value = '',
  } = /^(?<name>[^\s{]+)(?:\{(?<labels>.*)\})? (?<value>\S+)$/.exec(line)?.groups ?? {};
  if (!NAME.test(name) || !VALUE.test(value)) throw new Error(`no sample: ${line}`);
  return { name, labels: parseLabels(labels), value: value.endsWith('Inf') ? Infinity : Number(value) };
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const { name = '', value = '' } = LABEL.exec(text)?.groups ?? {};
    if (name === '' || name in labels) throw new Error(`bad labels: ${text}`);
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return labels;
}
