import { openHiveLoop } from './hiveloop.ts';
import { openIssueByHand, openIssueByHiveLoop } from './issue.ts';
import { openQueueByHand, openQueueByHiveLoop } from './queue.ts';
import { openRawAllSignals } from './raw-all-signals.ts';
import { openRawInline } from './raw-inline.ts';
import { openRaw } from './raw.ts';
import type { Work } from './work.ts';

type HiveLoopModule = typeof import('hiveloop-otel');

const BY_HAND = {
  raw: openRaw,
  'raw-inline': openRawInline,
  'raw-all-signals': openRawAllSignals,
  'raw-issue': openIssueByHand,
  'raw-queue': openQueueByHand,
} as const;
const BY_HIVELOOP = {
  hiveloop: openHiveLoop,
  'hiveloop-issue': openIssueByHiveLoop,
  'hiveloop-queue': openQueueByHiveLoop,
} as const;

export type WorkloadName = keyof typeof BY_HAND | keyof typeof BY_HIVELOOP;

/**
 * Opens a workload, after the host's OpenTelemetry was set up.
 * @param module what to import for ours: the package's name, or the file of another build
 */
export async function openWorkload(name: WorkloadName, module: string): Promise<Work> {
  if (name in BY_HAND) return BY_HAND[name as keyof typeof BY_HAND]();
  const hiveloop = (await import(module)) as HiveLoopModule;
  return BY_HIVELOOP[name as keyof typeof BY_HIVELOOP](hiveloop);
}
