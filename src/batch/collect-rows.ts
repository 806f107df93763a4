import type { BatchState, EndedBatch, Reply } from '../providers/batch-api.ts';
import { BatchStopped } from './batch-lane.ts';
import type { Chunk } from './chunk.ts';
import { chunkEvent, waited, waitMs, type Where } from './poll-batch.ts';

/**
 * If collecting fails, paid answers are requested again for half an hour, and then by the next run.
 */
const COLLECT_TRIES = 40;

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
