import type { HiveLoop } from 'hiveloop-otel';

/** Plays the first act; the answer plays the second. */
export type Play = (hive: HiveLoop) => Promise<() => void>;
