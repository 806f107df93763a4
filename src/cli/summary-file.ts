import { writeFile } from 'node:fs/promises';
import type { Summary } from '../results/summary.ts';
import { cannotWriteSideFile } from './side-file.ts';

/** Writes the summary as JSON, mode 0600, over an older one. */
export async function writeSummaryFile(path: string, summary: Summary): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(summary, null, 2)}\n`, { mode: 0o600 });
  } catch (cause) {
    const state = 'the results are not affected';
    throw cannotWriteSideFile('summary-file', { path, cause, state });
  }
}
