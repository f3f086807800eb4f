import type { CommitRequest, Decide } from './store.ts';

/** What a write leaves to be done once it is on disk. */
export type AfterCommit = () => void;

export interface RequestWork {
  readonly kind: 'request';
  readonly request: CommitRequest;
  readonly decide: Decide;
  readonly waiter: Waiter;
}

/** `save`: of issues as they were before the requests of the same turn; a transaction of its own. */
export interface WriteWork {
  readonly kind: 'write' | 'save';
  readonly act: () => AfterCommit | undefined;
  readonly waiter: Waiter;
}

export type Work = RequestWork | WriteWork;

export interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}
