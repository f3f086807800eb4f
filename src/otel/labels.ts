import { LABEL_OVERFLOW } from '../semconv.ts';
import { toAttribute, type RecordAttributes } from './values.ts';
import type { Settings } from './settings.ts';

/** One combination of label values, and the number kept for it. */
export interface Series {
  readonly attributes: RecordAttributes;
  value: number;
}

/** A label of a metric: its attribute and how many distinct values it may have. */
export interface Label {
  readonly attribute: string;
  /** Multiple of `limits.labelValues`; agent ids may have ten times as many. Default 1. */
  readonly factor?: number;
  /** True for values that went through the `redact` hook when they were read: it sees each value once. Default false. */
  readonly isCleared?: boolean;
}

const SEPARATOR = '\u0000';
const LABEL_LENGTH = 256;

/**
 * The series of one metric in this process, found by their label values. The number of series is bounded: each label
 * keeps its first values, later ones count as `_OTHER`, because models invent tool names and metrics cost per series.
 */
export class SeriesSet {
  readonly series: Map<string, Series> = new Map<string, Series>();
  readonly #labels: readonly Label[];
  readonly #seen: readonly Set<string>[];
  /** The last one found and its values: the same labels often come in a row (profile of `reportIssue`: 8 % in making the key). */
  #last: { readonly values: readonly (string | undefined)[]; readonly series: Series } | undefined;

  constructor(labels: readonly Label[]) {
    this.#labels = labels;
    this.#seen = labels.map(() => new Set<string>());
  }

  /** The series of these label values, in the order of the labels; an undefined value leaves its label out. */
  find(settings: Settings, a?: string, b?: string, c?: string, d?: string, e?: string): Series {
    const last = this.#last;
    if (last !== undefined) {
      const { values } = last;
      if (values[0] === a && values[1] === b && values[2] === c && values[3] === d && values[4] === e)
        return last.series;
    }
    const key = `${a ?? ''}${SEPARATOR}${b ?? ''}${SEPARATOR}${c ?? ''}${SEPARATOR}${d ?? ''}${SEPARATOR}${e ?? ''}`;
    const values = [a, b, c, d, e];
    const series = this.series.get(key) ?? this.#open(settings, values);
    this.#last = { values, series };
    return series;
  }

  #open(settings: Settings, values: readonly (string | undefined)[]): Series {
    const attributes: RecordAttributes = {};
    const bounded = this.#labels.map((label, index) => {
      const value = this.#bounded(settings, label, index, values[index]);
      if (value !== undefined) attributes[label.attribute] = value;
      return value ?? '';
    });
    while (bounded.length < values.length) bounded.push('');
    const key = bounded.join(SEPARATOR);
    let series = this.series.get(key);
    if (series === undefined) {
      series = { attributes, value: 0 };
      this.series.set(key, series);
    }
    return series;
  }

  #bounded(settings: Settings, label: Label, index: number, value: string | undefined): string | undefined {
    if (value === undefined || value === '') return undefined;
    const redact = label.isCleared === true ? undefined : settings.redact;
    const cleared = toAttribute(value, LABEL_LENGTH, redact, label.attribute);
    if (cleared === undefined) return undefined;
    const text = String(cleared);
    const seen = this.#seen[index];
    if (seen === undefined || seen.has(text)) return text;
    if (seen.size >= settings.limits.labelValues * (label.factor ?? 1)) return LABEL_OVERFLOW;
    seen.add(text);
    return text;
  }
}
