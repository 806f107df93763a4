import type { Limits, TaskTemplate } from '../manifest/manifest.ts';
import type { PromptRequest, Task } from '../plan/task.ts';
import { sleep, type Clock } from '../ports/clock.ts';
import { seededRandom, type Random } from '../ports/random.ts';
import { VirtualClock } from '../ports/virtual-clock.ts';
import type { Provider, Usage } from '../providers/provider.ts';
import { usedLoad } from '../pace/tokens-per-limit.ts';
import type { WaitedMs } from '../outcome/time-waited.ts';
import type { LaneConfig } from '../schedule/run-context.ts';
import { runSchedule } from '../schedule/schedule.ts';
import type { Load } from '../pace/tokens-per-limit.ts';
import { createPlayedFlow, type PlayedFlow } from './played-flow.ts';

/** A provider and model with its tasks. */
export interface PlayedLane {
  readonly name: string;
  readonly limits: Limits;
  readonly countsCacheReads: boolean;
  /** In manifest order. */
  readonly groups: readonly PlayedGroup[];
}

export interface PlayedGroup {
  readonly template: TaskTemplate;
  readonly tasks: number;
  /** The request at `place`. The same place always has the same request. */
  request(place: number, random: Random): PlayedRequest;
}

export interface PlayedRequest {
  /** The input tokens that the scheduler reserves. */
  readonly reservedInput: number;
  readonly usage: Usage;
  readonly latencyMs: number;
}

export interface PlayedTime {
  readonly tasks: number;
  readonly durationMs: number;
  readonly waitedMs: WaitedMs;
  /** The total load of its answers. */
  readonly load: Load;
}

/**
 * Simulates a schedule with the scheduler of a run on a virtual clock. Every request is answered
 * after its latency, and a task is sent when everything it needs has ended. Takes about 0.1 ms per
 * task.
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

/** Fixed, so that the same plan has the same figures. */
const SEED = 1;

interface Play {
  readonly lane: LaneConfig;
  readonly result: { tasks: number; durationMs: number; load: Load };
}

/** Simulated answers have no text to check against a schema. */
function withoutSchemas({ groups, ...lane }: PlayedLane): PlayedLane {
  const plain = groups.map((group) => {
    return { ...group, template: { ...group.template, schema: undefined } };
  });
  return { ...lane, groups: plain };
}

interface PlayContext {
  readonly clock: Clock;
  readonly requests: WeakMap<PromptRequest, PlayedRequest>;
  readonly flow: PlayedFlow;
}

function createPlay(
  { name, limits, countsCacheReads, groups }: PlayedLane,
  { clock, requests, flow }: PlayContext,
): Play {
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
    // Answers that exceed the timeout are reported as a warning. In the simulation, they are in
    // time.
    requests.set(request, { ...known, latencyMs: Math.min(known.latencyMs, timeoutMs) });
    return request;
  }
  return {
    result,
    lane: { name, provider, limits, countsCacheReads, tasks: flow.feed(groups, requestOf) },
  };
}
