import { writeFile } from 'node:fs/promises';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { systemErrorCode } from '../ports/output.ts';
import type { Summary } from '../results/summary.ts';

/** Writes the summary as JSON, mode 0600, over an older one. */
export async function writeSummaryFile(file: string, summary: Summary): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(summary, null, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    throw new VolleyError(`cannot write the summary to \`${file}\` (${systemErrorCode(error)})`, {
      exitCode: EXIT.cannotWrite,
      hint: 'the results themselves are complete; name another file with --summary-file',
      cause: error,
    });
  }
}
