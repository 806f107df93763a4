import { printableLine } from '../errors/escape-invisible.ts';
import type { OutputStream } from '../ports/output.ts';
import type { SystemOutput } from '../ports/system-output.ts';
import { wrapWords } from '../report/text-width.ts';
import type { ReporterMode } from '../report/reporter.ts';
import { safeJson } from '../results/serialize.ts';
import { environmentRedactor } from './print-result.ts';
import type { Explain } from '../run/resume.ts';
import { commandRows, resumingCommand, shownCommand, type ResumeOptions } from './how-to-resume.ts';

/**
 * Prints lines on stderr along with the progress. With JSON progress they are events too:
 * `{"type":"note","message":"…"}` and `{"type":"task_explained","id":"…","reason":"new"}`.
 */
export interface Notes {
  print(lines: readonly string[]): Promise<void>;
  readonly explain: Explain;
  /** Prints the command that continues the run, with the same tasks. `argv` is Node's. */
  howToResume(argv: readonly string[], options?: ResumeOptions): Promise<void>;
}

export function createNotes(
  stderr: OutputStream & Partial<Pick<SystemOutput, 'columns'>>,
  { mode }: { readonly mode: ReporterMode },
): Notes {
  const redact = environmentRedactor();
  const isJson = mode === 'json';

  async function print(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      const message = redact(printableLine(line));
      await write(isJson ? safeJson({ type: 'note', message }) : rowsOf(`volley: ${message}`));
    }
  }

  /** On a terminal, breaks lines between words. */
  function rowsOf(text: string): string {
    return wrapWords(text, width()).join('\n  ');
  }

  function width(): number {
    const columns = mode === 'tty' ? stderr.columns?.() : undefined;
    return columns ? columns - 3 : Infinity;
  }

  async function write(line: string): Promise<void> {
    // If stderr is closed, nobody can read the note anyway.
    await stderr.write(`${line}\n`).catch(() => undefined);
  }

  return {
    print,
    explain: (id, reason) =>
      isJson
        ? write(safeJson({ type: 'task_explained', id, reason }))
        : print([`${id} is sent: ${REASONS[reason]}`]),
    howToResume: async (argv, options = {}) => {
      const { how, words } = resumingCommand(argv, options);
      if (!words) return print([how]);
      if (mode !== 'tty' || options.readsStdin || options.collects)
        return print([`${how}: ${shownCommand(words)}`]);
      // Aligned with the facts at the end of a run.
      const rows = commandRows(words, width() - CONTINUE.length);
      await write(CONTINUE + rows.join(`\n${' '.repeat(CONTINUE.length + 2)}`));
    },
  };
}

const CONTINUE = '  Continue  ';

const REASONS: Readonly<Record<Parameters<Explain>[1], string>> = {
  new: 'it is new',
  changed: 'its request changed',
  duplicate: 'the answers to the same request belong to other tasks',
  invalid: 'its answer is not valid against its schema',
  failed: 'it failed before',
  canceled: 'it was canceled before',
  skipped: 'it was skipped before',
};
