export interface StopSignal {
  /** Resolves at the first SIGINT or SIGTERM, or at `stop()`. */
  readonly stopped: Promise<void>;
  readonly stop: () => void;
  /** Gives the signals back to Node. */
  readonly close: () => void;
}

/** Exit status of a program that a signal ended, as shells write it: 128 + the signal's number. */
const STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

/** Listens for SIGINT and SIGTERM. The first asks for a clean end; the second ends the process at once. */
export function openStopSignal(): StopSignal {
  let resolve = (): void => undefined;
  const stopped = new Promise<void>((settle) => {
    resolve = settle;
  });
  let isStopping = false;
  const onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (isStopping) process.exit(STATUS[signal]);
    isStopping = true;
    resolve();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    stopped,
    stop: () => resolve(),
    close: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  };
}
