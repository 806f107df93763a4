import type { BatchState } from '../providers/batch-api.ts';
import { BatchStopped, stoppedBy } from './batch-lane.ts';
import type { Chunk } from './chunk.ts';
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
