import type { CacheMarks } from '../prefix/cache-marks.ts';
import { BatchGone, BatchStopped, stoppedBy, unreadable, type BatchLane } from './batch-lane.ts';
import { collectRows } from './collect-rows.ts';
import { createBatch } from './create-batch.ts';
import { findLostBatch } from './find-lost-batch.ts';
import { chunkEvent, pollUntilEnded, now, waited, waitMs } from './poll-batch.ts';
import { intendedLine, newChunk, type BatchRow, type Chunk } from './chunk.ts';
import type { LaneContext } from './batch-context.ts';
import { worstUsdOf } from './row-of-task.ts';
import { settleRows } from './settle-rows.ts';

/**
 * How long to wait before resending a batch that was refused because the provider's queue is full.
 */
const QUEUE_WAIT_MS = 60_000;
const MOST_UPLOADS = 10;

/** Submits rows as one batch and follows it until it ends. */
export function submitChunk(
  rows: readonly BatchRow[],
  context: LaneContext,
  { isPrimer = false }: { readonly isPrimer?: boolean } = {},
): void {
  const { options } = context.run;
  const facts = {
    id: options.newId(),
    fingerprints: new Map(rows.map(({ customId, fingerprint }) => [customId, fingerprint])),
    sinceEpochMs: options.clock.epochMs(),
    reservedUsd: worstUsdOf(rows),
  };
  const marked = rows.filter((row) => marksIn(row, { isPrimer, context }) !== undefined);
  const ids = new Set(marked.map(({ customId }) => customId));
  const chunk = newChunk(facts, { isPrimer, marked: ids });
  for (const row of rows) context.claim(chunk, row);
  context.chunks.add(chunk);
  context.run.track(sent(chunk, rows, context), (error) => context.fail(error));
}

function marksIn(
  row: BatchRow,
  { isPrimer, context }: { readonly isPrimer: boolean; readonly context: LaneContext },
): CacheMarks | undefined {
  return isPrimer ? row.prefix?.marks : context.cache?.marks(row);
}

/** Follows a chunk from an earlier run until it ends. */
export function resumeChunk(chunk: Chunk, context: LaneContext): void {
  context.run.track(resumed(chunk, context), (error) => context.fail(error));
}

async function sent(chunk: Chunk, rows: readonly BatchRow[], context: LaneContext): Promise<void> {
  if (!(await reserved(chunk, rows, context))) return;
  await context.run.inTurn(context.lane.provider.name, () => create(chunk, rows, context));
  await follow(chunk, context);
}

async function resumed(chunk: Chunk, context: LaneContext): Promise<void> {
  const { lane, run, drain } = context;
  const { budget, resubmits } = run.options;
  if (chunk.batchId === undefined) {
    if (resubmits) return drop(chunk, context);
    // This happens before any new batch is created that could be mistaken for the lost one.
    await run.inTurn(lane.provider.name, async () => {
      const state = await findLostBatch(chunk, context);
      if (state) await submitted(chunk, state.id, context);
    });
    if (chunk.batchId === undefined) return;
  }
  const worst = chunk.reservedUsd ?? 0;
  if (budget && worst > 0) {
    const need = { attemptUsd: worst, attempts: 1, tasks: chunk.fingerprints.size };
    const money = await budget.reserve(need, lane.name, drain);
    // The batch has been paid for, whatever the budget says now.
    if (money.kind === 'covered') chunk.reservation = money.reservation;
  }
  try {
    await follow(chunk, context);
  } catch (error) {
    if (!resubmits || !(error instanceof BatchGone)) throw error;
    // Its rows were probably paid for.
    chunk.budgetUsd = worst;
    await drop(chunk, context);
  }
}

/**
 * Reserves money for the whole chunk before it is created. False if its rows are handled in another
 * way.
 */
async function reserved(
  chunk: Chunk,
  rows: readonly BatchRow[],
  context: LaneContext,
): Promise<boolean> {
  const { lane, run, queue, drain } = context;
  const { budget } = run.options;
  if (!budget) return true;
  const need = { attemptUsd: chunk.reservedUsd ?? Infinity, attempts: 1, tasks: rows.length };
  const money =
    chunk.reservedUsd === undefined
      ? { kind: 'used_up' as const }
      : await budget.reserve(need, lane.name, drain);
  if (money.kind === 'covered') {
    chunk.reservation = money.reservation;
    return true;
  }
  if (money.kind === 'stopped') return false;
  for (const row of rows) context.release(chunk, row);
  endChunk(chunk, context);
  // Half of the chunk may fit. The lane refuses a row that does not fit alone, as it does for any
  // request.
  const half = Math.ceil(rows.length / 2);
  if (rows.length > 1) {
    submitChunk(rows.slice(0, half), context, chunk);
    submitChunk(rows.slice(half), context, chunk);
  } else for (const { item } of rows) queue.skip(item);
  context.changes.tell();
  return false;
}

