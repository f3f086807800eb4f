import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { sayOnce } from '../otel/diag.ts';
import { attempt, guard, readable } from '../otel/guard.ts';
import type { LoggerProviderLike } from '../otel/logs-api.ts';
import type { GivenProviders } from '../otel/providers.ts';
import { DEFAULT_LIMITS, type Limits, type Redact, type Settings } from '../otel/settings.ts';
import { toNumber, toOptionalText, toText } from '../otel/values.ts';
import { AgentHandle } from './agent.ts';
import { AgentState, type AgentOptions } from './agent-state.ts';
import { Core } from './core.ts';
import { forgiveDetached } from './detached.ts';
import { diagnose, type Finding } from './diagnose.ts';
import { flushProviders } from './flush.ts';
import type { Agent } from './handles.ts';
import { NO_AGENT } from './nothing.ts';

/** Options of `init`. All can be left out. */
export interface InitOptions {
  /** `hiveloop.environment` on every span and record. Default: left out (the resource's `deployment.environment.name` says it). */
  readonly environment?: string;
  /** `hiveloop.group` on every span and record. Default: left out. */
  readonly group?: string;
  /**
   * What carries the narrative of a task (plan, steps, retries, escalations, approvals): log events at once, span events
   * on the task's span, or both. With `span` the log twins of spans (starts, ends, LLM calls) are left out too. Default `both`.
   */
  readonly events?: 'both' | 'span' | 'log';
  /** Whether a task is a root span with a link to the active span, or a child of it. Default `root`. */
  readonly taskParent?: 'root' | 'active';
  /**
   * `story` when the host's model client is instrumented already: LLM calls are then told in `hiveloop.llm.*` only, with no
   * `gen_ai.usage` and no `gen_ai.client.*` metrics, so that no token counts twice. Default `full`.
   */
  readonly llm?: 'full' | 'story';
  /** Records prompts, responses and tool results that the caller passes. Default false. */
  readonly captureContent?: boolean;
  /** Sees every value of every signal and gives what is sent instead; undefined, or a throw, drops the value. Default: none. */
  readonly redact?: Redact;
  /** Bounds of what is recorded. */
  readonly limits?: Partial<Limits>;
  /** Default: the global one, looked up at use. */
  readonly tracerProvider?: TracerProvider;
  /** Default: the global one, looked up at use. */
  readonly meterProvider?: MeterProvider;
  /** A logger provider of any line of the SDK. Default: the global one, looked up at use. */
  readonly loggerProvider?: unknown;
}

/** The door to agents. It opens no connection and starts no SDK: the host's own OpenTelemetry exports what it emits. */
export interface HiveLoop {
  /** The agent of this id: the same one each time. Options given update it, omitted ones keep their value. */
  agent(agentId: string, options?: AgentOptions): Agent;
  getAgent(agentId: string): Agent | undefined;
  /** What about the host costs signals or makes them wrong; also one `diag` line each. */
  diagnose(): readonly Finding[];
  /** Force-flushes the host's providers. Resolves in any case, after at most `timeoutMillis` (default 5 000). */
  flush(options?: { readonly timeoutMillis?: number }): Promise<void>;
  /**
   * Stops heartbeats, ends tasks that are still open as abandoned, says `hiveloop.agent.stopped`, and flushes; shuts none
   * of the host's providers down. Agents can be used again afterwards.
   */
  shutdown(options?: { readonly timeoutMillis?: number }): Promise<void>;
}

const FLUSH_TIMEOUT_MILLIS = 5000;
/** All copies of this package in the process (ESM and CJS, hot reload) share one registry. */
const REGISTRY = Symbol.for('hiveloop-otel.registry.1');

