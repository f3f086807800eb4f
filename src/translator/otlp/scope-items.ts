import type { Resource, Scope, Skipped } from './model.ts';

/** What the requests of all signals have in common: items under a scope under a resource. */
export interface ScopeItems<Item> {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly items: readonly Item[];
  readonly skipped?: Skipped;
}