async function create(
  chunk: Chunk,
  rows: readonly BatchRow[],
  context: LaneContext,
): Promise<void> {
  const { lane, run, drain } = context;
  const { options } = run;
  const { id } = chunk;
  if (drain.aborted) return;
  if (options.cutover?.aborted) return giveBack(chunk, context);
  const texts = rows.map((row) => textOf(row, chunk, lane));
  for (let round = 0; ; round += 1) {
    const file = await lane.api.upload({ id, model: lane.model, rows: texts }, drain);
    if (file.ok) {
      chunk.inputFile = file.value;
      break;
    }
    if (drain.aborted) return;
    const { retryable, retryAfterMs } = file.failure;
    if (!retryable || round >= MOST_UPLOADS) {
      throw stoppedBy(`\`${lane.name}\` rejected the rows of a batch`, file.failure);
    }
    if (!(await waited(options.clock, retryAfterMs ?? waitMs(round), drain))) return;
  }
  if (drain.aborted) return;
  if (options.cutover?.aborted) return giveBack(chunk, context);
  await options.keepLine(intendedLine(chunk, lane, options.clock.epochMs()));
  // From now on, the batch may exist.
  run.open.add(chunk);
  const creation = await createBatch(chunk, texts, context);
  if (creation.kind === 'created') await submitted(chunk, creation.state.id, context);
  if (creation.kind !== 'not_created') return;
  if (options.cutover?.aborted && !creation.why) return drop(chunk, context);
  await options.keepLine({ step: 'dropped', chunk: id, at: now(options.clock) });
  run.open.delete(chunk);
  if (creation.why && !chunk.isPrimer) throw creation.why;
  // The provider may have rejected the marks. The next batch, which has none, will show whether it
  // did.
  if (chunk.isPrimer) giveBack(chunk, context);
}

/** The text of a row, with its marks, if any. */
function textOf(
  { customId, item: { rendered }, prefix, text }: BatchRow,
  { marked }: Chunk,
  { api }: BatchLane,
): string {
  if (!rendered.ok || !prefix || !marked.has(customId)) return text;
  const row = api.rowOf(customId, rendered.request, prefix.marks);
  return row.ok ? row.text : text;
}

async function submitted(chunk: Chunk, batchId: string, context: LaneContext): Promise<void> {
  const { clock, keepLine, emit } = context.run.options;
  chunk.batchId = batchId;
  context.run.claim(batchId);
  const at = now(clock);
  await keepLine({ step: 'submitted', chunk: chunk.id, at, batch_id: batchId });
  emit({
    ...chunkEvent(chunk, 'submitted', context),
    ...(chunk.isPrimer && { message: 'submitted first, to fill the cache for the others' }),
  });
  context.changes.tell();
}

/** Follows a batch that was created until it ends. */
async function follow(chunk: Chunk, context: LaneContext): Promise<void> {
  const { batchId, isRestored } = chunk;
  const { detaches, emit } = context.run.options;
  if (batchId === undefined) return;
  // A batch from an earlier run may have ended by now.
  const state =
    detaches && !isRestored
      ? undefined
      : await pollUntilEnded(chunk, batchId, { ...context, looksOnce: detaches });
  if (!state) {
    chunk.isLeft = true;
    return context.changes.tell();
  }
  if (state.phase === 'refused') return refusedWhole(chunk, state.refusal, context);
  emit(chunkEvent(chunk, 'ended', context));
  const results = await collectRows(chunk, state, context);
  if (!results || chunk.isLeft) return;
  if (!results.ok) {
    throw unreadable(`the answers of batch \`${batchId}\` cannot be read`, results.failure);
  }
  chunk.results = results.value;
  context.changes.tell();
  if (await settleRows(chunk, batchId, context)) endChunk(chunk, context);
  context.changes.tell();
}

async function refusedWhole(
  chunk: Chunk,
  refusal = { message: 'no reason was given', isQueueFull: false },
  context: LaneContext,
): Promise<void> {
  const { lane, run, queue, chunks, drain } = context;
  const { clock, keepLine, emit, cutover } = run.options;
  const { message, isQueueFull } = refusal;
  emit({ ...chunkEvent(chunk, 'refused', context), message });
  if (!isQueueFull) {
    await keepLine({ step: 'dropped', chunk: chunk.id, at: now(clock) });
    throw new BatchStopped(
      `\`${lane.name}\` refused batch \`${chunk.batchId}\`: ${message}`,
      'correct what the message names, or run in realtime; nothing was charged',
    );
  }
  // The provider's queue had no room: send less at a time, and later.
  queue.lower(Math.max(1, Math.ceil(chunk.fingerprints.size / 2)));
  if (chunk.isPrimer) context.cache?.notPrimed([...chunk.claimed.values()]);
  if (chunks.size === 1) await waited(clock, QUEUE_WAIT_MS, drain, cutover);
  await drop(chunk, context);
}

/** Records durably that the chunk failed, before its rows are sent again. */
async function drop(chunk: Chunk, context: LaneContext): Promise<void> {
  const { clock, keepLine } = context.run.options;
  await keepLine({ step: 'dropped', chunk: chunk.id, at: now(clock) });
  giveBack(chunk, context);
}

function giveBack(chunk: Chunk, context: LaneContext): void {
  const rows = [...chunk.claimed.values()];
  for (const row of rows) context.release(chunk, row);
  endChunk(chunk, context);
  for (const row of rows) {
    if (context.lane.submits(row.item.task)) context.queue.put(row);
    else context.queue.skip(row.item);
  }
  context.changes.tell();
}

function endChunk(chunk: Chunk, { run, chunks }: LaneContext): void {
  chunks.delete(chunk);
  run.open.delete(chunk);
  const { reservation, budgetUsd } = chunk;
  chunk.reservation = undefined;
  if (!reservation) return;
  run.options.budget?.settle(reservation, { usd: budgetUsd, possiblyPaidAttempts: 0 });
}
