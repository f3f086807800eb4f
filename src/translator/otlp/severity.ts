/** OTLP's severity numbers are 1 to 24; anything else says nothing, and becomes 0. */
export function knownSeverity(severityNumber: number): number {
  return severityNumber >= 1 && severityNumber <= 24 ? severityNumber : 0;
}
