import { activeContext, scopeIn } from '../otel/context.ts';
import { sayOnce } from '../otel/diag.ts';
import type { Action, Agent, Task } from './handles.ts';
import { NO_ACTION, NO_TASK } from './nothing.ts';
import type { Scope } from './scope.ts';

/**
 * The task that the calling code runs in, however deep below it. Outside a task: one that records nothing and whose
 * functions still run, said once to `diag`; so no caller needs an `if`. Manual §12.7.
 */
export function currentTask(): Task {
  const task = currentScope()?.task;
  if (task !== undefined) return task;
  sayOnce(
    'no current task',
    'currentTask() was called outside a task, so nothing was recorded: call it below agent.task(), or pass the task along (manual 12.7)',
  );
  return NO_TASK;
}

/** The agent of the innermost task, action or LLM call that the calling code runs in. */
export function currentAgent(): Agent | undefined {
  return currentScope()?.agent;
}

/** The tool call or tracked function that the calling code runs in; outside of one, an action that records nothing. */
export function currentAction(): Action {
  const action = currentScope()?.action;
  if (action !== undefined) return action;
  sayOnce('no current action', 'currentAction() was called outside an action, so nothing was recorded');
  return NO_ACTION;
}

function currentScope(): Scope | undefined {
  try {
    return scopeIn(activeContext()) as Scope | undefined;
  } catch {
    return undefined;
  }
}
