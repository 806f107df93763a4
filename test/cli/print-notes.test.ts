import { describe, expect, it, test } from 'vitest';
import type { ResumeOptions } from '../../src/cli/how-to-resume.ts';
import { createNotes } from '../../src/cli/print-notes.ts';
import { shellWord } from '../../src/errors/shell-word.ts';
import type { OutputStream } from '../../src/ports/output.ts';
import { shell } from '../support/cli.ts';

async function told(words: readonly string[], options?: ResumeOptions): Promise<string> {
  let text = '';
  const stderr: OutputStream = {
    write: async (written) => void (text += written),
  };
  await createNotes(stderr, { mode: 'plain' }).howToResume(['node', 'volley', ...words], options);
  return text;
}

test('on a terminal, the command is aligned with the facts, and broken where a shell allows it', async () => {
  let text = '';
  const stderr = { write: async (written: string) => void (text += written), columns: () => 40 };
  const notes = createNotes(stderr, { mode: 'tty' });
  await notes.howToResume([
    'node',
    'volley',
    'run',
    'review.yaml',
    '-o',
    'results.jsonl',
    '-j',
    '8',
  ]);
  expect(text).toBe(
    [
      '  Continue  volley run review.yaml \\',
      '              -o results.jsonl -j 8 \\',
      '              --resume',
      '',
    ].join('\n'),
  );
  const command = text.replace('  Continue  ', '').replace('volley', 'printf "[%s]"');
  expect((await shell(command)).stdout).toBe(
    '[run][review.yaml][-o][results.jsonl][-j][8][--resume]',
  );
});

test('on a terminal, a note is broken between words', async () => {
  let text = '';
  const stderr = { write: async (written: string) => void (text += written), columns: () => 30 };
  await createNotes(stderr, { mode: 'tty' }).print(['all runs into `results.jsonl` cost $1.20']);
  expect(text).toBe('volley: all runs into\n  `results.jsonl` cost $1.20\n');
});

describe('the command to resume', () => {
  it('has its flags before positional words, whatever they look like', async () => {
    const words = ['ask', '-o', 'r.jsonl', '--max-cost-usd', '1', '--', '-foo', '--resume'];
    expect(await told(words)).toBe(
      'volley: to continue: volley ask -o r.jsonl --max-cost-usd 1 --resume -- -foo --resume\n',
    );
    expect(await told(words, { needsMoney: true })).toBe(
      'volley: to continue: volley ask -o r.jsonl --resume --max-cost-usd AMOUNT -- -foo --resume\n',
    );
  });

  it('sends the same prompt if it has several lines', async () => {
    expect(await told(['ask', '-o', 'r.jsonl', "it's\ntwo lines"])).toBe(
      String.raw`volley: to continue: volley ask -o r.jsonl $'it\'s\ntwo lines' --resume` + '\n',
    );
  });

  it('needs the same input if that came from stdin', async () => {
    expect(await told(['ask', '-o', 'r.jsonl', '-'])).toBe(
      'volley: to continue: the same input, with --resume\n',
    );
    expect(await told(['ask', '-o', 'r.jsonl', '--retry-failed', '-'])).toBe(
      'volley: to continue: the same input, with --retry-failed\n',
    );
  });

  it('asks for the same rows if they came from stdin', async () => {
    expect(await told(['run', 'm.yaml', '-o', 'r.jsonl'], { readsStdin: true })).toBe(
      'volley: to continue, with the same rows on stdin: volley run m.yaml -o r.jsonl --resume\n',
    );
  });

  it.each([
    '/dev/stdin',
    '/dev/fd/63',
    '/proc/self/fd/3',
    '--context-file=/dev/fd/63',
    '-f/dev/stdin',
  ])('needs the same input if that came from `%s`, which is gone by then', async (word) => {
    expect(await told(['run', word, '-o', 'r.jsonl'])).toBe(
      'volley: to continue: the same input, with --resume\n',
    );
  });
});

test.each([
  'two\nlines',
  "it's",
  'a\\b\n',
  'bell\u00071',
  'tab\tand\rreturn',
  'zero\u200bwidth',
  '$x\n`y`',
])('a shell reads the word %j unchanged', async (word) => {
  const quoted = shellWord(word);
  expect(quoted).not.toMatch(/[^\u0020-\u007e]/);
  const env = { LC_ALL: 'C.UTF-8' };
  expect((await shell(`printf %s ${quoted}`, { env })).stdout).toBe(word);
});
