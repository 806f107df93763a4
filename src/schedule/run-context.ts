import type { Failure } from '../errors/failure.ts';
import type { Limits, ModelName } from '../manifest/manifest.ts';
import type { LanePrices } from '../money/bill.ts';
import type { RunMoney } from '../money/reserve-budget.ts';
import type { Learned } from '../outcome/learned-limits.ts';
import type { Pace, PaceOptions } from '../pace/pace.ts';
import type { PromptRequest, Task } from '../plan/task.ts';
import type { LanePrefixes } from '../prefix/lane-prefixes.ts';
import type { WarmUpOptions } from '../prefix/warm-up.ts';
import type { Random } from '../ports/random.ts';
import type { Provider } from '../providers/provider.ts';
import type { TokenCounting } from '../providers/what-limits-count.ts';
import type { AttemptMade, TaskOutcome, WarmedUp } from '../outcome/task-outcome.ts';
import type { LaneName, ScheduleEvent } from '../outcome/schedule-events.ts';
import type { FeedItem } from '../prefix/feed-item.ts';
import { reportEveryFewSeconds, type LaneWatch } from '../outcome/lane-watch.ts';
import type { JoinLane, LaneLimiter } from './lane-limiter.ts';
import type { StopOptions, StopSignals } from './run-stop.ts';

/**
 * One provider and model with its tasks, ready to be processed. By default, cache reads count
 * toward its limits, and `max_tokens` does not. An unknown price never means that the model is
 * free.
 */
export interface LaneConfig extends LanePrices, Partial<TokenCounting> {
  readonly name: LaneName;
  readonly provider: Provider;
  /** The declared limits, merged from the provider and the model. */
  readonly limits: Limits;
  /** Whether some of its tasks may continue in another lane. Default: false. */
  readonly hasFallbacks?: boolean;
  /** What an earlier run found out: a starting point that this run corrects. */
  readonly learned?: Learned | undefined;
  /** How it takes part in limits that other runs share; absent: it does not share them. */
  readonly share?: JoinLane | undefined;
  /** Whether a task is first sent to the provider's flex tier; by default, no task is. */
  readonly asksFlex?: ((task: Task) => boolean) | undefined;
  /** How shared prefixes are cached; absent: they are not. */
  readonly caching?: WarmUpOptions | undefined;
  readonly tasks: AsyncIterable<FeedItem>;
  /** Called once no request of the lane is or will be in flight. */
  readonly onEnd?: () => void;
}

export interface ScheduleOptions extends RunMoney, StopOptions {
  readonly lanes: readonly LaneConfig[];
  /** Input tokens of a request, as its limits count them; default: estimated from its prompt. */
  readonly estimateInput?: (request: PromptRequest) => number;
  readonly maxConcurrent: number;
  readonly failFast: boolean;
  /** First wait before a retry, in milliseconds; it doubles each time. Default 1,000. */
  readonly retryDelayMs?: number | undefined;
  readonly random: Random;
  /** Decides when each lane may send; default: the pace of `pace/pace.ts`. */
  readonly makePace?: ((options: PaceOptions) => Pace) | undefined;
  /**
   * Called with a task that was taken from its lane's feed but is not sent, because the lane
   * stopped and the task has no other model.
   */
  readonly leave?: (task: Task) => void;
  readonly emit: (event: ScheduleEvent) => void;
  /** Called after each request of a task. Never throws. */
  readonly onAttempt?: ((attempt: AttemptMade) => void) | undefined;
  /** Called at the end with what each lane found out about its server. */
  readonly learned?: (lane: LaneName, learned: Learned) => void;
  /**
   * Called once per warm-up call that was, or may have been, paid for. The call keeps its slot
   * until this resolves; a rejection stops the run.
   */
  readonly settleWarmUp?: (warmedUp: WarmedUp) => Promise<void>;
  /** Called when a task ends. It keeps its slot until this resolves; a rejection stops the run. */
  readonly settle: (outcome: TaskOutcome) => Promise<void>;
}

/** A lane at work. */
export interface LaneWorker extends LaneWatch {
  readonly config: LaneConfig;
  readonly pace: Pace;
  readonly limiter: LaneLimiter;
  /** Undefined if nothing is cached. */
  readonly prefixes: LanePrefixes | undefined;
  /** Whether its server turned out to have no flex tier. Changed in place. */
  readonly flex: { isUnknown: boolean };
  /** Aborted once the lane sends nothing more, for its own reasons or the run's. */
  readonly stopped: AbortSignal;
  /** Why the lane stopped, if the reason is its own. A task waiting for its retry then fails. */
  stoppedBy(): Failure | undefined;
  /** Stops this lane, because nothing more can succeed in it. */
  stop(failure: Failure): void;
  /**
   * Notes how a task ended; undefined is a success. If the first tasks all fail alike, the lane
   * stops, because the others will too.
   */
  noteEnd(failure: Failure | undefined): void;
  /** Releases signal listeners. */
  readonly dispose: () => void;
}

export type RunContext = ReturnType<typeof createRunContext>;

/** What all parts of one run share. */
export function createRunContext(
  options: ScheduleOptions,
  stops: StopSignals,
  lanes: readonly LaneWorker[],
) {
  let firstUnsent: Failure | undefined;
  let canKeep = true;
  return {
    options,
    stops,
    counts: { rateLimited: 0 },
    /**
     * Saves an outcome. Never rejects: once one cannot be saved, requests in flight are abandoned
     * and all later outcomes are dropped.
     */
    async settle(outcome: TaskOutcome): Promise<void> {
      if (!canKeep) return;
      try {
        await options.settle(outcome);
      } catch (error) {
        canKeep = false;
        stops.fail(error, { cutting: true });
      }
    },
    /** Saves the cost of a warm-up call. */
    async settleWarmUp(warmedUp: WarmedUp): Promise<void> {
      try {
        await options.settleWarmUp?.(warmedUp);
      } catch (error) {
        // Answers to requests in flight can still be saved.
        stops.fail(error, { cutting: false });
      }
    },
    /** Records that a task has no answer because its lane stopped. */
    noteUnsent(why: Failure): void {
      firstUnsent ??= why;
    },
    firstUnsent: () => firstUnsent,
    laneOf: ({ provider, model }: ModelName): LaneWorker | undefined =>
      lanes.find(({ config }) => config.name === `${provider}/${model}`),
    /** Stops all lanes of this lane's provider, because nothing more can succeed there. */
    stopProvider({ config: { provider } }: LaneWorker, failure: Failure): void {
      for (const lane of lanes) if (lane.config.provider.name === provider.name) lane.stop(failure);
    },
    /** What delays each lane; reported from time to time. */
    bounds: reportEveryFewSeconds(lanes, options.clock),
  };
}
