import { systemOutput } from '../ports/system-output.ts';
import type { Block } from '../report/document/blocks.ts';
import type { Arguments } from './arguments.ts';
import { addToJobSummary } from './job-summary.ts';
import { createNotes } from './notes.ts';
import { writeDocument } from './print-document.ts';
import { textFlag } from './settings.ts';
import { checkWrittenFile } from './written-file.ts';

/** Writes a plan to the file of `--markdown`, and to the page of a GitHub Actions job. */
export async function showPlanInCi(args: Arguments, page: readonly Block[]): Promise<void> {
  const path = textFlag(args, 'markdown');
  if (path !== undefined) {
    await checkWrittenFile({ flag: '--markdown ', path, reading: [], overwrite: true });
    await writeDocument(path, page);
  }
  const notes = createNotes(systemOutput(process.stderr), { mode: 'plain' });
  await notes.print(await addToJobSummary(page));
}
