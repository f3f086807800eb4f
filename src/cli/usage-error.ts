/** The command was asked for something that it cannot do: one line on stderr, exit status 2. The message says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
