import { clampDelay, type Clock } from '../ports/clock.ts';
import type { BatchState } from '../providers/batch-api.ts';
import type { AttemptFailure } from '../providers/provider.ts';
import type { ScheduleEvent } from '../outcome/schedule-events.ts';
import { unreadable } from './batch-lane.ts';
import type { Chunk } from './chunk.ts';
import type { LaneContext } from './batch-context.ts';

/** Waits are 1, 2, 4 … 60 s. */
const MOST_WAIT_MS = 60_000;
/** A shorter wait for canceled batches, because other tasks wait for a canceled batch to end. */
const MOST_CANCEL_WAIT_MS = 10_000;
/** A batch that was just created may be missing from the list at first. */
const SETTLING_MS = 600_000;
export function waitMs(round: number): number {
  return Math.min(MOST_WAIT_MS, 1_000 * 2 ** Math.min(round, 10));
}

export type Where = Pick<LaneContext, 'lane' | 'run' | 'drain'>;

/**
 * Polls until the batch has ended. Undefined if the run drains first. When the deadline leaves no
 * more time, the batch is canceled. With `looksOnce`, the result is also undefined if the batch has
 * not ended yet.
 */
export async function pollUntilEnded(
  chunk: Chunk,
  batchId: string,
  where: Where & { readonly looksOnce?: boolean },
): Promise<BatchState | undefined> {
  const { lane, run, drain, looksOnce = false } = where;
  const { clock, abort, cutover, emit } = run.options;
  let told: string | undefined;
  let canceledMs: number | undefined;
  for (let round = 0; ; round += 1) {
    const wake = chunk.isCanceled ? undefined : cutover;
    const ms = Math.min(waitMs(round), chunk.isCanceled ? MOST_CANCEL_WAIT_MS : Infinity);
    if (!looksOnce && !(await waited(clock, ms, drain, wake))) return undefined;
    if (cutover?.aborted && !chunk.isCanceled) {
      const isAccepted = await canceled(chunk, batchId, where);
      if (chunk.isCanceled) round = 0;
      if (isAccepted) canceledMs = clock.now();
    }
    const reply = await lane.api.inspect(batchId, abort);
    if (!reply.ok) {
      const { failure } = reply;
      if (abort.aborted) return undefined;
      if (!mayPass(failure, chunk, clock)) {
        throw unreadable(`batch \`${batchId}\` of \`${lane.name}\` cannot be inspected`, failure);
      }
      if (looksOnce) return undefined;
      continue;
    }
    const state = reply.value;
    chunk.state = state;
    if (state.phase !== 'running') {
      if (canceledMs !== undefined) run.addCancel(lane.name, clock.now() - canceledMs);
      return state;
    }
    if (looksOnce) return undefined;
    const text = `${state.word} ${state.done}`;
    if (text !== told) emit(chunkEvent(chunk, 'running', where));
    told = text;
  }
}

/** False if the batch has ended by itself, or needs to be canceled again. */
async function canceled(chunk: Chunk, batchId: string, where: Where): Promise<boolean> {
  const { clock, abort, emit } = where.run.options;
  const reply = await where.lane.api.cancel(batchId, abort);
  // If the provider refuses to cancel the batch, it has ended by itself.
  chunk.isCanceled = reply.ok || !mayPass(reply.failure, chunk, clock);
  if (reply.ok) emit(chunkEvent(chunk, 'canceled', where));
  return reply.ok;
}

/** Whether asking again may help, for example because the batch was just created. */
function mayPass({ retryable, code }: AttemptFailure, chunk: Chunk, clock: Clock): boolean {
  const isSettling = clock.epochMs() - chunk.sinceEpochMs < SETTLING_MS;
  return retryable || (code === 'NOT_FOUND' && isSettling);
}

export function chunkEvent(
  chunk: Chunk,
  step: Extract<ScheduleEvent, { type: 'batch' }>['step'],
  { lane, run }: Where,
): Extract<ScheduleEvent, { type: 'batch' }> {
  return {
    type: 'batch',
    lane: lane.name,
    step,
    batchId: chunk.batchId ?? null,
    rows: chunk.fingerprints.size,
    done: chunk.state?.done ?? null,
    ageMs: Math.max(0, Math.round(run.options.clock.epochMs() - chunk.sinceEpochMs)),
  };
}

export function now(clock: Clock): string {
  return new Date(clock.epochMs()).toISOString();
}

/** Waits this long, or until `wake` aborts. Resolves to false as soon as `signal` aborts. */
export function waited(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  wake?: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      for (const each of [signal, wake]) each?.removeEventListener('abort', end);
      resolve(!signal.aborted);
    };
    const isOver = signal.aborted || wake?.aborted === true;
    const cancel = clock.after(isOver ? 0 : Math.ceil(clampDelay(ms)), end);
    for (const each of [signal, wake]) each?.addEventListener('abort', end);
    if (isOver) end();
  });
}
