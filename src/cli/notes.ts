import { printableLine } from '../errors/escape-invisible.ts';
import type { OutputStream } from '../ports/output.ts';
import type { SystemOutput } from '../ports/system-output.ts';
import { wrapWords, displayWidth } from '../report/text-width.ts';
import type { ReporterMode } from '../report/reporter.ts';
import { safeJson } from '../results/serialize.ts';
import { environmentRedactor } from './print-result.ts';
import type { Explain } from '../run/resume.ts';
import { shellWord } from '../errors/shell-word.ts';
import { LEFT_OUT_VALUE } from './flag-values.ts';

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

export interface ResumeOptions {
  /** The budget is used up, so the same command would stop immediately. */
  readonly needsMoney?: boolean;
  /** Rows came from stdin, so the command needs the same rows again. */
  readonly readsStdin?: boolean;
  /** Some batches have not been collected yet. */
  readonly collects?: boolean;
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
    howToResume: async (
      argv,
      { needsMoney = false, readsStdin = false, collects = false } = {},
    ) => {
      const given = argv.slice(2);
      const end = given.includes('--') ? given.indexOf('--') : given.length;
      const [flags, others] = [given.slice(0, end), given.slice(end)];
      const resuming = flags.includes('--retry-failed') ? '--retry-failed' : '--resume';
      const added = [resuming, ...(needsMoney ? [BUDGET_FLAG, 'AMOUNT'] : [])];
      if (given.some(isReadOnce)) {
        await print([`to continue: the same input, with ${added.join(' ')}`]);
        return;
      }
      // The deadline still counts from the first start.
      const kept = withoutFlag('--deadline', flags).filter((word) => !MODE_FLAGS.has(word));
      const same = needsMoney ? withoutFlag(BUDGET_FLAG, kept) : kept;
      const what = collects ? 'to collect the answers' : 'to continue';
      const how = readsStdin ? `${what}, with the same rows on stdin` : what;
      const words = [...same, ...added, ...others];
      if (mode !== 'tty' || readsStdin || collects)
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

const MODE_FLAGS = new Set([
  '--resume',
  '--retry-failed',
  '--overwrite',
  '--explain',
  '--detach',
  '--resubmit',
]);

const BUDGET_FLAG = '--max-cost-usd';

function withoutFlag(flag: string, words: readonly string[]): readonly string[] {
  return words.filter(
    (word, at) => word !== flag && words[at - 1] !== flag && !word.startsWith(`${flag}=`),
  );
}

/** A command line to paste into a shell, without values that may be secrets. */
export function shownCommand(words: readonly string[]): string {
  return shownWords(words).join(' ');
}

/** The command line in rows of at most `width` columns. A shell reads them as one line. */
function commandRows(words: readonly string[], width: number): readonly string[] {
  const rows: string[] = [];
  for (const word of shownWords(words)) {
    const last = rows.at(-1);
    const row = last === undefined ? word : `${last} ${word}`;
    // Leave room for the backslash.
    if (last === undefined || displayWidth(row) > width - 2) rows.push(word);
    else rows[rows.length - 1] = row;
  }
  return rows.map((row, at) => (at < rows.length - 1 ? `${row} \\` : row));
}

function shownWords(words: readonly string[]): readonly string[] {
  const redact = environmentRedactor();
  return ['volley', ...words.map(withoutValue).map((word) => quoted(redact(word)))];
}

/** True if a word refers to input that can be read only once: stdin, or `<(…)`. */
function isReadOnce(word: string): boolean {
  return READ_ONCE.test(word);
}

/** `--set token=…` needs no quotes: Volley refuses it until the user puts the value back. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+=…$/.test(word) ? word : shellWord(word);
}

/**
 * Hides what may be secret, because logs keep it: a `--set` value, or a URL's user and password.
 */
function withoutValue(word: string, at: number, words: readonly string[]): string {
  if (CREDENTIALS.test(word)) return word.replace(CREDENTIALS, `$1${LEFT_OUT_VALUE}@`);
  const [, flag = '', name] =
    (words[at - 1] === '--set' ? /^()([^=]+)=/s : /^(--set=)([^=]+)=/s).exec(word) ?? [];
  return name === undefined ? word : `${flag}${name}=${LEFT_OUT_VALUE}`;
}

const CREDENTIALS = /([a-z]:\/\/)[^\s/]+@/;

const READ_ONCE = /^-$|^(?:--[a-z-]+=|-[a-z]=?)?\/(?:dev\/(?:stdin$|fd\/)|proc\/self\/fd\/)/;
