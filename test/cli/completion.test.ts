import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { COMMAND_NAMES, SHELLS } from '../../src/cli/command-specs.ts';
import {
  completionScript,
  completionsFor,
  type Lookups,
} from '../../src/cli/commands/completion.ts';
import { flagsOf } from '../../src/cli/flags.ts';
import { folder, shell, volley } from '../support/cli.ts';

const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  '.': ['a.yaml', 'a.jsonl', 'b.yml', 'src/', '.git/', 'with space.yaml', '$(touch pwned).yaml'],
  'src/': ['c.yaml', 'deep/'],
};

const lookups: Lookups = {
  namesIn: (name) => FOLDERS[name] ?? [],
  models: () => ['anthropic/claude-haiku-5-5', 'openai/gpt-6.1-sol'],
};

/** The values that are offered, and the directive. */
function offered(...words: readonly string[]): readonly string[] {
  return completionsFor(words, lookups)
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')[0] ?? '');
}

/** The last line tells the shell to add nothing of its own (4), and no space after the word (2). */
const ONLY_THESE = ':4';
const AND_NO_SPACE = ':6';

describe('completion', () => {
  test.each<readonly [readonly string[], readonly string[]]>([
    [['va'], ['validate', ONLY_THESE]],
    [
      ['help', 'pr'],
      ['prune', ONLY_THESE],
    ],
    [
      ['run', '--fail'],
      ['--fail-fast', ONLY_THESE],
    ],
    [
      ['run', '--no-c'],
      ['--no-color', ONLY_THESE],
    ],
    [
      ['run', 'a.yaml', '--progress', 't'],
      ['tty', ONLY_THESE],
    ],
    [
      ['run', '--progress='],
      ['auto', 'tty', 'plain', 'json', 'none', ONLY_THESE],
    ],
    [
      ['ask', '-m', 'anth'],
      ['anthropic/claude-haiku-5-5', ONLY_THESE],
    ],
    [
      ['run', ''],
      ['a.yaml', 'b.yml', 'src/', ONLY_THESE],
    ],
    [
      ['run', 's'],
      ['src/', AND_NO_SPACE],
    ],
    [
      ['run', 'src/'],
      ['src/c.yaml', 'src/deep/', ONLY_THESE],
    ],
    [
      ['prune', 'a'],
      ['a.jsonl', ONLY_THESE],
    ],
    [
      ['run', 'a.yaml', '-o', 'a.j'],
      ['a.jsonl', ONLY_THESE],
    ],
    [
      ['schema', 'lim'],
      ['limits', ONLY_THESE],
    ],
    [
      ['completion', 'f'],
      ['fish', ONLY_THESE],
    ],
    [['run', '--max-retries', ''], [ONLY_THESE]],
    [['nonsense', 'x'], [ONLY_THESE]],
  ])('completes %j to %j', (words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });

  test.each(COMMAND_NAMES)('after `%s --` suggests each of its flags', (name) => {
    const flags = flagsOf(name).map((flag) => `--${flag.name}`);
    expect(offered(name, '--')).toEqual(expect.arrayContaining(flags));
  });

  test('suggests no name with characters that are special to a shell', () => {
    expect(offered('run', '')).not.toContain('$(touch pwned).yaml');
    expect(offered('run', 'with')).toEqual([ONLY_THESE]);
  });

  test('completes the names of real files when run as a command', async () => {
    const cwd = folder({ 'review.yaml': '', 'notes.txt': '' });
    const run = await volley(['complete', '--', 'run', 're'], { cwd });
    expect(run).toMatchObject({ code: 0, stdout: 'review.yaml\t\n:4\n', stderr: '' });
  });
});

describe('the completion scripts', () => {
  test.each(SHELLS)('for %s call the command for suggestions', (name) => {
    expect(completionScript(name)).toMatch(/volley complete --|volley.*complete/);
  });

  test('work in bash, even if loaded twice', async () => {
    const cwd = folder({ 'review.yaml': '' });
    // A stand-in for the only function that the script uses from the package bash-completion.
    const words = `_get_comp_words_by_ref() { cur=\${COMP_WORDS[COMP_CWORD]}; words=("\${COMP_WORDS[@]}"); cword=$COMP_CWORD; }`;
    const line = `
      compopt() { :; }
      ${words}
      eval "$(volley completion bash)"; eval "$(volley completion bash)"
      COMP_WORDS=(volley run re); COMP_CWORD=2
      __volley_complete
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const run = await shell(line, { cwd });
    expect(run).toMatchObject({ code: 0, stdout: 'review.yaml\n', stderr: '' });
  });

  test.each([
    [[], 'for which shell?'],
    [['zhs'], 'there is no completion for the shell `zhs`'],
  ])('refuse %j and list the known shells', async (words, message) => {
    const run = await volley(['completion', ...words], { env: { SHELL: '/bin/zsh' } });
    expect(run).toMatchObject({
      code: 2,
      stderr: `volley: ${message}\n  hint: write \`volley completion zsh\`; the shells are: bash, zsh, fish, powershell\n`,
    });
  });

  test.skipIf(!hasShell('zsh'))('are valid zsh', () => {
    expect(() => execFileSync('zsh', ['-n'], { input: completionScript('zsh') })).not.toThrow();
  });

  test.skipIf(!hasShell('fish'))('are valid fish', () => {
    expect(() => execFileSync('fish', ['-n'], { input: completionScript('fish') })).not.toThrow();
  });
});

function hasShell(name: string): boolean {
  try {
    execFileSync(name, ['-c', ''], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
