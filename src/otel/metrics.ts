import type { Histogram, Meter, ObservableResult } from '@opentelemetry/api';
import type { MetricDefinition } from '../semconv.ts';
import { addSeconds } from './clock.ts';
import { attempt, sayProblem } from './guard.ts';
import { SeriesSet, type Label } from './labels.ts';
import type { Providers } from './providers.ts';
import type { Settings } from './settings.ts';
import type { RecordAttributes } from './values.ts';

/** Reports one value of a gauge while the SDK collects. */
export type Observe = (value: number, attributes: RecordAttributes) => void;

/** Makes its instrument on a meter; called for each new meter provider. */
interface Registration {
  register(meter: Meter): void;
}

/**
 * Our instruments on the host's meter provider, made anew when the provider changes: instruments taken before the
 * SDK starts stay no-ops for ever. Counters are kept in our own maps and read when the SDK collects, which costs a
 * quarter of `counter.add`; gauges are read from live objects. The SDK repeats the last value of a series that is no longer
 * observed for as long as the process lives, so what is gone has to be told as 0.
 */
export class Metrics {
  readonly #providers: Providers;
  readonly #settings: () => Settings;
  readonly #registrations: Registration[] = [];
  #meter: Meter | undefined;

  constructor(providers: Providers, settings: () => Settings) {
    this.#providers = providers;
    this.#settings = settings;
  }

  /** Follows the host's meter provider; true when there is one. */
  refresh(): boolean {
    const meter = this.#providers.meter();
    if (meter !== this.#meter) {
      this.#meter = meter;
      if (meter !== undefined) for (const registration of this.#registrations) registerSafely(registration, meter);
    }
    return meter !== undefined;
  }

  counter(definition: MetricDefinition, labels: readonly Label[]): Counter {
    const counter = new Counter(this, this.#settings, definition, labels);
    this.#registrations.push(counter);
    return counter;
  }

  histogram(definition: MetricDefinition, labels: readonly Label[]): DurationHistogram {
    const histogram = new DurationHistogram(this, this.#settings, definition, labels);
    this.#registrations.push(histogram);
    return histogram;
  }

  /** A gauge that asks `collect` for the values of what exists now, each time the SDK collects. */
  gauge(definition: MetricDefinition, collect: (observe: Observe) => void): void {
    this.#registrations.push({
      register: (meter) => {
        const gauge = meter.createObservableGauge(definition.name, instrumentOptions(definition));
        gauge.addCallback((result) => observeSafely(definition, result, collect));
      },
    });
  }
}

/** A counter by labels. */
export class Counter implements Registration {
  readonly #metrics: Metrics;
  readonly #settings: () => Settings;
  readonly #definition: MetricDefinition;
  readonly #set: SeriesSet;

  constructor(metrics: Metrics, settings: () => Settings, definition: MetricDefinition, labels: readonly Label[]) {
    this.#metrics = metrics;
    this.#settings = settings;
    this.#definition = definition;
    this.#set = new SeriesSet(labels);
  }

  /** Adds to the series of these label values; nothing happens when the host has no metrics. */
  add(value: number, a?: string, b?: string, c?: string, d?: string, e?: string): void {
    if (!this.#metrics.refresh()) return;
    const series = this.#set.find(this.#settings(), a, b, c, d, e);
    series.value = this.#definition.unit === 's' ? addSeconds(series.value, value) : series.value + value;
  }

  register(meter: Meter): void {
    const instrument = meter.createObservableCounter(this.#definition.name, instrumentOptions(this.#definition));
    instrument.addCallback((result) =>
      observeSafely(this.#definition, result, (observe) => {
        for (const series of this.#set.series.values()) observe(series.value, series.attributes);
      }),
    );
  }
}

/** A histogram by labels; its attribute objects are made once a series. */
export class DurationHistogram implements Registration {
  readonly #metrics: Metrics;
  readonly #settings: () => Settings;
  readonly #definition: MetricDefinition;
  readonly #set: SeriesSet;
  #instrument: Histogram | undefined;

  constructor(metrics: Metrics, settings: () => Settings, definition: MetricDefinition, labels: readonly Label[]) {
    this.#metrics = metrics;
    this.#settings = settings;
    this.#definition = definition;
    this.#set = new SeriesSet(labels);
  }

  /** Records a value under these label values; nothing happens when the host has no metrics. */
  record(value: number, a?: string, b?: string, c?: string, d?: string, e?: string): void {
    if (!this.#metrics.refresh()) return;
    const { attributes } = this.#set.find(this.#settings(), a, b, c, d, e);
    try {
      this.#instrument?.record(value, attributes);
    } catch (error) {
      sayProblem('the meter', error);
    }
  }

  register(meter: Meter): void {
    const { name, boundaries = [] } = this.#definition;
    const options = instrumentOptions(this.#definition);
    this.#instrument = meter.createHistogram(name, {
      ...options,
      advice: { explicitBucketBoundaries: [...boundaries] },
    });
  }
}

function instrumentOptions({ unit, description }: MetricDefinition): { unit: string; description: string } {
  return { unit, description };
}

function registerSafely(registration: Registration, meter: Meter): void {
  attempt('making a metric', () => registration.register(meter), undefined);
}

function observeSafely(
  definition: MetricDefinition,
  result: ObservableResult,
  collect: (observe: Observe) => void,
): void {
  attempt(
    `observing ${definition.name}`,
    () => collect((value, attributes) => result.observe(value, attributes)),
    undefined,
  );
}
