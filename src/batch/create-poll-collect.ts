import { clampDelay, type Clock } from '../ports/clock.ts';
import type { BatchState, EndedBatch, Reply } from '../providers/batch-api.ts';
import type { AttemptFailure } from '../providers/provider.ts';
import type { ScheduleEvent } from '../outcome/schedule-events.ts';
import { BatchStopped, stoppedBy } from './batch-lane.ts';
import type { Chunk } from './chunk.ts';
import type { LaneContext } from './batch-context.ts';

/** Waits are 1, 2, 4 … 60 s. */
const MOST_WAIT_MS = 60_000;
/** A shorter wait for canceled batches, because other tasks wait for a canceled batch to end. */
const MOST_CANCEL_WAIT_MS = 10_000;
/** A batch that was just created may be missing from the list at first. */
const SETTLING_MS = 600_000;
/**
 * How many times to search for the batch of a lost create call, over a minute in total, because
 * lists lag behind.
 */
const SEARCHES = 7;
/**
 * If collecting fails, paid answers are requested again for half an hour, and then by the next run.
 */
const COLLECT_TRIES = 40;

export function waitMs(round: number): number {
  return Math.min(MOST_WAIT_MS, 1_000 * 2 ** Math.min(round, 10));
}

type Where = Pick<LaneContext, 'lane' | 'run' | 'drain'>;

/** The outcome of a create call. */
export type Creation =
  | { readonly kind: 'created'; readonly state: BatchState }
  /**
   * `why` is the reason why the batch will never be created. It is undefined if the run drained
   * first, or if the deadline leaves no time for the batch.
   */
  | { readonly kind: 'not_created'; readonly why: BatchStopped | undefined }
  /** The run drained before the outcome was known. */
  | { readonly kind: 'unknown' };

/**
 * Creates the batch of a chunk once; the chunk's intent is already durable. Throws if it is unknown
 * whether that worked.
 */
export async function createBatch(
  chunk: Chunk,
  rows: readonly string[],
  where: Where,
): Promise<Creation> {
  const { lane, drain } = where;
  const { clock, abort, cutover } = where.run.options;
  const { inputFile, id } = chunk;
  for (let round = 0; ; round += 1) {
    const reply = await lane.api.create({ id, model: lane.model, rows, inputFile }, abort);
    if (reply.ok) return { kind: 'created', state: reply.value };
    const { failure } = reply;
    if (failure.possiblyPaid) {
      const state = await findLostBatch(chunk, where);
      return state ? { kind: 'created', state } : { kind: 'unknown' };
    }
    if (!failure.retryable) {
      const why = stoppedBy(`\`${lane.name}\` rejected a batch of ${rows.length} rows`, failure);
      return { kind: 'not_created', why };
    }
    const waitFor = failure.retryAfterMs ?? waitMs(round);
    if (!(await waited(clock, waitFor, drain, cutover)) || cutover?.aborted) {
      return { kind: 'not_created', why: undefined };
    }
  }
}

/**
 * Finds the batch of a create call whose outcome is unknown. Undefined if the run drains first.
 * Throws if it remains unknown whether there is such a batch: sending the rows again might pay for
 * them twice.
 */
export async function findLostBatch(
  chunk: Chunk,
  { lane, run, drain }: Where,
): Promise<BatchState | undefined> {
  const { clock, abort } = run.options;
  const intent = {
    id: chunk.id,
    rows: chunk.fingerprints.size,
    sinceEpochMs: chunk.sinceEpochMs,
    inputFile: chunk.inputFile,
  };
  for (let round = 0; round < SEARCHES; round += 1) {
    const reply = await lane.api.find(intent, abort);
    if (reply.ok) {
      const [first, ...others] = reply.value.filter(({ id }) => !run.isClaimed(id));
      if (first && others.length === 0) return first;
      if (others.length > 0) break;
    } else if (!reply.failure.retryable) {
      throw stoppedBy(`the batches of \`${lane.name}\` cannot be listed`, reply.failure);
    }
    if (round < SEARCHES - 1 && !(await waited(clock, waitMs(round), drain))) return undefined;
  }
  throw new BatchStopped(
    `it is unknown whether \`${lane.name}\` received a batch of ${intent.rows} rows: the connection was lost, and no batch of that size and time can be identified with certainty`,
    'check with the provider whether it exists; if not, run again with `--resume --resubmit`; if it does, that would pay for its rows twice',
  );
}

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
        throw stoppedBy(`batch \`${batchId}\` of \`${lane.name}\` cannot be inspected`, failure);
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

/** The rows of a batch that has ended. Undefined if the run drains first. */
export async function collectRows(
  chunk: Chunk,
  state: BatchState,
  where: Where,
): Promise<Reply<NonNullable<Chunk['results']>> | undefined> {
  const { lane, run, drain } = where;
  const { clock, abort, emit } = run.options;
  const batch: EndedBatch = { ...state, rows: [...chunk.fingerprints.keys()] };
  for (let round = 0; ; round += 1) {
    const reply = await lane.api.collect(
      batch,
      (customId) => {
        const rendered = chunk.claimed.get(customId)?.item.rendered;
        return rendered?.ok ? rendered.request : undefined;
      },
      abort,
    );
    if (reply.ok) {
      const results = new Map<string, (typeof reply.value)[number]>();
      for (const row of reply.value) {
        const isKnown = chunk.fingerprints.has(row.customId);
        const earlier = results.get(row.customId);
        // Answers are never swapped: each is kept under its own id. If two have the same id, the
        // first wins.
        if (!isKnown || earlier) {
          const what = isKnown ? 'came back twice' : 'is not a row of this batch';
          tell(`row \`${row.customId}\` ${what}`);
        }
        if (!earlier || earlier.outcome.kind === 'failed') results.set(row.customId, row);
      }
      // The batch was adopted because of its time and size, but it belongs to someone else.
      if (results.size > 0 && ![...results.keys()].some((id) => chunk.fingerprints.has(id))) {
        throw new BatchStopped(
          `batch \`${state.id}\` of \`${lane.name}\` contains none of the rows that were submitted`,
          'check with the provider for a batch of that size and time before you send anything again',
        );
      }
      return { ok: true, value: results };
    }
    const { failure } = reply;
    const mayCome = failure.retryable || failure.code === 'NOT_FOUND';
    if (!mayCome || round >= COLLECT_TRIES) return reply;
    if (!(await waited(clock, failure.retryAfterMs ?? waitMs(round), drain))) return undefined;
  }

  function tell(message: string): void {
    emit({ ...chunkEvent(chunk, 'doubtful', where), message });
  }
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
