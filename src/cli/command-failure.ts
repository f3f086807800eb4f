/** The command could not do what it was asked, and nothing is wrong with it: one line on stderr, exit status 1. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}
