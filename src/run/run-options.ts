import type { Deadline } from '../batch/cutover.ts';
import type { Learned } from '../outcome/learned-limits.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { Wire } from '../providers/transport.ts';
import type { createProvider } from '../providers/create-provider.ts';
import type { ResultRecord } from '../results/record.ts';
import type { Seal } from '../results/seal.ts';
import type { ScheduleOptions } from '../schedule/run-context.ts';
import type { RunShare } from '../share/open-share.ts';
import type { CachedAnswers } from './check-kept-answers.ts';
import type { LearnedFor } from './learned-store.ts';
import type { KeepOptions } from './record-keeping.ts';
import type { Resumption } from './resume.ts';
import type { BatchKeeping } from './run-batches.ts';
import type { RunMoney } from './run-budget.ts';

export interface RunOptions extends KeepOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How requests reach the network. */
  readonly wire: Wire;
  /** Creates the providers; default: those of the registry. */
  readonly makeProvider?: typeof createProvider;
  /** Decides when each lane may send; default: Volley's own pace. */
  readonly makePace?: ScheduleOptions['makePace'];
  /** How long to wait before the first retry, in milliseconds. The time doubles with each retry. */
  readonly retryDelayMs?: number | undefined;
  /** Prices of attempts, and the budget. By default, they are computed when the run starts. */
  readonly money?: RunMoney | undefined;
  /**
   * What earlier runs with the same journal cost, in US dollars, including attempts that may have
   * been charged.
   */
  readonly spentUsd?: number;
  /** When aborted, nothing new is sent and requests in flight may finish. */
  readonly drain?: AbortSignal;
  /** When aborted, requests in flight are abandoned; their tasks end `canceled`. */
  readonly signal?: AbortSignal;
  /**
   * Seals every record, so that later runs recognize it as their own. By default, records have no
   * seal.
   */
  readonly seal?: Seal | undefined;
  /** Which tasks still have to be sent, given the results of earlier runs. */
  readonly resumption?: Resumption | undefined;
  /** Answers from other runs. Tasks that have one are not sent. Default: none. */
  readonly cached?: CachedAnswers | undefined;
  /** Saves an answer for other runs. Never rejects. */
  readonly keepAnswer?: ((record: ResultRecord) => Promise<void>) | undefined;
  /** When all answers are due, for tasks in mode `auto`. */
  readonly deadline?: Deadline | undefined;
  /** Saves batches from run to run. By default, tasks are never sent in batches. */
  readonly batches?: BatchKeeping | undefined;
  /** Called after each request of a task. Never throws. */
  readonly onAttempt?: ScheduleOptions['onAttempt'];
  /** What runs with the same keys share; default: nothing. The caller closes it. */
  readonly share?: RunShare | undefined;
  /** Where limits are loaded from, and where learned limits are saved; default: nowhere. */
  readonly learning?: Learning | undefined;
}

export interface Learning {
  of(lane: LearnedFor): Learned | undefined;
  /** Never rejects. */
  keep(learned: ReadonlyArray<LearnedFor & { readonly learned: Learned }>): Promise<void>;
}
