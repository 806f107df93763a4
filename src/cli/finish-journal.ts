import type { Journal } from '../journal/journal.ts';
import { counted } from '../report/format.ts';
import { lostResults } from './lost-results.ts';

/** What is worth a line on stderr when a results file is opened. */
export function openingNotes(journal: Journal, file: string): readonly string[] {
  const { torn, looseMode } = journal;
  return [
    ...(torn
      ? [
          `\`${file}\` ended in a torn line: ${torn.bytes} bytes were cut off and kept in \`${torn.keptIn}\``,
        ]
      : []),
    ...(looseMode === undefined
      ? []
      : [`others may read \`${file}\` (mode ${looseMode.toString(8)}): \`chmod 600\` it`]),
  ];
}

export interface JournalEnding {
  /** What no task took is superseded: see `Journal.close`. */
  readonly complete: boolean;
  /** The run has tried already to save what a failing disk refused. */
  readonly isDrained: boolean;
  /** Bound on saving what a failing disk refused. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
  /** File for records that could not be saved. */
  readonly emergencyDump: string | undefined;
}

/**
 * Saves what is unsaved, compacts, frees the lock; gives notes for stderr. Throws a `VolleyError`
 * (exit 74) that says how many paid answers are not on disk, if any.
 */
export async function finishJournal(
  journal: Journal,
  file: string,
  ending: JournalEnding,
): Promise<readonly string[]> {
  if (!ending.isDrained) await journal.drain(ending.graceMs, ending.signal);
  const { unsaved, failure, gone, notCompacted } = await journal.close({
    complete: ending.complete,
    signal: ending.signal,
  });
  if (unsaved.length > 0) {
    const lost = { records: unsaved, cause: failure, target: file, canResume: true };
    throw await lostResults(lost, ending.emergencyDump);
  }
  return [
    ...(gone > 0 && ending.complete
      ? [`\`${file}\` keeps ${counted(gone, 'record')} of tasks that are no longer in the manifest`]
      : []),
    ...(notCompacted === undefined
      ? []
      : [`superseded lines stay in \`${file}\`: ${notCompacted}; nothing is lost`]),
  ];
}
