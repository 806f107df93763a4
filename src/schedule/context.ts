import type { Failure } from '../errors/failure.ts';
import type { Limits, ModelName } from '../manifest/manifest.ts';
import type { LanePrices } from '../money/bill.ts';
import type { RunMoney } from '../money/reserve-budget.ts';
import type { Learned } from '../outcome/learned.ts';
import type { Pace, PaceOptions } from '../pace/pace.ts';
import type { PromptRequest, Task } from '../plan/task.ts';
import type { LanePrefixes } from '../prefix/lane-prefixes.ts';
import type { WarmUpOptions } from '../prefix/warm-up.ts';
import type { Random } from '../ports/random.ts';
import type { Provider } from '../providers/provider.ts';
import type { TokenCounting } from '../providers/token-counting.ts';
import type { AttemptMade, TaskOutcome, WarmedUp } from '../outcome/task-outcome.ts';
import type { LaneName, ScheduleEvent } from '../outcome/events.ts';
import type { FeedItem } from '../prefix/feed-item.ts';
import type { BoundWatch } from '../outcome/bound-watch.ts';
import type { SlotUse } from '../outcome/lane-bound.ts';
import type { JoinLane, LaneLimiter } from './lane-limiter.ts';
import type { StopOptions, StopSignals } from './run-stop.ts';
import type { WaitTimes } from '../outcome/time-waited.ts';

/**
 * One provider and model with its tasks, ready to be processed. By default, cache reads count
 * toward its limits, and `max_tokens` does not. If a price is unknown, that never means free.
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
  /** Whether a task is first sent to the provider's flex tier; default: none is. */
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
  readonly retryDelayMs?: number;
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
  /** Called once per task that ended. The task keeps its slot until this resolves; a rejection stops the run. */
  readonly settle: (outcome: TaskOutcome) => Promise<void>;
}

/** What all parts of one run share. */
export interface RunContext {
  readonly options: ScheduleOptions;
  readonly stops: StopSignals;
  /**
   * Saves an outcome. Never rejects: once one cannot be saved, requests in flight are abandoned and
   * all later outcomes are dropped.
   */
  readonly settle: (outcome: TaskOutcome) => Promise<void>;
  /** The same for the cost of a warm-up call. */
  readonly settleWarmUp: (warmedUp: WarmedUp) => Promise<void>;
  readonly countRefusal: () => void;
  /** Records that a task has no answer because its lane stopped. */
  readonly noteUnsent: (why: Failure) => void;
  /** Call this after an answer: from time to time, it reports what delays each lane. */
  readonly reportBounds: () => void;
  readonly laneOf: (model: ModelName) => LaneWorker | undefined;
  /** Stops all lanes of this lane's provider, because nothing more can succeed there. */
  readonly stopProvider: (lane: LaneWorker, failure: Failure) => void;
}

/** A lane at work. */
export interface LaneWorker {
  readonly config: LaneConfig;
  readonly pace: Pace;
  readonly limiter: LaneLimiter;
  /** Undefined if nothing is cached. */
  readonly prefixes: LanePrefixes | undefined;
  readonly waits: WaitTimes;
  /** Updated whenever a task is sent or ends. */
  readonly slotUse: SlotUse;
  readonly bounds: BoundWatch;
  /** Whether its server turned out to have no flex tier. Changed in place. */
  readonly flex: { isUnknown: boolean };
  /** Aborted once the lane sends nothing more, for its own reasons or the run's. */
  readonly stopped: AbortSignal;
  /**
   * Why the lane stopped, if the reason is its own. A task that waits for its retry has then
   * failed.
   */
  stoppedBy(): Failure | undefined;
  /** Stops this lane, because nothing more can succeed in it. */
  stop(failure: Failure): void;
  /**
   * Notes how a task ended; undefined is a success. If the first tasks all fail alike, the lane
   * stops, because the others will too.
   */
  noteEnd(failure: Failure | undefined): void;
  /** Releases signal listeners. */
  dispose(): void;
}
