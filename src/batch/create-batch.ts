import type { BatchState } from '../providers/batch-api.ts';
import { stoppedBy, type BatchStopped } from './batch-lane.ts';
import type { Chunk } from './chunk.ts';
import { findLostBatch } from './find-lost-batch.ts';
import { waited, waitMs, type Where } from './poll-batch.ts';

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
