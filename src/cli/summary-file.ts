import { constants, statSync } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { reasonOf } from '../results/write-problems.ts';
import { systemError } from '../ports/error-code.ts';
import { makeFolders } from '../ports/system-make-folders.ts';
import type { Summary } from '../results/summary.ts';

/**
 * Sees to it that the summary can be written when the run is over: makes its folder, mode 0700.
 * Throws a `VolleyError` (exit 74) while nothing is sent yet.
 */
export async function readySummaryFile(file: string): Promise<void> {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory() || file.endsWith('/')) throw systemError('EISDIR');
    const folder = dirname(file);
    if (!found) await makeFolders(folder);
    await access(found ? file : folder, constants.W_OK);
  } catch (error) {
    throw cannotWriteSummary(file, error, 'nothing was sent');
  }
}

/** Writes the summary as JSON, mode 0600, over an older one. */
export async function writeSummaryFile(file: string, summary: Summary): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(summary, null, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    throw cannotWriteSummary(file, error, 'the results are not affected');
  }
}

function cannotWriteSummary(file: string, cause: unknown, state: string): VolleyError {
  return new VolleyError(`cannot write the summary to \`${file}\`: ${reasonOf(cause)}`, {
    exitCode: EXIT.cannotWrite,
    hint: `${state}; name another file with --summary-file`,
    cause,
  });
}
