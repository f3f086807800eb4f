/** One piece of work, done over and over: a task of the agent, a report, a snapshot. `count` tells one from the next. */
export type Work = (count: number) => Promise<void> | void;
