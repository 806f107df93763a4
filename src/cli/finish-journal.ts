import { appendFile } from 'node:fs/promises';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import type { Journal, JournalEnd } from '../journal/journal.ts';
import { recordLine } from '../results/serialize.ts';
import { reasonOf, remedyOf } from '../results/write-problems.ts';
import { shellWord } from './shell-word.ts';

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
  /** Every task of the plan was decided. */
  readonly complete: boolean;
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
  await journal.drain(ending.graceMs, ending.signal);
  const { unsaved, failure, gone, notCompacted } = await journal.close({
    complete: ending.complete,
    signal: ending.signal,
  });
  if (unsaved.length > 0) throw await lost({ unsaved, failure }, file, ending.emergencyDump);
  return [
    ...(gone > 0 && ending.complete
      ? [
          `\`${file}\` keeps ${gone} ${gone === 1 ? 'record' : 'records'} of tasks that are no longer in the manifest`,
        ]
      : []),
    ...(notCompacted === undefined
      ? []
      : [`superseded lines stay in \`${file}\`: ${notCompacted}; nothing is lost`]),
  ];
}

async function lost(
  { unsaved, failure: cause }: Pick<JournalEnd, 'unsaved' | 'failure'>,
  file: string,
  dump: string | undefined,
): Promise<VolleyError> {
  const count = `${unsaved.length} ${unsaved.length === 1 ? 'result' : 'results'}`;
  const problem = `${count} could not be written to \`${file}\`: ${reasonOf(cause)}`;
  const failure = (rest: string, hint: string): VolleyError =>
    new VolleyError(`${problem}; ${rest}`, { exitCode: EXIT.cannotWrite, hint, cause });
  if (dump === undefined) {
    return failure(
      'they are lost',
      `${remedyOf(cause)} and run again with --resume; \`--emergency-dump FILE\` on another disk would have kept them`,
    );
  }
  try {
    // Appended: an earlier run may have left paid answers there.
    await appendFile(dump, unsaved.map(recordLine).join(''), { mode: 0o600 });
    return failure(
      `they are in \`${dump}\``,
      `${remedyOf(cause)}, append them with \`cat ${shellWord(dump)} >> ${shellWord(file)}\`, then run again with --resume`,
    );
  } catch (error) {
    return failure(
      `nor to \`${dump}\`: ${reasonOf(error)}; they are lost`,
      `${remedyOf(cause)} and run again with --resume`,
    );
  }
}
