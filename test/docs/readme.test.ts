import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COMMAND_NAMES } from '../../src/cli/command-specs.ts';
import { EXIT } from '../../src/errors/volley-error.ts';
import { BIN, folder, shell, volley } from '../support/cli.ts';
import { commandGroups, readmeManifest, yamlManifests, type Command } from './readme.ts';

/**
 * Commands that are not run here, and where they are tested. All others in the README are run as
 * is.
 */
const COVERED_ELSEWHERE: Readonly<Record<string, string>> = {
  'volley run examples/batch.yaml -o batch.jsonl':
    'test/examples/examples.test.ts runs each example with `-o`',
  'volley show review.yaml TASK': 'test/cli/show.test.ts names a task of a manifest',
  'volley diff before.jsonl after.jsonl': 'test/cli/report.test.ts compares two files',
  'volley diff results.jsonl': 'test/docs/csv-journey.test.ts compares two models',
  'volley prune results.jsonl': 'test/cli/prune.test.ts prunes a companion that is there',
  'volley ask -m gateway/qwen3 --base-url https://llm.example.com/v1 --allow-host llm.example.com=TEAM_KEY "Hello?"':
    'test/cli/hosts.test.ts asks a server at an address',
};

/** Commands that must fail, with the exit code and the files that cause the failure. */
const FAILING: Readonly<
  Record<string, { readonly code: number; readonly files: Readonly<Record<string, string>> }>
> = {
  'volley validate review.yaml': {
    code: EXIT.usage,
    files: {
      'review.yaml':
        'defaults: { model: mock/small }\ntasks:\n  - id: review\n    promt: Review {{ item.path }}\n',
    },
  },
};

/** The files that a reader of the README has. */
const READERS_FILES = {
  'review.yaml': readmeManifest,
  'docs/rules.md': 'Be kind.\n',
  'src/app.ts': 'export const answer = 42;\n',
  'src/user/name.ts': 'export const name = "Ada";\n',
  'questions.json': '["What is 2+2?", "Name three rivers."]\n',
  'prompts.txt': 'What is 2+2?\n',
};

/** Substitutes for programs that the machine may lack, or that would look at this repo. */
const STAND_INS = `
git() { printf 'src/app.ts\\n'; }
command -v jq >/dev/null || jq() { cat; }
npx() { "$@"; }
exec() { "$@"; }
set -o pipefail
`;

/** Matches the lines that call one of these. */
const STAND_IN = /\b(?:git|jq|npx|exec)\b|\|/;

function readersFolder(files: Readonly<Record<string, string>> = {}): string {
  const cwd = folder({ ...READERS_FILES, ...files });
  cpSync('examples', `${cwd}/examples`, { recursive: true });
  return cwd;
}

/** The same folder as a repository, with the command installed. */
function readersRepository(files: Readonly<Record<string, string>> = {}): string {
  const cwd = readersFolder(files);
  mkdirSync(`${cwd}/node_modules/.bin`, { recursive: true });
  const installed = `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`;
  writeFileSync(`${cwd}/node_modules/.bin/volley`, installed, { mode: 0o755 });
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd });
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'base');
  return cwd;
}

/** The same command with a model that needs no key. */
function onMock(command: string): string {
  return command.replaceAll(/(-m|--model) [\w.-]+\/[\w./-]+/g, '$1 mock/small');
}

/** Matches commands that look at the reader's repository, or call the installed command. */
const IN_REPOSITORY = /git|npx|node_modules|--against| main$/;

describe('the README', () => {
  const groups = commandGroups
    .map((group) => group.filter(({ command }) => COVERED_ELSEWHERE[command] === undefined))
    .filter((group) => group.length > 0);

  test.each(groups.map((group) => [group.map(({ command }) => command).join(' ; '), group]))(
    'has commands that work: %s',
    async (_, group) => {
      const folderOf = group.some(({ command }) => IN_REPOSITORY.test(command))
        ? readersRepository
        : readersFolder;
      const cwd = folderOf(FAILING[group[0]?.command ?? '']?.files);
      for (const { command, transcript } of group) {
        const typed = onMock(command);
        const run = await shell(STAND_IN.test(typed) ? STAND_INS + typed : typed, { cwd });
        const code = FAILING[command]?.code ?? EXIT.ok;
        expect({ command, ...run }).toMatchObject({ command, code });
        if (transcript !== undefined) expectTranscript(transcript, run);
      }
    },
  );

  test('has every command that is listed here as covered elsewhere or failing', () => {
    const commands = new Set(commandGroups.flat().map(({ command }: Command) => command));
    const listed = [...Object.keys(COVERED_ELSEWHERE), ...Object.keys(FAILING)];
    expect(listed.filter((command) => !commands.has(command))).toEqual([]);
  });

  test('contains commands', () => {
    expect(groups.flat().length).toBeGreaterThan(8);
  });

  test('lists every exit code, and no others', () => {
    const readme = readFileSync('README.md', 'utf8');
    const table = readme.split('| exit code')[1]?.split('\n\n')[0] ?? '';
    const listed = [...table.matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(([, codes = '']) =>
      codes.split(',').map(Number),
    );
    expect(listed.toSorted(byNumber)).toEqual(EXIT_CODES);
  });

  test.each(yamlManifests.map((text) => [text]))(
    'shows a valid manifest, or part of one: %s',
    async (text) => {
      const tasks = /^tasks:/m.test(text) ? '' : '\ndefaults: { model: mock/small }\ntasks: [hi]\n';
      const cwd = readersFolder({ 'shown.yaml': text + tasks });
      expect(await volley(['validate', 'shown.yaml'], { cwd })).toMatchObject({ code: 0 });
    },
  );
});

const byNumber = (one: number, other: number): number => one - other;
const EXIT_CODES = [...Object.values(EXIT), 129, 130, 143]
  .filter((code) => code !== EXIT.pending || (COMMAND_NAMES as readonly string[]).includes('batch'))
  .toSorted(byNumber);

/**
 * Compares the lines, without what differs between runs: numbers, durations, the order of tasks.
 */
function expectTranscript(
  transcript: string,
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
): void {
  expect(shapeOf(stderr + stdout)).toEqual(shapeOf(transcript));
}

function shapeOf(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.replaceAll(/\d+(\.\d+)?/g, '#').trimEnd());
  return lines.filter((line) => line !== '').toSorted();
}
