/** What one contender did in one slice of a round. */
export interface Slice {
  /** Of the whole process: user and system, all threads, garbage collection and compiling too. */
  readonly cpuMicros: number;
  readonly records: number;
}

export function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
}
