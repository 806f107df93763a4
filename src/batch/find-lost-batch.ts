import type { BatchState } from '../providers/batch-api.ts';
import { BatchStopped, stoppedBy } from './batch-lane.ts';
import { areOfAnother, type Chunk } from './chunk.ts';
import { waited, waitMs, type Where } from './poll-batch.ts';

/**
 * How many times to search for the batch of a lost create call, over a minute in total, because
 * lists lag behind.
 */
const SEARCHES = 7;

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
      const likely: BatchState[] = [];
      for (const state of reply.value) {
        if (!run.isClaimed(state.id) && (await mayBeOwn(state, chunk, { lane, abort }))) {
          likely.push(state);
        }
      }
      const [first, ...others] = likely;
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

/** The results of a batch that has ended show whose rows they are. */
async function mayBeOwn(
  state: BatchState,
  chunk: Chunk,
  { lane, abort }: { readonly lane: Where['lane']; readonly abort: AbortSignal },
): Promise<boolean> {
  if (state.phase !== 'ended') return true;
  const batch = { ...state, rows: [...chunk.fingerprints.keys()] };
  const reply = await lane.api.collect(batch, () => undefined, abort);
  return !reply.ok || !areOfAnother(reply.value, chunk);
}
