/** A one-shot timer that keeps no process alive. The one door through which the translator waits. */
export interface Timer {
  cancel(): void;
}

export function startTimer(delayMillis: number, act: () => void): Timer {
  const handle = setTimeout(act, delayMillis);
  handle.unref();
  return { cancel: () => clearTimeout(handle) };
}
