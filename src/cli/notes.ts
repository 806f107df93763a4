import { printableLine } from '../errors/printable.ts';
import type { OutputStream } from '../ports/output.ts';
import type { ReporterMode } from '../report/reporter.ts';
import { safeJson } from '../results/serialize.ts';
import { environmentRedactor } from './redact-environment.ts';
import type { Explain } from '../run/resume.ts';
import { shellWord } from '../errors/shell-word.ts';
import { LEFT_OUT_VALUE } from './settings.ts';

/**
 * Lines on stderr beside the progress. With events as JSON they are such too:
 * `{"type":"note","message":"…"}` and `{"type":"task_explained","id":"…","reason":"new"}`.
 */
export interface Notes {
  print(lines: readonly string[]): Promise<void>;
  readonly explain: Explain;
  /** The command that goes on where this one stopped, with the same choice of tasks. `argv` is Node's. */
  howToResume(argv: readonly string[], options?: ResumeOptions): Promise<void>;
}

export interface ResumeOptions {
  /** The budget is used up: the same command would stop at once. */
  readonly needsMoney?: boolean;
  /** It goes on by itself where its results file is. */
  readonly isPlan?: boolean;
}

export function createNotes(
  stderr: OutputStream,
  { mode }: { readonly mode: ReporterMode },
): Notes {
  const redact = environmentRedactor();
  const isJson = mode === 'json';

  async function print(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      const message = redact(printableLine(line));
      await write(isJson ? safeJson({ type: 'note', message }) : `volley: ${message}`);
    }
  }

  async function write(line: string): Promise<void> {
    // With stderr gone there is nobody to tell.
    await stderr.write(`${line}\n`).catch(() => undefined);
  }

  return {
    print,
    explain: (id, reason) =>
      isJson
        ? write(safeJson({ type: 'task_explained', id, reason }))
        : print([`${id} is sent: ${REASONS[reason]}`]),
    howToResume: async (argv, { needsMoney = false, isPlan = false } = {}) => {
      const given = argv.slice(2);
      const end = given.includes('--') ? given.indexOf('--') : given.length;
      const [flags, others] = [given.slice(0, end), given.slice(end)];
      const mode = flags.includes('--retry-failed') ? '--retry-failed' : '--resume';
      const added = [
        ...(isPlan && mode === '--resume' ? [] : [mode]),
        ...(needsMoney ? [BUDGET_FLAG, 'AMOUNT'] : []),
      ];
      if (given.some((word) => READ_ONCE.test(word))) {
        const rest = added.length === 0 ? '' : `, with ${added.join(' ')}`;
        await print([`to continue: the same input${rest}`]);
        return;
      }
      const kept = flags.filter((word) => !MODE_FLAGS.has(word));
      const same = needsMoney ? withoutBudget(kept) : kept;
      const words = [...same.map(withoutValue), ...added, ...others];
      await print([`to continue: volley ${words.map((word) => quoted(redact(word))).join(' ')}`]);
    },
  };
}

/** `--set token=…` needs no quotes: it is refused until the value is there again. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+=…$/.test(word) ? word : shellWord(word);
}

/** The value of `--set` may be a secret, and a log keeps what it is told. */
function withoutValue(word: string, at: number, words: readonly string[]): string {
  const [, flag = '', name] =
    (words[at - 1] === '--set' ? /^()([^=]+)=/s : /^(--set=)([^=]+)=/s).exec(word) ?? [];
  return name === undefined ? word : `${flag}${name}=${LEFT_OUT_VALUE}`;
}

/** Stdin, also under the names that a shell gives to `<(…)`: what came from there cannot be read again. */
const READ_ONCE = /^-$|^(?:--[a-z-]+=|-[a-z]=?)?\/(?:dev\/(?:stdin$|fd\/)|proc\/self\/fd\/)/;

const REASONS: Readonly<Record<Parameters<Explain>[1], string>> = {
  new: 'it is new',
  changed: 'its request changed',
  duplicate: 'the answers to the same request belong to other tasks',
  invalid: 'its answer is not valid against its schema',
  failed: 'it failed before',
  canceled: 'it was canceled before',
  skipped: 'it was skipped before',
};

const MODE_FLAGS = new Set(['--resume', '--retry-failed', '--overwrite', '--explain']);

const BUDGET_FLAG = '--max-cost-usd';

function withoutBudget(words: readonly string[]): readonly string[] {
  return words.filter(
    (word, at) =>
      word !== BUDGET_FLAG && words[at - 1] !== BUDGET_FLAG && !word.startsWith(`${BUDGET_FLAG}=`),
  );
}
