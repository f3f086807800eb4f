import { cut, toOptionalText, toText } from './values.ts';
import { redacted, type Settings } from './settings.ts';
import { ATTR_ERROR_TYPE, ATTR_EXCEPTION_MESSAGE, ATTR_EXCEPTION_STACKTRACE } from '../semconv.ts';

/** What we tell of an error, read once and with care: its getters may throw. */
export interface Failure {
  /** Class or code of the error: a label of metrics, so never a message. */
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
}

const TYPE_LENGTH = 100;
const STACK_LENGTH = 4096;
const OTHER = '_OTHER';

/** Reads a thrown or given value; anything can be thrown, also nothing. */
export function readFailure(error: unknown, settings: Settings): Failure {
  const { redact, limits } = settings;
  const type = redacted(redact, typeOf(error), ATTR_ERROR_TYPE);
  const message = redacted(redact, messageOf(error, limits.summaryLength), ATTR_EXCEPTION_MESSAGE);
  const stack = redacted(redact, field(error, 'stack'), ATTR_EXCEPTION_STACKTRACE);
  return {
    type: toOptionalText(type, TYPE_LENGTH) ?? OTHER,
    message: toText(message, limits.summaryLength),
    stack: typeof stack === 'string' && stack !== '' ? cut(stack, STACK_LENGTH) : undefined,
  };
}

function messageOf(error: unknown, limit: number): string {
  const message = field(error, 'message');
  return typeof message === 'string' ? cut(message, limit) : toText(error, limit);
}

/** The error's name, else its code (`ECONNREFUSED` says more than `Error`), else its class. */
function typeOf(error: unknown): string {
  if (typeof error === 'string') return OTHER;
  const candidates = [field(error, 'name'), classOf(error), field(error, 'code')];
  for (const candidate of candidates) {
    if (typeof candidate === 'string' && candidate !== '' && candidate !== 'Error' && candidate !== 'Object') {
      return cut(candidate, TYPE_LENGTH);
    }
  }
  return field(error, 'name') === 'Error' ? 'Error' : OTHER;
}

function classOf(error: unknown): unknown {
  return field(field(error, 'constructor'), 'name');
}

function field(value: unknown, key: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}
