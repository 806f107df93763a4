import type { PromptRequest, Task } from '../plan/task.ts';
import type { Limits } from '../manifest/manifest.ts';
import type { Price } from '../manifest/price.ts';
import type { WorstCase } from '../money/worst-case.ts';
import type { Provider } from '../providers/provider.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { Failure } from '../errors/failure.ts';
import { byWeight } from './bound.ts';
import type { LaneBound, LaneName, ScheduleEvent, ScheduleTotals, TaskOutcome } from './events.ts';
import type { FeedItem } from './feed.ts';
import { createLaneRun, type LaneRun, type RunContext } from './lane-run.ts';
import { learnedFrom, type Learned } from './learned.ts';
import type { Purse } from './purse.ts';
import { createLooks } from './looks.ts';
import { createSlots } from './slots.ts';
import { createStops } from './stops.ts';
import { workLane } from './work-lane.ts';

/** One provider and model with its tasks, ready to be worked off. */
export interface Lane {
  readonly name: LaneName;
  readonly provider: Provider;
  /** Declared ones, provider and model merged. */
  readonly limits: Limits;
  /**
   * Whether tokens read from a cache count toward `tpm` and `itpm`, as they do at most providers
   * (default true). Anthropic does not count them.
   */
  readonly countsCacheReads?: boolean;
  /** Whether its announced token limits are charged `max_tokens` when a request comes in (default false). */
  readonly countsMaxTokens?: boolean;
  /** Undefined: unknown, which is never the same as free. */
  readonly price?: Price | undefined;
  /** What a budget is held at; default `price`. */
  readonly budgetPrice?: Price | undefined;
  /** Whether some of its tasks may go on to another lane. Default false. */
  readonly hasFallbacks?: boolean;
  /** What an earlier run found out: a start, corrected by what this one sees. */
  readonly learned?: Learned | undefined;
  readonly tasks: AsyncIterable<FeedItem>;
  /** Called once nothing of the lane is in flight any more, nor will be. */
  readonly onEnd?: () => void;
}

export interface ScheduleOptions {
  readonly lanes: readonly Lane[];
  /** Input tokens of a request, as its limits count them; default: by its texts. */
  readonly estimateInput?: (request: PromptRequest) => number;
  readonly maxConcurrent: number;
  readonly failFast: boolean;
  /** Bound on the whole run: then nothing new is sent and requests in flight are abandoned. */
  readonly timeoutMs: number | undefined;
  /** First wait before a retry, in milliseconds; it doubles each time. Default 1,000. */
  readonly retryDelayMs?: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborting it lets requests in flight finish and starts no new one. */
  readonly drain: AbortSignal;
  /** Aborting it abandons requests in flight as well: their tasks end `canceled`. */
  readonly abort: AbortSignal;
  /** The most that a task can cost; null where nothing bounds it. Default: never known. */
  readonly worstCase?: WorstCaseOf;
  /** Bounds what the run may cost; then `worstCase` must know every task. */
  readonly purse?: Purse;
  /** Told of a task that was taken from its lane's feed and is not sent: the lane stopped, and it names no other. */
  readonly leave?: (task: Task) => void;
  readonly emit: (event: ScheduleEvent) => void;
  /** Told at the end what each lane found out about its server. */
  readonly learned?: (lane: LaneName, learned: Learned) => void;
  /** Called once per task that ended. The task keeps its slot until this resolves; a rejection stops the run. */
  readonly settle: (outcome: TaskOutcome) => Promise<void>;
}

export type WorstCaseOf = (
  request: PromptRequest,
  options: { readonly price: Price | undefined; readonly retries: number },
) => WorstCase | null;

/**
 * Works off every lane, each at its own pace, and gives the totals when all is quiet: each task that
 * was started has ended once, and its outcome was kept. Rejects, once nothing is in flight any more,
 * with what `settle`, a lane's tasks or a provider threw.
 */
export async function runSchedule(options: ScheduleOptions): Promise<ScheduleTotals> {
  const startedMs = options.clock.now();
  const stops = createStops(options);
  const slots = createSlots(() => options.maxConcurrent);
  const lanes = options.lanes.map((lane) => createLaneRun(lane, { options, slots, stops }));
  const looks = createLooks(options.clock, () => {
    for (const lane of lanes) lane.lookWhatBinds();
  });
  const counts = { rateLimited: 0 };
  let firstMissed: Failure | undefined;
  let canKeep = true;

  function stopLanes(which: (lane: LaneRun) => boolean, failure: Failure): void {
    for (const lane of lanes) if (which(lane)) lane.stop(failure);
  }

  const context: RunContext = {
    options,
    slots,
    stops,
    async settle(outcome) {
      if (!canKeep) return;
      try {
        await options.settle(outcome);
      } catch (error) {
        canKeep = false;
        stops.fail(error, { cutting: true });
      }
    },
    countRefusal() {
      counts.rateLimited += 1;
    },
    countMissed(failure) {
      firstMissed ??= failure;
    },
    lookWhatBinds: () => looks.answered(),
    laneOf: ({ provider, model }) => lanes.find(({ lane }) => lane.name === `${provider}/${model}`),
    stopLane: (stopped, failure) => stopLanes((lane) => lane === stopped, failure),
    stopProvider: ({ lane: { provider } }, failure) =>
      stopLanes(({ lane }) => lane.provider.name === provider.name, failure),
  };

  try {
    await Promise.all(
      lanes.map((lane) =>
        workLane(lane, context).catch((error: unknown) => stops.fail(error, { cutting: true })),
      ),
    );
  } finally {
    looks.stop();
    stops.dispose();
    for (const lane of lanes) {
      lane.dispose();
      options.learned?.(lane.lane.name, learnedFrom(lane.state));
    }
  }
  const error = stops.error();
  if (error) throw error.thrown;
  return {
    rateLimited: counts.rateLimited,
    highestConcurrency: slots.highest(),
    waitedMs: new Map(lanes.map(({ lane, ledger }) => [lane.name, ledger.reading()])),
    boundBy: mostBound(lanes, startedMs),
    stoppedBy: stops.reason() ?? (firstMissed && { kind: 'provider', failure: firstMissed }),
  };
}

function mostBound(lanes: readonly LaneRun[], sinceMs: number): LaneBound | undefined {
  const bounds = lanes.flatMap((run): LaneBound[] => {
    const bound = run.boundSince(sinceMs);
    return bound ? [{ lane: run.lane.name, ...bound }] : [];
  });
  return bounds.toSorted(byWeight)[0];
}
