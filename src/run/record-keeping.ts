import type { Clock } from '../ports/clock.ts';
import type { Task } from '../plan/task.ts';
import type { WarmUpLine } from '../journal/companion.ts';
import type { ResultRecord } from '../results/record.ts';
import type { Tallied } from '../results/summarize.ts';

/** How the caller of a run keeps its records. */
export interface KeepOptions {
  /**
   * Keeps each record. A task gives its slot back, and is reported as finished, only once this resolves;
   * a rejection stops the run and is thrown to the reader of the events at its end.
   */
  readonly keep?: (record: ResultRecord) => Promise<void>;
  /** Keeps what a warm-up call cost, for the next run into the same file to know it. A rejection stops the run. */
  readonly keepWarmUp?: (line: WarmUpLine) => Promise<void>;
  /**
   * How long requests in flight may still finish after `keep` has rejected with such an error, each
   * then offered to `keep` as well; default 0: they are abandoned.
   */
  readonly graceAfterKeepFailureMs?: number | ((error: unknown) => number);
  /**
   * Asked once nothing is in flight any more, when `keep` has rejected: gives those records that are
   * still not kept. Default: all that were rejected.
   */
  readonly keepAgain?: () => Promise<readonly ResultRecord[]>;
}

/** A task that has ended, with what it adds to the totals. */
export interface Finished {
  readonly task: Task;
  readonly record: ResultRecord;
  readonly tallied: Tallied;
}

/** Keeps the records of one run as its tasks end, and remembers those that could not be kept. */
export interface RecordKeeping {
  /** Resolves once the record is kept, or remembered for `keepLate`; rejects where there is no grace. */
  keep(finished: Finished): Promise<void>;
  /** Once nothing is in flight any more: keeps what can be kept by now, and gives the rest. */
  keepLate(): Promise<readonly Finished[]>;
  /** The first error with which a record was rejected and remembered. */
  failure(): { readonly error: unknown } | undefined;
  /** Lets go of the timer of the grace. */
  dispose(): void;
}

export function createRecordKeeping(
  options: KeepOptions & {
    readonly clock: Clock;
    /** A record is written and may be reported. */
    readonly onKept: (finished: Finished) => Promise<void>;
    /** The first record was rejected: nothing new is to be sent. */
    readonly onFailure: () => void;
    /** What is in flight has had its time. */
    readonly onGraceOver: () => void;
  },
): RecordKeeping {
  let failure: { readonly error: unknown } | undefined;
  let unkept: Finished[] = [];
  let cancelGrace: (() => void) | undefined;

  async function keep(finished: Finished): Promise<void> {
    try {
      await options.keep?.(finished.record);
    } catch (error) {
      const grace = options.graceAfterKeepFailureMs ?? 0;
      const graceMs = typeof grace === 'number' ? grace : grace(error);
      if (graceMs <= 0) throw error;
      failure ??= { error };
      unkept.push(finished);
      cancelGrace ??= options.clock.after(graceMs, options.onGraceOver);
      options.onFailure();
      return;
    }
    await options.onKept(finished);
  }

  async function keepLate(): Promise<readonly Finished[]> {
    if (!failure) return [];
    const late = unkept;
    const still = options.keepAgain && new Set(await options.keepAgain());
    unkept = [];
    for (const finished of late) {
      if (still && !still.has(finished.record)) await options.onKept(finished);
      else unkept.push(finished);
    }
    return unkept;
  }

  return { keep, keepLate, failure: () => failure, dispose: () => cancelGrace?.() };
}
