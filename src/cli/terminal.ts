import { runsInCi } from '../ports/environment.ts';
import { type SystemOutput, systemOutput } from '../ports/system-output.ts';
import type { ReporterMode } from '../report/reporter.ts';
import type { Arguments } from './arguments.ts';
import { createNotes } from './notes.ts';
import { choiceFlag, switchFlag } from './settings.ts';

/** True if somebody can answer a question: stdin and stderr are a terminal, and this is not CI. */
export function isInteractive(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY && !runsInCi(process.env);
}

export const PROGRESS_MODES = ['auto', 'tty', 'plain', 'json', 'none'] as const;

export function progressMode(
  wanted: 'auto' | ReporterMode | undefined,
  { quiet, stderr }: { readonly quiet: boolean; readonly stderr: SystemOutput },
): ReporterMode {
  if (quiet) return 'quiet';
  if (wanted !== undefined && wanted !== 'auto') return wanted;
  return stderr.isTty && !runsInCi(process.env) && process.env['TERM'] !== 'dumb' ? 'tty' : 'plain';
}

/** Prints a line on stderr before there is progress, in the format of the progress. */
export async function tellEarly(args: Arguments, line: string): Promise<void> {
  const stderr = systemOutput(process.stderr);
  const mode = progressMode(choiceFlag(args, 'progress', PROGRESS_MODES), {
    quiet: switchFlag(args, 'quiet'),
    stderr,
  });
  if (mode === 'quiet' || mode === 'none') return;
  await createNotes(stderr, { mode }).print([line]);
}
