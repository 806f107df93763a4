import { batchBillOf } from '../money/bill.ts';
import type { CollectedRow } from '../providers/batch-api.ts';
import type { AttemptOutcome } from '../providers/provider.ts';
import { chunkEvent, now, waited } from './poll-batch.ts';
import type { BatchRow, Chunk } from './chunk.ts';
import type { LaneContext } from './batch-context.ts';
import { judgedRow, savedUsd } from './judge-row.ts';

const SETTLED_AT_ONCE = 64;
/** How long a row from an earlier run waits for its task before Volley checks the row again. */
const CLAIM_WAIT_MS = 5_000;

/**
 * Settles the rows that have both a task and a result. True if no row of the chunk is left to
 * collect, and this is recorded durably. False if a later run collects the other rows.
 */
export async function settleRows(
  chunk: Chunk,
  batchId: string,
  context: LaneContext,
): Promise<boolean> {
  const { lane, run, queue, chunks, drain } = context;
  const { clock, settings, emit, keepLine, abort } = run.options;
  const again: BatchRow[] = [];
  for (;;) {
    await settleClaimed(chunk, batchId, { again, context });
    if (drain.aborted || !chunk.isRestored || context.isSourceDone()) break;
    if (allClaimed(chunk, batchId, context)) break;
    const change = new AbortController();
    void context.changes.next().then(() => change.abort());
    await waited(clock, CLAIM_WAIT_MS, drain, change.signal);
  }
  // In a chunk from an earlier run, rows may belong to tasks that have not arrived yet.
  const isCut =
    context.failure() !== undefined || abort.aborted || (drain.aborted && chunk.isRestored);
  if (isCut) {
    for (const row of again) queue.putAgain(row);
    return false;
  }
  // Rows that did not come back count as expired.
  const missing = [...chunk.claimed.values()];
  if (missing.length > 0 && !chunk.isCanceled) {
    const message = `${missing.length} of its rows did not come back`;
    emit({ ...chunkEvent(chunk, 'doubtful', context), message });
  }
  for (const row of missing) context.release(chunk, row);
  const isWhole = await keepUnclaimed(chunk, batchId, context);
  if (isWhole) {
    await keepLine({ step: 'collected', chunk: chunk.id, at: now(clock) });
    emit(chunkEvent(chunk, 'collected', context));
    if (!settings.keepFiles) await lane.api.deleteFiles(chunk.state?.files ?? [], abort);
  }
  chunks.delete(chunk);
  for (const row of [...again, ...missing]) queue.putAgain(row);
  return isWhole;
}

/** Whether every paid row is recorded, so that no further task claims one. */
function allClaimed(chunk: Chunk, batchId: string, { run }: LaneContext): boolean {
  return [...(chunk.results?.values() ?? [])].every(
    (row) => !isPaid(row.outcome) || isRecorded(row, chunk, { batchId, run }),
  );
}

async function settleClaimed(
  chunk: Chunk,
  batchId: string,
  { again, context }: { readonly again: BatchRow[]; readonly context: LaneContext },
): Promise<void> {
  const results = chunk.results ?? new Map<string, CollectedRow>();
  const rows = [...chunk.claimed.values()].filter(({ customId }) => results.has(customId));
  for (let at = 0; at < rows.length; at += SETTLED_AT_ONCE) {
    await Promise.all(rows.slice(at, at + SETTLED_AT_ONCE).map(settleRow));
    if (context.run.options.abort.aborted) return;
  }

  async function settleRow(row: BatchRow): Promise<void> {
    const { lane, run } = context;
    const outcome = results.get(row.customId)?.outcome;
    if (!outcome || !context.release(chunk, row)) return;
    results.delete(row.customId);
    const judged = await judgedRow(row, outcome, {
      batchId,
      prices: lane,
      sinceEpochMs: chunk.sinceEpochMs,
      nowEpochMs: run.options.clock.epochMs(),
      cut: run.options.abort,
    });
    if (judged.kind === 'again') {
      again.push(row);
      return;
    }
    const { usage } = judged.outcome;
    if (chunk.marked.has(row.customId) && context.cache?.answered(row, usage)) {
      const message = 'its rows do not read what was cached: the rest is sent without caching';
      run.options.emit({ ...chunkEvent(chunk, 'doubtful', context), message });
    }
    chunk.budgetUsd += judged.bill?.budgetUsd ?? 0;
    run.addSaved(savedUsd(usage, judged.bill, lane));
    await run.options.settle(judged.outcome);
  }
}

/**
 * Keeps answers that do not belong to any task of the manifest. False if some may belong to another
 * run.
 */
async function keepUnclaimed(
  chunk: Chunk,
  batchId: string,
  { lane, run }: LaneContext,
): Promise<boolean> {
  const { clock, coversAll, keepRow } = run.options;
  for (const row of chunk.results?.values() ?? []) {
    const { customId, outcome } = row;
    if (!isPaid(outcome) || isRecorded(row, chunk, { batchId, run })) continue;
    if (!coversAll()) return false;
    const answer = outcome.kind === 'answered' ? outcome.answer : undefined;
    const usage = answer?.usage ?? (outcome.kind === 'failed' ? outcome.failure.usage : undefined);
    const costUsd = usage ? batchBillOf(usage, lane).costUsd : null;
    chunk.budgetUsd += costUsd ?? 0;
    const kept = { batch_id: batchId, custom_id: customId, at: now(clock) };
    await keepRow({ ...kept, text: answer?.text ?? '', cost_usd: costUsd });
  }
  return true;
}

function isRecorded(
  { customId }: CollectedRow,
  chunk: Chunk,
  { batchId, run }: { readonly batchId: string } & Pick<LaneContext, 'run'>,
): boolean {
  const { isRecorded: isKept } = run.options;
  const fingerprint = chunk.fingerprints.get(customId);
  return (fingerprint !== undefined && isKept(batchId, fingerprint)) || isKept(batchId, customId);
}

/** Whether its tokens are charged, whatever the outcome. */
function isPaid(outcome: AttemptOutcome): boolean {
  if (outcome.kind === 'failed') return outcome.failure.usage !== undefined;
  return true;
}
