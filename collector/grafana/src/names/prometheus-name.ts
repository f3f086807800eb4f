import type { MetricDefinition } from '../../../../src/semconv.ts';

/** Units as Prometheus' OTLP receiver writes them out; those of our metrics and the ones that are usual beside them. */
const UNIT_WORDS: Readonly<Record<string, string>> = { s: 'seconds', ms: 'milliseconds', By: 'bytes', '%': 'percent' };

/**
 * The name under which Prometheus' OTLP receiver keeps a metric, with its default translation
 * (`UnderscoreEscapingWithSuffixes`): dots become underscores, the unit's word is added unless the name has it, a counter
 * ends in `_total`, a gauge of unit `1` in `_ratio`, and an annotation such as `{item}` is left out.
 */
export function prometheusName({ name, unit, kind }: MetricDefinition): string {
  const words = name.split(/[^A-Za-z0-9:]+/).filter((word) => word !== '');
  const unitWord = unitWordOf(unit);
  if (unitWord !== undefined && !words.includes(unitWord)) words.push(unitWord);
  if (kind === 'counter') return [...words.filter((word) => word !== 'total'), 'total'].join('_');
  if (kind === 'gauge' && unit === '1') return [...words.filter((word) => word !== 'ratio'), 'ratio'].join('_');
  return words.join('_');
}

/** The label that an attribute becomes, in Prometheus and in Loki alike. */
export function labelName(attribute: string): string {
  return attribute.replaceAll(/[^A-Za-z0-9_]/g, '_');
}

function unitWordOf(unit: string): string | undefined {
  if (unit === '' || unit === '1' || unit.includes('{')) return undefined;
  const word = UNIT_WORDS[unit];
  if (word === undefined)
    throw new Error(`unit ${unit}: how Prometheus writes it is not known here, add it to UNIT_WORDS`);
  return word;
}
