import { appendFile } from 'node:fs/promises';
import { SinkFailed } from '../results/sinks/sink.ts';
import type { ResultRecord } from '../results/record.ts';
import { collectedRow } from '../journal/read-results.ts';
import type { RunOptions } from '../run/run-options.ts';
import type { Destination } from './open-destination.ts';
import type { WaitWatch } from './wait-watch.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { counted } from '../report/format-numbers.ts';
import { recordLine } from '../results/serialize.ts';
import { reasonOf, remedyOf } from '../results/write-problems.ts';
import { shellWord } from '../errors/shell-word.ts';

/** Records of a run, and what happened to those that could not be written. */
export interface Keeping {
  readonly options: Pick<
    RunOptions,
    'keep' | 'keepAgain' | 'keepWarmUp' | 'batches' | 'graceAfterKeepFailureMs'
  >;
  /** The first write error. Undefined if there was none. */
  failure(): unknown;
  /** Records that a stream or file refused. A journal keeps track of its own. */
  untaken(): readonly ResultRecord[];
}

/** If writing fails, requests in flight may finish within the grace period: they are paid for. */
export function keepResults(
  destination: Destination,
  {
    graceMs,
    waits,
    signal,
  }: { readonly graceMs: number; readonly waits: WaitWatch; readonly signal: AbortSignal },
): Keeping {
  let failure: unknown;
  // Without any grace period, a failure would end the run before the summary.
  const graceAfterFailureMs = Math.max(graceMs, 1);
  if (destination.kind === 'sink') {
    const { sink } = destination;
    const refused: ResultRecord[] = [];
    return {
      failure: () => failure,
      untaken: () => [...refused, ...(sink.heldBack?.() ?? [])],
      options: {
        async keep(record) {
          try {
            await waits.during('for the results to be read', sink.write(record));
          } catch (error) {
            failure ??= error;
            refused.push(record);
            throw error;
          }
        },
        // If the reader went away, the run ends immediately.
        graceAfterKeepFailureMs: (error) => (error instanceof SinkFailed ? graceAfterFailureMs : 0),
      },
    };
  }
  const { journal, file } = destination;
  const { openChunks = [], collectedRows } = journal.found ?? {};
  const written = <Value>(work: Promise<Value>): Promise<Value> =>
    waits.during(`for \`${file}\` to be written`, work);
  return {
    failure: () => failure,
    untaken: () => [],
    options: {
      async keep(record) {
        try {
          await written(journal.append(record));
        } catch (error) {
          failure ??= error;
          throw error;
        }
      },
      keepWarmUp: (line) => written(journal.appendAside({ kind: 'warm_up', ...line })),
      batches: {
        open: openChunks,
        isRecorded: (batchId, fingerprint) =>
          collectedRows?.has(collectedRow(batchId, fingerprint)) ?? false,
        keepLine: (line) => written(journal.appendAside({ kind: 'batch', ...line })),
        keepRow: (line) => written(journal.appendAside({ kind: 'batch_row', ...line })),
      },
      keepAgain: () => written(journal.drain(graceMs, signal)),
      graceAfterKeepFailureMs: graceAfterFailureMs,
    },
  };
}

interface Lost {
  readonly records: readonly ResultRecord[];
  /** The system's error. */
  readonly cause: unknown;
  /** The file as the user named it, or `stdout`. */
  readonly target: string;
  /** A later run can resume from `target`. */
  readonly canResume: boolean;
}

/**
 * Saves records to the emergency dump. The returned error (exit 74) says how many were not written.
 */
export async function lostResults(lost: Lost, dump: string | undefined): Promise<VolleyError> {
  const { records, cause, target, canResume } = lost;
  const count = counted(records.length, 'result');
  const problem = `${count} could not be written to \`${target}\`: ${reasonOf(cause)}`;
  const failure = (rest: string, hint: string): VolleyError =>
    new VolleyError(`${problem}; ${rest}`, { exitCode: EXIT.cannotWrite, hint, cause });
  const them = records.length === 1 ? 'it is' : 'they are';
  const again = canResume ? 'run again with --resume' : 'run again with --output and another file';
  if (dump === undefined) {
    return failure(
      `${them} lost`,
      `${remedyOf(cause)} and ${again}; \`--emergency-dump FILE\` on another disk would have kept them`,
    );
  }
  try {
    // Append: the dump may hold paid answers from an earlier run.
    await appendFile(dump, records.map(recordLine).join(''), { mode: 0o600 });
  } catch (error) {
    return failure(
      `nor to \`${dump}\`: ${reasonOf(error)}; ${them} lost`,
      `${remedyOf(cause)} and ${again}`,
    );
  }
  return failure(
    `${them} in \`${dump}\``,
    canResume
      ? `${remedyOf(cause)}, append them with \`cat ${shellWord(dump)} >> ${shellWord(target)}\`, then ${again}`
      : 'each is a line there, as `--output-format jsonl` writes it',
  );
}
