import type { Clock } from '../ports/clock.ts';
import type { Task } from '../plan/task.ts';
import type { WarmUpLine } from '../journal/companion.ts';
import type { ResultRecord } from '../results/record.ts';
import type { Tallied } from '../results/summarize.ts';

/** How the caller saves the records of a run. */
export interface KeepOptions {
  /**
   * Saves a record. The task frees its slot and is reported as finished only when this promise
   * resolves. A rejection stops the run, and is thrown to the reader of the events after the last
   * one.
   */
  readonly keep?: (record: ResultRecord) => Promise<void>;
  /**
   * Saves the cost of a warm-up call for later runs that use the same file. A rejection stops the
   * run.
   */
  readonly keepWarmUp?: (line: WarmUpLine) => Promise<void>;
  /**
   * How long requests in flight may continue after `keep` rejected with this error. Their records
   * are passed to `keep` too. Default 0: these requests are abandoned.
   */
  readonly graceAfterKeepFailureMs?: number | ((error: unknown) => number);
  /**
   * Called after a rejection, once nothing is in flight: returns the records that are still not
   * saved. Default: all that were rejected.
   */
  readonly keepAgain?: () => Promise<readonly ResultRecord[]>;
}

/** A task that has ended, with the amounts that it adds to the totals. */
export interface Finished {
  readonly task: Task;
  readonly record: ResultRecord;
  readonly tallied: Tallied;
}

/** Saves the records of a run as its tasks end, and remembers those that could not be saved. */
export interface RecordKeeping {
  /**
   * Resolves when the record is saved, or remembered for `keepLate`. Rejects if there is no grace
   * period.
   */
  keep(finished: Finished): Promise<void>;
  /** Saves what can be saved once nothing is in flight, and returns the remaining records. */
  keepLate(): Promise<readonly Finished[]>;
  /** The first error that prevented a record from being saved. */
  failure(): { readonly error: unknown } | undefined;
  /** Cancels the timer of the grace period. */
  dispose(): void;
}

export function createRecordKeeping(
  options: KeepOptions & {
    readonly clock: Clock;
    /** Called when a record has been saved and may be reported. */
    readonly onKept: (finished: Finished) => Promise<void>;
    /** Called when a record could not be saved, so nothing new may be sent. */
    readonly onFailure: () => void;
    /** Called when the grace period has ended, so requests in flight must stop. */
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
