/** What is wrong with this Node for the command, as one sentence; undefined when it will do. `node:sqlite` needs no flag from 22.13 on. */
export function nodeVersionProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 13)) return undefined;
  return `the command needs Node >= 22.13 (node:sqlite); this is Node ${version}. The instrumentation itself runs on Node >= 20.19.`;
}
