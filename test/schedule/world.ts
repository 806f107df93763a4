import type { Failure } from '../../src/errors/failure.ts';
import type { Limits, ModelName, TaskTemplate } from '../../src/manifest/manifest.ts';
import type { PromptRequest, RenderedTask, Task } from '../../src/plan/task.ts';
import { seededRandom, type Random } from '../../src/ports/random.ts';
import { sleep } from '../../src/ports/clock.ts';
import type {
  AttemptFailure,
  AttemptOutcome,
  Provider,
  SendOptions,
  Usage,
} from '../../src/providers/provider.ts';
import type { FedTask } from '../../src/prefix/feed-item.ts';
import type { ScheduleEvent, ScheduleTotals } from '../../src/outcome/schedule-events.ts';
import type { TaskOutcome } from '../../src/outcome/task-outcome.ts';
import type { LaneConfig, ScheduleOptions } from '../../src/schedule/run-context.ts';
import { runSchedule } from '../../src/schedule/schedule.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { NO_USAGE } from '../../src/providers/usage-fields.ts';

const USAGE: Usage = { ...NO_USAGE, inputTokens: 1, outputTokens: 1 };

export function usage(parts: Partial<Usage>): Usage {
  return { ...USAGE, ...parts };
}

export function answered(parts: Partial<Usage> = {}): AttemptOutcome {
  return {
    kind: 'answered',
    answer: { text: 'yes', finishReason: 'stop', usage: usage(parts), requestId: undefined },
  };
}

export function failed(parts: Partial<AttemptFailure> = {}): AttemptOutcome {
  return { kind: 'failed', failure: failure(parts) };
}

export function failure(parts: Partial<AttemptFailure> = {}): AttemptFailure {
  return {
    code: 'SERVER_ERROR',
    message: 'the server said 500',
    httpStatus: 500,
    retryable: true,
    reach: 'task',
    possiblyPaid: false,
    ...parts,
  };
}

export const REFUSED: Partial<AttemptFailure> = {
  code: 'RATE_LIMITED',
  message: 'the server said 429',
  httpStatus: 429,
  reach: 'lane',
};

export const BAD_KEY: Partial<AttemptFailure> = {
  code: 'AUTH',
  message: 'the server said 401',
  httpStatus: 401,
  retryable: false,
  reach: 'provider',
};

export const NO_SUCH_MODEL: Partial<AttemptFailure> = {
  code: 'NOT_FOUND',
  message: 'the server said 404',
  httpStatus: 404,
  retryable: false,
  reach: 'task',
};

/** One request that a provider received. */
export interface Call {
  readonly prompt: string;
  readonly lane: string;
  readonly atMs: number;
  /** 1 for the first request with this prompt. */
  readonly attempt: number;
  readonly options: SendOptions;
}

/** What a provider does with a call: an outcome, immediately or after `latencyMs`. */
export type Script = (call: Call) => AttemptOutcome | Promise<AttemptOutcome>;

export interface World {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly calls: Call[];
  readonly outcomes: TaskOutcome[];
  readonly events: ScheduleEvent[];
  readonly drain: AbortController;
  readonly abort: AbortController;
  /** The most requests in flight at one time, across all providers. */
  readonly highest: () => number;
  /** The same for one lane, by its `provider/model`. */
  readonly highestIn: (lane: string) => number;
  provider(script: Script, options?: { name?: string; latencyMs?: () => number }): Provider;
  lane(options: {
    tasks: number | Iterable<Task> | AsyncIterable<Task>;
    provider: Provider;
    name?: string;
    limits?: Limits;
    countsCacheReads?: boolean;
    hasFallbacks?: boolean;
    render?: Render;
  }): LaneConfig;
  schedule(
    lanes: readonly LaneConfig[],
    options?: Partial<ScheduleOptions>,
  ): Promise<ScheduleTotals>;
  /** Runs the schedule under the virtual clock until it ends. */
  run(lanes: readonly LaneConfig[], options?: Partial<ScheduleOptions>): Promise<ScheduleTotals>;
}

