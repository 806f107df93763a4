import { SinkFailed } from '../results/sinks/sink.ts';
import type { ResultRecord } from '../results/record.ts';
import { collectedRow } from '../journal/read-results.ts';
import type { BatchKeeping } from '../run/run-batches.ts';
import type { RunOptions } from '../run/run.ts';
import type { Destination } from './destination.ts';
import type { WaitWatch } from './wait-watch.ts';

/** How a run keeps its records, and what became of those that were refused. */
export interface Keeping {
  readonly options: Pick<
    RunOptions,
    'keep' | 'keepAgain' | 'keepWarmUp' | 'batches' | 'graceAfterKeepFailureMs'
  >;
  /** The first error with which a record was refused; undefined when none was. */
  failure(): unknown;
  /** Records that a stream or file did not take; a journal remembers its own. */
  untaken(): readonly ResultRecord[];
}

/** What is in flight was paid for: when writing fails it may finish within the grace, and is remembered. */
export function keepResults(
  destination: Destination,
  {
    graceMs,
    waits,
    signal,
  }: { readonly graceMs: number; readonly waits: WaitWatch; readonly signal: AbortSignal },
): Keeping {
  let failure: unknown;
  const refused: ResultRecord[] = [];
  const write = writing(destination, waits);
  // Without any, a failure would end the run before it could be summed up.
  const graceAfterFailureMs = Math.max(graceMs, 1);
  async function keep(record: ResultRecord): Promise<void> {
    try {
      await write(record);
    } catch (error) {
      failure ??= error;
      if (destination.kind === 'sink') refused.push(record);
      throw error;
    }
  }
  return {
    failure: () => failure,
    untaken: () =>
      destination.kind === 'sink' ? [...refused, ...(destination.sink.heldBack?.() ?? [])] : [],
    options:
      destination.kind === 'sink'
        ? {
            keep,
            // A reader that went away ends the run at once.
            graceAfterKeepFailureMs: (error) =>
              error instanceof SinkFailed ? graceAfterFailureMs : 0,
          }
        : {
            keep,
            keepWarmUp: (line) =>
              waits.during(
                `for the disk of \`${destination.file}\``,
                destination.journal.appendWarmUp(line),
              ),
            batches: batchesIn(destination, waits),
            keepAgain: () =>
              waits.during(
                `for the disk of \`${destination.file}\``,
                destination.journal.drain(graceMs, signal),
              ),
            graceAfterKeepFailureMs: graceAfterFailureMs,
          },
  };
}

/** The life of batches is kept next to the records. */
function batchesIn(
  { journal, file }: Extract<Destination, { readonly kind: 'journal' }>,
  waits: WaitWatch,
): BatchKeeping {
  const { openChunks = [], collectedRows } = journal.found ?? {};
  const disk = `for the disk of \`${file}\``;
  return {
    open: openChunks,
    isRecorded: (batchId, fingerprint) =>
      collectedRows?.has(collectedRow(batchId, fingerprint)) ?? false,
    keepLine: (line) => waits.during(disk, journal.appendBatch(line)),
    keepRow: (line) => waits.during(disk, journal.appendBatchRow(line)),
  };
}

function writing(
  destination: Destination,
  waits: WaitWatch,
): (record: ResultRecord) => Promise<void> {
  if (destination.kind === 'sink') {
    const { sink } = destination;
    return (record) => waits.during('for results to be taken', sink.write(record));
  }
  const { journal, file } = destination;
  return (record) => waits.during(`for the disk of \`${file}\``, journal.append(record));
}
