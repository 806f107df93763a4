import { addWaits } from '../outcome/time-waited.ts';
import { sleep } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { AttemptFailure } from '../providers/provider.ts';
import type { LaneWorker, RunContext } from './run-context.ts';
import type { TaskState } from './task-state.ts';

const LONGEST_BACKOFF_MS = 60_000;
const MAX_JITTER_MS = 1_000;

/**
 * The wait that the server asks for, or no wait if the next request is different. Otherwise a
 * backoff: `baseMs` doubled with each of the task's `failures`, plus a random part, so that tasks
 * that failed together do not return together.
 */
export function retryWaitMs(
  failure: AttemptFailure,
  failures: number,
  { baseMs, random }: { readonly baseMs: number; readonly random: Random },
): number {
  if (failure.retryAfterMs !== undefined && failure.retryAfterMs > 0) return failure.retryAfterMs;
  if (failure.violation !== undefined || failure.code === 'TRUNCATED') return 0;
  const backoffMs = baseMs * 2 ** Math.max(0, failures - 1);
  return Math.min(LONGEST_BACKOFF_MS, backoffMs) + Math.min(MAX_JITTER_MS, baseMs) * random();
}

/**
 * Waits before a retry. The attempt's job has ended, so the task holds no slot, and other tasks use
 * it in the meantime. False: the lane stopped.
 */
export async function waitForRetry(
  { state, lane, context }: Readonly<{ state: TaskState; lane: LaneWorker; context: RunContext }>,
  delayMs: number,
): Promise<boolean> {
  if (delayMs <= 0) return !lane.stopped.aborted;
  const { clock } = context.options;
  const fromMs = clock.now();
  await sleep(clock, Math.ceil(delayMs), lane.stopped).catch(() => {});
  // A lane's pause is a wait for all of its tasks, not part of this task's retry.
  const reason = state.lastFailure?.reach === 'lane' ? 'pause' : 'retry';
  state.waited = addWaits(state.waited, { [reason]: clock.now() - fromMs });
  return !lane.stopped.aborted;
}