/** A virtual clock, scripted providers, and a record of all that happened. */
export function createWorld({
  seed = 1,
  random = seededRandom(seed),
}: { seed?: number; random?: Random } = {}): World {
  const clock = new VirtualClock();
  const calls: Call[] = [];
  const outcomes: TaskOutcome[] = [];
  const events: ScheduleEvent[] = [];
  const drain = new AbortController();
  const abort = new AbortController();
  const attempts = new Map<string, number>();
  const inFlight = createGauge();
  const inFlightByLane = new Map<string, Gauge>();

  const world: World = {
    clock,
    random,
    calls,
    outcomes,
    events,
    drain,
    abort,
    highest: () => inFlight.highest,
    highestIn: (lane) => inFlightByLane.get(lane)?.highest ?? 0,
    provider(script, { name = 'p', latencyMs = () => 100 } = {}) {
      return {
        name,
        host: `${name}.example`,
        close: () => Promise.resolve(),
        async send(request, options) {
          const key = `${name} ${request.prompt}`;
          const attempt = (attempts.get(key) ?? 0) + 1;
          attempts.set(key, attempt);
          const call = {
            prompt: request.prompt,
            lane: `${request.model.provider}/${request.model.model}`,
            atMs: clock.now(),
            attempt,
            options,
          };
          calls.push(call);
          const inLane = inFlightByLane.get(call.lane) ?? createGauge();
          inFlightByLane.set(call.lane, inLane);
          inFlight.add(1);
          inLane.add(1);
          try {
            await sleep(clock, latencyMs(), options.signal);
            return await script(call);
          } finally {
            inFlight.add(-1);
            inLane.add(-1);
          }
        },
      };
    },
    lane({
      tasks,
      provider,
      render = renderId,
      name = `${provider.name}/m`,
      limits = {},
      ...options
    }) {
      return {
        ...options,
        name,
        provider,
        limits,
        tasks: feed(typeof tasks === 'number' ? tasksOf(tasks, name) : tasks, render),
      };
    },
    schedule(lanes, options = {}) {
      return runSchedule({
        lanes,
        maxConcurrent: 64,
        failFast: false,
        timeoutMs: undefined,
        clock,
        random,
        drain: drain.signal,
        abort: abort.signal,
        emit: (event) => events.push(event),
        settle: (outcome) => {
          outcomes.push(outcome);
          return Promise.resolve();
        },
        ...options,
      });
    },
    run: (lanes, options) => clock.run(world.schedule(lanes, options)),
  };
  return world;
}

interface Gauge {
  readonly highest: number;
  add(change: 1 | -1): void;
}

function createGauge(): Gauge {
  let level = 0;
  let highest = 0;
  return {
    get highest() {
      return highest;
    },
    add(change) {
      level += change;
      highest = Math.max(highest, level);
    },
  };
}

type Render = (which: Task, model?: ModelName) => Promise<RenderedTask>;

async function* feed(
  tasks: Iterable<Task> | AsyncIterable<Task>,
  render: Render,
): AsyncGenerator<FedTask> {
  for await (const each of tasks) yield await fed(each, render);
}

async function fed(which: Task, render: Render = renderId): Promise<FedTask> {
  const rendered = await render(which);
  return { task: which, rendered, renderFor: (model) => render(which, model) };
}

/** `a1`, `a2`, … for the lane `…/a`; the id is the prompt. */
async function* tasksOf(count: number, lane: string): AsyncGenerator<Task> {
  for (let index = 0; index < count; index += 1) yield task(`t${index + 1}`, { index, lane });
}

export function task(
  id: string,
  options: Partial<Pick<TaskTemplate, 'timeoutMs' | 'maxRetries' | 'parameters'>> & {
    readonly index?: number;
    readonly lane?: string;
    /** Lanes that the task tries in turn after its own. */
    readonly fallbacks?: readonly string[];
  } = {},
): Task {
  const { fallbacks } = options;
  const { timeoutMs = 600_000, maxRetries = 3, parameters = {} } = options;
  const place = { file: 'm.yaml', line: 1, column: 1 };
  return {
    id,
    index: options.index ?? 0,
    item: undefined,
    matrix: undefined,
    template: {
      id,
      place,
      model: modelOf(options.lane ?? 'p/m'),
      ...(fallbacks && { fallbacks: fallbacks.map(modelOf) }),
      prompt: { text: id, variables: [], render: async () => ({ ok: true, text: id }) },
      system: undefined,
      useContext: true,
      parameters,
      timeoutMs,
      maxRetries,
      tags: [],
      forEach: undefined,
      matrix: undefined,
    },
  };
}

function modelOf(lane: string): ModelName {
  const [provider = '', model = ''] = lane.split('/');
  return { provider, model };
}

export function renderId(
  which: Task,
  model: ModelName = which.template.model,
): Promise<RenderedTask> {
  return Promise.resolve({ ok: true, request: { ...requestOf(which), model } });
}

export function requestOf(which: Task, prompt = which.id): PromptRequest {
  const { model, parameters } = which.template;
  return { model, context: undefined, system: undefined, prompt, parameters };
}

/** The failure that a task ended with. */
export function failureOf(outcome: TaskOutcome | undefined): Failure | undefined {
  return outcome && outcome.result.status !== 'succeeded' ? outcome.result.failure : undefined;
}
