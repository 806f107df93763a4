import { SinkFailed } from '../results/sinks/sink.ts';
import type { ResultRecord } from '../results/record.ts';
import type { RunOptions } from '../run/run.ts';
import type { Results } from './open-results.ts';
import type { WaitWatch } from './wait-watch.ts';

/** How a run keeps its records, and what became of those that were refused. */
export interface Keeping {
  readonly options: Pick<RunOptions, 'keep' | 'keepAgain' | 'graceAfterKeepFailureMs'>;
  /** The first error with which a record was refused; undefined when none was. */
  failure(): unknown;
  /** Records that a stream or file did not take; a journal remembers its own. */
  untaken(): readonly ResultRecord[];
}

/** What is in flight was paid for: when writing fails it may finish within the grace, and is remembered. */
export function keepResults(
  results: Results,
  {
    graceMs,
    waits,
    signal,
  }: { readonly graceMs: number; readonly waits: WaitWatch; readonly signal: AbortSignal },
): Keeping {
  let failure: unknown;
  const refused: ResultRecord[] = [];
  const write = writing(results, waits);
  // Without any, a failure would end the run before it could be summed up.
  const graceAfterFailureMs = Math.max(graceMs, 1);
  async function keep(record: ResultRecord): Promise<void> {
    try {
      await write(record);
    } catch (error) {
      failure ??= error;
      if (results.kind === 'sink') refused.push(record);
      throw error;
    }
  }
  return {
    failure: () => failure,
    untaken: () =>
      results.kind === 'sink' ? [...refused, ...(results.sink.heldBack?.() ?? [])] : [],
    options:
      results.kind === 'sink'
        ? {
            keep,
            // A reader that went away ends the run at once.
            graceAfterKeepFailureMs: (error) =>
              error instanceof SinkFailed ? graceAfterFailureMs : 0,
          }
        : {
            keep,
            keepAgain: () =>
              waits.during(
                `for the disk of \`${results.file}\``,
                results.journal.drain(graceMs, signal),
              ),
            graceAfterKeepFailureMs: graceAfterFailureMs,
          },
  };
}

function writing(results: Results, waits: WaitWatch): (record: ResultRecord) => Promise<void> {
  if (results.kind === 'sink') {
    const { sink } = results;
    return (record) => waits.during('for results to be taken', sink.write(record));
  }
  const { journal, file } = results;
  return (record) => waits.during(`for the disk of \`${file}\``, journal.append(record));
}