/** What its methods do when they are called without it. */
const NO_HIVE: HiveLoop = {
  agent: () => NO_AGENT,
  getAgent: () => undefined,
  diagnose: () => [],
  flush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

class Registry implements HiveLoop {
  static {
    forgiveDetached(this.prototype, NO_HIVE, 'hive');
  }

  readonly #core = new Core();
  readonly #agents = new Map<string, AgentHandle>();
  #isInitialised = false;

  /** Takes the options given; what was given before and is left out now stays. */
  configure(options: InitOptions): void {
    const before = this.#core.signals.settings;
    const settings = readSettings(options, before);
    const isChanged = settings.redact !== before.redact || JSON.stringify(settings) !== JSON.stringify(before);
    if (this.#isInitialised && isChanged) {
      sayOnce(
        'init again',
        'init() was called again with other options: they apply from now on, to all agents of the process',
      );
    }
    this.#isInitialised = true;
    this.#core.signals.settings = settings;
    this.#core.signals.providers.give(givenProviders(options));
    for (const agent of this.#agents.values()) agent.state.refresh();
  }

  agent(agentId: string, options?: AgentOptions): Agent {
    const id = toText(agentId, this.#core.signals.settings.limits.idLength);
    if (id === '') sayOnce('agent without id', 'hive.agent(id) needs an id: without one its issues are refused');
    let agent = this.#agents.get(id);
    if (agent === undefined) {
      agent = new AgentHandle(new AgentState(this.#core, id));
      this.#agents.set(id, agent);
    }
    agent.update(options ?? {});
    return agent;
  }

  getAgent(agentId: string): Agent | undefined {
    return this.#agents.get(toText(agentId, this.#core.signals.settings.limits.idLength));
  }

  diagnose(): readonly Finding[] {
    return attempt('diagnose', () => diagnose(this.#core), []);
  }

  async flush(options?: { readonly timeoutMillis?: number }): Promise<void> {
    const timeoutMillis = attempt('flush', () => toNumber(options?.timeoutMillis), undefined) ?? FLUSH_TIMEOUT_MILLIS;
    await flushProviders(this.#core.signals.providers, Math.max(0, timeoutMillis));
  }

  async shutdown(options?: { readonly timeoutMillis?: number }): Promise<void> {
    for (const agent of this.#agents.values()) {
      for (const task of agent.state.running.values())
        guard('shutdown', abandon, task, undefined, undefined, undefined, undefined);
      agent.stop();
    }
    await this.flush(options);
  }
}

/**
 * Opens HiveLoop: no network, no SDK started. Called again it is the same registry; options given update it.
 * @see HiveLoop manual, part 7, section 9
 */
export function init(options?: InitOptions): HiveLoop {
  const slots = globalThis as unknown as Record<symbol, Registry | undefined>;
  const registry = (slots[REGISTRY] ??= new Registry());
  attempt('init', () => registry.configure(readable(options ?? {})), undefined);
  return registry;
}

function abandon(task: { abandon(): void }): void {
  task.abandon();
}

function readSettings(options: InitOptions, before: Settings): Settings {
  const limits = readLimits(options.limits, before.limits);
  return {
    environment: toOptionalText(options.environment, 64) ?? before.environment,
    group: toOptionalText(options.group, 128) ?? before.group,
    events: oneOf('events', options.events, ['both', 'span', 'log']) ?? before.events,
    taskParent: oneOf('taskParent', options.taskParent, ['root', 'active']) ?? before.taskParent,
    llm: oneOf('llm', options.llm, ['full', 'story']) ?? before.llm,
    captureContent: typeof options.captureContent === 'boolean' ? options.captureContent : before.captureContent,
    redact: typeof options.redact === 'function' ? options.redact : before.redact,
    limits,
  };
}

function readLimits(given: Partial<Limits> | undefined, before: Limits): Limits {
  const limits: Record<string, number> = { ...before };
  for (const key of Object.keys(DEFAULT_LIMITS)) {
    const value = toNumber((given as Record<string, unknown> | undefined)?.[key]);
    if (value !== undefined && value >= 0) limits[key] = value;
  }
  return limits as unknown as Limits;
}

function oneOf<T extends string>(option: string, value: unknown, allowed: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((word) => word === value);
  if (found === undefined)
    sayOnce(`init ${option}`, `init({ ${option} }) takes one of ${allowed.join(', ')}; the option was left as it was`);
  return found;
}

function givenProviders(options: InitOptions): GivenProviders {
  const given: GivenProviders = {};
  if (options.tracerProvider !== undefined) given.tracerProvider = options.tracerProvider;
  if (options.meterProvider !== undefined) given.meterProvider = options.meterProvider;
  const logs = options.loggerProvider as Partial<LoggerProviderLike> | undefined;
  if (logs === undefined) return given;
  if (typeof logs.getLogger === 'function') given.loggerProvider = logs as LoggerProviderLike;
  else
    sayOnce('init loggerProvider', 'init({ loggerProvider }) needs an object with getLogger(); the global one is used');
  return given;
}
