import { runsInCi } from '../ports/environment.ts';
import { type SystemOutput, systemOutput } from '../ports/system-output.ts';
import type { ReporterMode } from '../report/reporter.ts';
import { usageError, type Arguments } from './arguments.ts';
import { createNotes } from './print-notes.ts';
import { choiceFlag, switchFlag } from './flag-values.ts';

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

/** Asks one question on the terminal. Anything but y or yes means no, even the end of input. */
export async function confirm(question: string): Promise<void> {
  await systemOutput(process.stderr).write(`${question} [y/N] `);
  const answer = await firstLine();
  // Ctrl-D ends the input, but not the line.
  if (!answer.endsWith('\n')) await systemOutput(process.stderr).write('\n');
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw usageError('not sent', 'answer `y`, or pass --yes to skip the question');
  }
}

function firstLine(): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const { stdin } = process;
    function finish(): void {
      stdin.off('data', onData);
      stdin.off('end', finish);
      stdin.pause();
      resolve(/^.*\n?/.exec(text)?.[0] ?? '');
    }
    function onData(chunk: Buffer | string): void {
      text += chunk.toString();
      if (text.includes('\n')) finish();
    }
    stdin.on('data', onData);
    stdin.once('end', finish);
  });
}
