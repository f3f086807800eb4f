/** A program for `unhandled-rejection.test.ts`: a task or tool rejects, and `handled` or `unhandled` says what the caller does. */
import { init } from '../../src/index.ts';

const [door, how] = process.argv.slice(2);
const agent = init().agent('a1');
const error = new Error('the caller’s own');
const fail = (): Promise<never> => Promise.reject(error);

process.on('unhandledRejection', (reason) => {
  process.stdout.write(`unhandled ${reason === error ? 'same' : 'other'}\n`);
});
const running =
  door === 'task'
    ? agent.task('t1', fail)
    : door === 'track'
      ? agent.track('fn', fail)()
      : agent.trackContext('tool', fail);
if (how === 'handled') {
  running.catch((reason: unknown) => process.stdout.write(`handled ${reason === error ? 'same' : 'other'}\n`));
}
