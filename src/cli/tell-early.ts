import { systemOutput } from '../ports/system-output.ts';
import type { Arguments } from './arguments.ts';
import { createNotes } from './notes.ts';
import { choiceFlag, switchFlag } from './settings.ts';
import { progressMode, PROGRESS_MODES } from './terminal.ts';

/** A line on stderr before there is progress, in the form that the progress will have. */
export async function tellEarly(args: Arguments, line: string): Promise<void> {
  const stderr = systemOutput(process.stderr);
  const mode = progressMode(choiceFlag(args, 'progress', PROGRESS_MODES), {
    quiet: switchFlag(args, 'quiet'),
    stderr,
  });
  if (mode === 'quiet' || mode === 'none') return;
  await createNotes(stderr, { mode }).print([line]);
}
