import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { freshAnchor, secondsBetween, ticks, timeOf } from '../otel/clock.ts';
import { sayOnce } from '../otel/diag.ts';
import { attempt, guard, sayProblem } from '../otel/guard.ts';
import type { Payload } from '../otel/payload.ts';
import type { RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import type { AgentState, RunningTask } from './agent-state.ts';
import type { QueueSnapshot } from './queue.ts';
import { describeQueue, recordQueueSnapshot } from './queue-snapshot.ts';

/** What the host's providers (heartbeat payload, queue) are given to answer. */
const PROVIDER_TIMEOUT_MILLIS = 5000;
const LISTED_TASKS = 50;
/** With traces only, a snapshot outside a span is a trace of its own: only when the queue changed, and not more often. */
const MIN_SECONDS_BETWEEN_QUEUE_TRACES = 300;

interface Timer {
  unref?: () => void;
}

/** The beat of an agent: `hiveloop.agent.heartbeat` every interval, then a snapshot of its queue. Manual §6.3. */
export class Heartbeat {
  readonly #agent: AgentState;
  readonly #payload = new ProviderCall('heartbeatPayload');
  readonly #queue = new ProviderCall('queueProvider');
  #timer: ReturnType<typeof setInterval> | undefined;
  #intervalSeconds = 0;
  #lastQueue: { readonly json: string; readonly at: number } | undefined;

  constructor(agent: AgentState) {
    this.#agent = agent;
  }

  /** Starts the beat, or follows a changed interval; with 0 or less there is none. The timer keeps no process alive. */
  start(): void {
    const seconds = this.#agent.heartbeatIntervalSeconds;
    if (this.#timer !== undefined && seconds === this.#intervalSeconds) return;
    this.stop();
    if (seconds <= 0) return;
    this.#intervalSeconds = seconds;
    const millis = Math.min(seconds * 1000, 2 ** 31 - 1);
    // Timers carry the context that they are made in: a beat must not belong to the request that happened to make the agent.
    this.#timer = context.with(ROOT_CONTEXT, () => setInterval(() => this.beat(), millis));
    (this.#timer as Timer).unref?.();
  }

  stop(): void {
    if (this.#timer !== undefined) clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** One beat. */
  beat(): void {
    const agent = this.#agent;
    guard('heartbeat', (state: AgentState) => noteBeat(state), agent, undefined, undefined, undefined, undefined);
    // An answer that comes after `agent.stop()` must not make the agent look alive again.
    const tell = (payload: Payload | undefined): void => {
      if (!agent.isStopped) recordHeartbeat(agent, payload);
    };
    if (agent.heartbeatPayload === undefined) tell(undefined);
    else this.#payload.ask(agent.heartbeatPayload, tell);
    const { queueProvider } = agent;
    if (queueProvider !== undefined) this.#queue.ask(queueProvider, (snapshot) => this.#tellQueue(snapshot));
  }

  #tellQueue(snapshot: QueueSnapshot | null | undefined): void {
    if (this.#agent.isStopped) return;
    this.#agent.core.signals.providers.look();
    if (snapshot === undefined || snapshot === null) {
      // Nothing known is not a queue of the last known depth: it is not told again.
      this.#agent.queueDepth = undefined;
      this.#agent.queueOldestAgeSeconds = undefined;
    } else if (this.#agent.core.signals.hasLogs) {
      recordQueueSnapshot(this.#agent, snapshot);
    } else {
      this.#tellQueueInTraces(snapshot);
    }
  }

  #tellQueueInTraces(snapshot: QueueSnapshot): void {
    const attributes = describeQueue(this.#agent, snapshot);
    Reflect.deleteProperty(attributes, semconv.ATTR_QUEUE_OLDEST_AGE);
    const json = JSON.stringify(attributes);
    const now = ticks();
    const last = this.#lastQueue;
    if (last?.json === json) return;
    if (last !== undefined && secondsBetween(last.at, now) < MIN_SECONDS_BETWEEN_QUEUE_TRACES) return;
    this.#lastQueue = { json, at: now };
    recordQueueSnapshot(this.#agent, snapshot);
  }
}

/** A provider of the host's: it may throw, hang or answer late, and is never asked again while it still runs. */
class ProviderCall {
  readonly #name: string;
  #isRunning = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** Asks, and hands the answer to `use`; undefined when there is none in time. */
  ask<T>(provider: () => T | undefined | Promise<T | undefined>, use: (answer: T | undefined) => void): void {
    const name = this.#name;
    const useSafely = (answer: T | undefined): void => attempt(name, () => use(answer), undefined);
    if (this.#isRunning) {
      sayOnce(`${name} still runs`, `the ${name} has not answered yet; it is asked again when it has`);
      useSafely(undefined);
      return;
    }
    const answer = attempt(name, provider, undefined);
    if (!isPromiseLike(answer)) {
      useSafely(answer);
      return;
    }
    this.#isRunning = true;
    void this.#await(answer, useSafely);
  }

  async #await<T>(answer: PromiseLike<T | undefined>, use: (answer: T | undefined) => void): Promise<void> {
    let isUsed = false;
    const useOnce = (value: T | undefined): void => {
      if (!isUsed) use(value);
      isUsed = true;
    };
    const timer = setTimeout(() => {
      sayOnce(
        `${this.#name} too slow`,
        `the ${this.#name} did not answer within 5 s: this time it counts as no answer`,
      );
      useOnce(undefined);
    }, PROVIDER_TIMEOUT_MILLIS);
    (timer as Timer).unref?.();
    try {
      useOnce(await answer);
    } catch (error) {
      sayProblem(this.#name, error);
      useOnce(undefined);
    } finally {
      clearTimeout(timer);
      this.#isRunning = false;
    }
  }
}

function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return attempt('a provider', () => typeof (value as { then?: unknown } | undefined)?.then === 'function', false);
}

function noteBeat(agent: AgentState): void {
  const [seconds, nanos] = timeOf(ticks(), freshAnchor());
  agent.heartbeatTime = seconds + nanos / 1_000_000_000;
  agent.core.signals.providers.look();
  agent.core.signals.metrics.refresh();
}

/** Emits the heartbeat: alive, and what runs. With no logs provider there is none, only the gauge. */
function recordHeartbeat(agent: AgentState, payload: Payload | undefined): void {
  const attributes: RecordAttributes = {
    [semconv.ATTR_AGENT_STUCK_THRESHOLD]: agent.stuckThresholdSeconds,
    [semconv.ATTR_AGENT_TASKS_RUNNING]: agent.running.size,
    [semconv.ATTR_AGENT_APPROVALS_PENDING]: agent.pendingApprovals().length,
  };
  if (agent.running.size > 0) attributes[semconv.ATTR_AGENT_TASKS] = tasksJson(agent);
  agent.core.signals.recordLog(agent, {
    name: semconv.EVENT_AGENT_HEARTBEAT,
    severity: 'DEBUG',
    summary: `Alive, ${agent.running.size} running`,
    attributes,
    payload: { prefix: semconv.ATTR_PAYLOAD_PREFIX, value: payload },
  });
}

/** Emits `hiveloop.agent.stopped`: from here on silence is not a sign of trouble. */
export function recordStopped(agent: AgentState): void {
  agent.isStopped = true;
  agent.heartbeatTime = 0;
  agent.queueDepth &&= 0;
  agent.queueOldestAgeSeconds &&= 0;
  const attributes: RecordAttributes = { [semconv.ATTR_AGENT_TASKS_RUNNING]: agent.running.size };
  if (agent.running.size > 0) attributes[semconv.ATTR_AGENT_TASKS] = tasksJson(agent);
  agent.core.signals.recordLog(agent, {
    name: semconv.EVENT_AGENT_STOPPED,
    summary: `Stopped${agent.running.size > 0 ? `, ${agent.running.size} still running` : ''}`,
    attributes,
  });
}

function tasksJson(agent: AgentState): string {
  const listed = [...agent.running.keys()].slice(0, LISTED_TASKS).map((task: RunningTask) => ({
    id: task.id,
    run_id: task.runId,
    started_at: task.startedAtText,
    progress_at: task.timeText(task.progressAt),
  }));
  return JSON.stringify(listed);
}
