import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { companionName } from '../journal/companion.ts';
import type { CloseOptions, Journal } from '../journal/journal.ts';
import type { ExternalChanges } from '../journal/external-changes.ts';
import { counted } from '../report/format-numbers.ts';
import { lostResults } from './keep-unwritten-records.ts';

/** Notes for stderr about a results file that was just opened. */
export function openingNotes(journal: Journal, file: string): readonly string[] {
  const { torn, looseMode } = journal;
  return [
    ...(torn
      ? [
          `\`${file}\` ended in a torn line: ${torn.bytes} bytes were cut off and kept in \`${companionName(file)}\``,
        ]
      : []),
    ...(looseMode === undefined
      ? []
      : [`other users can read \`${file}\` (mode ${looseMode.toString(8)}): \`chmod 600\` it`]),
  ];
}

export interface JournalEnding {
  readonly covered: CloseOptions['covered'];
  /** The run already tried to save what a failing disk refused. */
  readonly isDrained: boolean;
  readonly graceMs: number;
  readonly signal: AbortSignal;
  readonly emergencyDump: string | undefined;
}

/**
 * Saves what is still unsaved, tidies the file and unlocks it. Returns notes for stderr. Throws a
 * `VolleyError` (exit 74) with the number of paid answers that are not on disk, if any.
 */
export async function finishJournal(
  journal: Journal,
  file: string,
  ending: JournalEnding,
): Promise<readonly string[]> {
  if (!ending.isDrained) await journal.drain(ending.graceMs, ending.signal);
  const { unsaved, failure, removed, notRewritten, changes } = await journal.close({
    covered: ending.covered,
    signal: ending.signal,
  });
  if (unsaved.length > 0) {
    const lost = { records: unsaved, cause: failure, target: file, canResume: true };
    throw await lostResults(lost, ending.emergencyDump);
  }
  const misplaced = misplacedResults(changes, { path: journal.path, file });
  if (misplaced) throw misplaced;
  return [
    ...(changes.kind === 'added-to'
      ? [`another program also wrote to \`${file}\`; its text is still in the file`]
      : []),
    ...(changes.kind === 'replaced'
      ? [`\`${file}\` was deleted or moved while the run wrote to it: it was written again`]
      : []),
    ...(removed > 0
      ? [
          `${counted(removed, 'record')} of tasks that are not in the manifest moved to \`${companionName(file)}\``,
        ]
      : []),
    ...(notRewritten === undefined
      ? []
      : [
          `\`${file}\` could not be sorted into the order of the manifest: ${notRewritten}; nothing is lost, and the next resume tries again`,
        ]),
  ];
}

/** The error (exit 74) for results that are not in the results file. It says where they are. */
function misplacedResults(
  changes: ExternalChanges,
  { path, file }: { readonly path: string; readonly file: string },
): VolleyError | undefined {
  switch (changes.kind) {
    case 'none':
    case 'added-to':
      return undefined;
    case 'cut':
      return refusal(
        `another program truncated \`${file}\` while the run wrote to it: results are missing`,
        'run again with --resume to send what is missing',
      );
    case 'replaced':
      if (changes.keptIn === path) return undefined;
      return refusal(
        `\`${file}\` was replaced while the run wrote to it; all results are in \`${changes.keptIn}\``,
        'put that file in its place, then run again with --resume',
      );
    case 'lost':
      return refusal(
        `\`${file}\` was deleted, moved or replaced while the run wrote to it, and cannot be written again: ${changes.reason}`,
        'if you moved it, look for the results in the moved file',
      );
  }
}

function refusal(message: string, hint: string): VolleyError {
  return new VolleyError(message, { exitCode: EXIT.cannotWrite, hint });
}
