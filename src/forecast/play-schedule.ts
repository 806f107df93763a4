import type { Limits, TaskTemplate } from '../manifest/manifest.ts';
import type { PromptRequest, Task } from '../plan/task.ts';
import { sleep, type Clock } from '../ports/clock.ts';
import { seededRandom, type Random } from '../ports/random.ts';
import { VirtualClock } from '../ports/virtual-clock.ts';
import type { Provider, Usage } from '../providers/provider.ts';
import { usedLoad } from '../pace/load.ts';
import type { WaitedMs } from '../schedule/events.ts';
import type { LaneConfig } from '../schedule/context.ts';
import { runSchedule } from '../schedule/schedule.ts';
import type { Load } from '../pace/load.ts';
import { createPlayedFlow, type PlayedFlow } from './played-flow.ts';

/** A provider and model with what it is to work off. */
export interface PlayedLane {
  /** `provider/model`. */
  readonly name: string;
  readonly limits: Limits;
  readonly countsCacheReads: boolean;
  /** In manifest order. */
  readonly groups: readonly PlayedGroup[];
}

/** Tasks of one template. */
export interface PlayedGroup {
  readonly template: TaskTemplate;
  readonly tasks: number;
  /** The `place`th of them, by what is known: the same place gives the same request. */
  request(place: number, random: Random): PlayedRequest;
}

export interface PlayedRequest {
  /** What the scheduler takes it to weigh. */
  readonly reservedInput: number;
  readonly usage: Usage;
  readonly latencyMs: number;
}

/** How a lane fared. */
export interface PlayedTime {
  readonly tasks: number;
  readonly durationMs: number;
  readonly waitedMs: WaitedMs;
  /** What all its answers weighed in the limits. */
  readonly load: Load;
}

/**
 * Plays a schedule without sending anything: it is the scheduler of a run, under a clock that jumps,
 * every request is answered after its latency, and a task is sent once what it needs has ended.
 * Takes about 0.1 ms a task.
 */
export async function playSchedule(
  lanes: readonly PlayedLane[],
  { maxConcurrent }: { readonly maxConcurrent: number },
): Promise<readonly PlayedTime[]> {
  const clock = new VirtualClock();
  const never = new AbortController().signal;
  const requests = new WeakMap<PromptRequest, PlayedRequest>();
  const plain = lanes.map(withoutSchemas);
  const flow = createPlayedFlow(plain.flatMap(({ groups }) => groups));
  const plays = plain.map((lane) => createPlay(lane, { clock, requests, flow }));
  const totals = await clock.run(
    runSchedule({
      lanes: plays.map(({ lane }) => lane),
      estimateInput: (request) => requests.get(request)?.reservedInput ?? 0,
      maxConcurrent,
      failFast: false,
      timeoutMs: undefined,
      clock,
      random: seededRandom(SEED),
      drain: never,
      abort: never,
      emit: () => undefined,
      settle: ({ task }) => {
        flow.ended(task);
        return Promise.resolve();
      },
    }),
  );
  return plays.map(({ lane, result }) => ({
    ...result,
    waitedMs: totals.waitedMs.get(lane.name) ?? {},
  }));
}

/** Any will do, as long as the same plan gives the same figures. */
const SEED = 1;

interface Play {
  readonly lane: LaneConfig;
  readonly result: { tasks: number; durationMs: number; load: Load };
}

/** What is played has no text: there is nothing to hold against a schema. */
function withoutSchemas({ groups, ...lane }: PlayedLane): PlayedLane {
  return {
    ...lane,
    groups: groups.map((group) => {
      return { ...group, template: { ...group.template, schema: undefined } };
    }),
  };
}

function createPlay(
  played: PlayedLane,
  {
    clock,
    requests,
    flow,
  }: {
    readonly clock: Clock;
    readonly requests: WeakMap<PromptRequest, PlayedRequest>;
    readonly flow: PlayedFlow;
  },
): Play {
  const { name, limits, countsCacheReads, groups } = played;
  const random = seededRandom(SEED);
  const result = { tasks: 0, durationMs: 0, load: { inputTokens: 0, outputTokens: 0 } };
  const provider: Provider = {
    name,
    host: 'nowhere',
    close: () => Promise.resolve(),
    async send(request, { signal }) {
      const played = requests.get(request);
      if (!played) throw new Error('a request that is not part of the play');
      const { usage, latencyMs } = played;
      await sleep(clock, latencyMs, signal);
      const load = usedLoad(usage, { countsCacheReads });
      result.tasks += 1;
      result.durationMs = clock.now();
      result.load = {
        inputTokens: result.load.inputTokens + load.inputTokens,
        outputTokens: result.load.outputTokens + load.outputTokens,
      };
      const answer = { text: '.', finishReason: 'stop', usage, requestId: undefined } as const;
      return { kind: 'answered', answer };
    },
  };
  const groupOf = new Map(groups.map((group) => [group.template, group]));
  function requestOf(task: Task): PromptRequest {
    const group = groupOf.get(task.template);
    if (!group) throw new Error(`no group for the task ${task.id}`);
    const { model, parameters, timeoutMs } = task.template;
    const request = { model, context: undefined, system: undefined, prompt: '', parameters };
    const known = group.request(task.index, random);
    // An answer that would come too late is reported as a warning; here it comes in time.
    requests.set(request, { ...known, latencyMs: Math.min(known.latencyMs, timeoutMs) });
    return request;
  }
  return {
    result,
    lane: { name, provider, limits, countsCacheReads, tasks: flow.feed(groups, requestOf) },
  };
}
