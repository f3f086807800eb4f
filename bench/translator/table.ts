import type { RunResult } from './lockstep.ts';

/** What a record may cost with a million open issues, in what it costs with a thousand. */
const COST_RATIO_MAX = 1.5;
const THOUSAND = '1 k open issues';

export const HEADER =
  'load                | records/CPU-s | records/s | CPU µs/record | of bare gunzip+decode | of protobufjs | told B/record | p50 / p99 ms | RSS MB | start ms | restart ms';

export function row(result: RunResult): string {
  const cells = [
    result.name.padEnd(19),
    String(result.recordsPerCpuSecond),
    String(result.recordsPerSecond),
    result.cpuMicrosPerRecord.toFixed(2),
    `${percent(result.ofBare)} [${result.ofBareQuartiles.map(percent).join('..')}]`,
    percent(result.ofProtobufjs),
    result.derivedBytesPerRecord.toFixed(0),
    `${result.p50Millis.toFixed(1)} / ${result.p99Millis.toFixed(1)}`,
    String(result.rssMegabytes),
    String(result.startMillis),
    String(result.restartMillis),
  ];
  return cells.join(' | ');
}

function percent(value: number | undefined): string {
  return value === undefined ? '-' : `${(value * 100).toFixed(0)} %`;
}

/** What a record costs with very many open issues, in what it costs with a thousand. */
export interface CostRatio {
  readonly name: string;
  readonly openIssues: number;
  readonly ofThousand: number;
  /** The same with each row's cost in bare gunzip and decode of its own rounds: how far it differs is the machine's noise. */
  readonly ofThousandBesideBare: number;
  readonly most: number;
  readonly isMet: boolean;
}

/** For each row of very many issues, once the row of a thousand is there. */
export function costRatios(results: readonly RunResult[]): readonly CostRatio[] {
  const thousand = results.find(({ name }) => name === THOUSAND);
  if (thousand === undefined) return [];
  return results
    .filter(({ name }) => name.startsWith('1 M'))
    .map(({ name, openIssues, cpuMicrosPerRecord, ofBare }) => {
      const ofThousand = cpuMicrosPerRecord / thousand.cpuMicrosPerRecord;
      const ofThousandBesideBare = thousand.ofBare / ofBare;
      return {
        name,
        openIssues,
        ofThousand,
        ofThousandBesideBare,
        most: COST_RATIO_MAX,
        isMet: ofThousand <= COST_RATIO_MAX,
      };
    });
}

export function ratioLine({ name, openIssues, ofThousand, ofThousandBesideBare, most, isMet }: CostRatio): string {
  const besideBare = `${ofThousandBesideBare.toFixed(2)} beside bare decode`;
  const verdict = isMet ? 'met' : 'NOT met';
  return `cost per record, ${name} (${String(openIssues)}) / ${THOUSAND}: ${ofThousand.toFixed(2)} (${besideBare}); must be <= ${String(most)}: ${verdict}`;
}
