import type { BatchState, CollectedRow, EndedBatch, Reply } from '../providers/batch-api.ts';
import { BatchStopped } from './batch-lane.ts';
import { areOfAnother, intendedLine, type Chunk } from './chunk.ts';
import { chunkEvent, waited, waitMs, type Where } from './poll-batch.ts';

/**
 * If collecting fails, paid answers are requested again for half an hour, and then by the next run.
 */
const COLLECT_TRIES = 40;
/**
 * If a batch counts more rows than come back, they are requested again for a minute: a provider may
 * name its files late.
 */
const RECOUNTS = 6;

/** The rows of a batch that has ended. Undefined if the run drains first. */
export async function collectRows(
  chunk: Chunk,
  state: BatchState,
  where: Where,
): Promise<Reply<NonNullable<Chunk['results']>> | undefined> {
  const { lane, run, drain } = where;
  const { clock, abort } = run.options;
  const rows = [...chunk.fingerprints.keys()];
  let batch: EndedBatch = { ...state, rows };
  for (let round = 0; ; round += 1) {
    const reply = await lane.api.collect(
      batch,
      (customId) => {
        const rendered = chunk.claimed.get(customId)?.item.rendered;
        return rendered?.ok ? rendered.request : undefined;
      },
      abort,
    );
    const counted = Math.min(batch.done ?? 0, rows.length);
    const isShort = reply.ok && reply.value.length < counted && round < RECOUNTS;
    if (reply.ok && areOfAnother(reply.value, chunk)) {
      // The batch was adopted because of its time and size, but it belongs to someone else. The
      // next run looks for the right one.
      await run.options.keepLine(intendedLine(chunk, lane, chunk.sinceEpochMs));
      throw new BatchStopped(
        `batch \`${state.id}\` of \`${lane.name}\` contains none of the rows that were submitted`,
        'run again with `--resume` to look for the right batch',
      );
    }
    if (reply.ok && !isShort) {
      return { ok: true, value: resultsOf(reply.value, chunk, where) };
    }
    if (!reply.ok) {
      const { retryable, code } = reply.failure;
      if (!(retryable || code === 'NOT_FOUND') || round >= COLLECT_TRIES) return reply;
    }
    const askedMs = reply.ok ? undefined : reply.failure.retryAfterMs;
    if (!(await waited(clock, askedMs ?? waitMs(round), drain))) return undefined;
    const seen = isShort ? await lane.api.inspect(batch.id, abort) : undefined;
    if (seen?.ok && seen.value.phase === 'ended') {
      chunk.state = seen.value;
      batch = { ...seen.value, rows };
    }
  }
}

/**
 * The rows by their ids. Answers are never swapped: each is kept under its own id. If two have the
 * same id, the first wins.
 */
function resultsOf(
  rows: readonly CollectedRow[],
  chunk: Chunk,
  where: Where,
): NonNullable<Chunk['results']> {
  const { run } = where;
  const results = new Map<string, CollectedRow>();
  for (const row of rows) {
    const isKnown = chunk.fingerprints.has(row.customId);
    const earlier = results.get(row.customId);
    if (!isKnown || earlier) {
      const what = isKnown ? 'came back twice' : 'is not a row of this batch';
      const message = `row \`${row.customId}\` ${what}`;
      run.options.emit({ ...chunkEvent(chunk, 'doubtful', where), message });
    }
    if (!earlier || earlier.outcome.kind === 'failed') results.set(row.customId, row);
  }
  return results;
}
