import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { comparisonIn } from '../support/check-schema.ts';
import { recordsIn, volley, type CliResult } from '../support/cli.ts';
import { repository, type Files, type Repository } from '../support/repository.ts';
import { promptOf } from '../support/wires.ts';
import { manifestOn, served, WITH_KEY } from './served.ts';
import { scaled } from '../support/scale.ts';
import type { TestServer } from '../support/server.ts';
import { readFileSync } from 'node:fs';

interface Task {
  readonly id: string;
  readonly [field: string]: unknown;
}

const FILES = scaled(50, 200);

/** An entry with a matrix for all files, and two tasks of other kinds. */
const TASKS: readonly Task[] = [
  {
    id: 'review',
    context: false,
    for_each: { glob: 'src/**/*.ts' },
    matrix: { lens: ['bugs', 'style'] },
    prompt: 'Review {{ item.path }} for {{ matrix.lens }}: {{ item.text }}',
  },
  { id: 'special', prompt: 'The only task with the context.' },
  { id: 'greeting', context: false, prompt: 'Hello' },
];

const SOURCES: Files = Object.fromEntries(
  Array.from({ length: FILES }, (_, at) => [
    `src/part${at % 7}/file${at}.ts`,
    `export const a = ${at};\n`,
  ]),
);

function manifest(server: TestServer, tasks: readonly Task[] = TASKS): string {
  return manifestOn(server, { context: { file: 'rules.md' }, tasks });
}

function based(server: TestServer): Repository {
  const repo = repository({ ...SOURCES, 'rules.md': 'No jokes.', 'volley.yaml': manifest(server) });
  repo.git('switch', '--quiet', '--create', 'feature');
  return repo;
}

const CHANGED = ['src/part1/file1.ts', 'src/part2/file2.ts', 'src/part3/file3.ts'];

describe('--against', () => {
  it('lists the tasks that a branch changes in a repository of many files, says why, and sends only those', async () => {
    const server = await served();
    const repo = based(server);
    repo.write(Object.fromEntries(CHANGED.map((name) => [name, 'edited'])));
    repo.write({ 'rules.md': 'Jokes.', 'volley.yaml': manifest(server, renamed(TASKS)) });
    repo.commit();
    const tell = (args: readonly string[]): Promise<CliResult> =>
      volley([...args, '--against', 'main'], { ...WITH_KEY, cwd: repo.path });

    const plan = await tell(['plan', '--json']);
    expect(plan).toMatchObject({ code: 0, stderr: '' });
    const { base, counts, tasks, total } = comparisonIn(plan.stdout);
    expect(base).toEqual({ name: 'main', commit: repo.git('rev-parse', 'main') });
    expect(counts).toEqual({
      new: 0,
      changed: 7,
      removed: 0,
      unchanged: 2 * FILES - 5,
      renamed: 1,
    });
    expect(total.tasks).toBe(7);
    expect(tasks.map(({ id, change, reasons }) => [id, change, ...reasons])).toEqual([
      ...CHANGED.flatMap((name) =>
        ['bugs', 'style'].map((lens) => [`review@${name},lens=${lens}`, 'changed', 'file']),
      ),
      ['special', 'changed', 'context'],
    ]);
    expect(server.requests).toHaveLength(0);

    const run = await tell(['run', '-o', 'results.jsonl', '--progress', 'none']);
    expect(run).toMatchObject({ code: 0, stdout: '' });
    expect(run.stderr).toContain('7 tasks are new or changed since main');
    const records = recordsIn(readFileSync(join(repo.path, 'results.jsonl'), 'utf8'));
    expect(records.map(({ id }) => id)).toEqual(tasks.map(({ id }) => id));
    expect(server.requests.map(promptOf).filter((text) => text.includes('edited'))).toHaveLength(6);
    expect(server.requests).toHaveLength(7);
  });

  it('sends nothing for tasks that are moved, renamed or only spelled differently', async () => {
    const server = await served();
    const repo = based(server);
    repo.write({
      'volley.yaml': manifest(server, renamed(TASKS).toReversed()).replaceAll(',', ' , '),
    });
    const args = ['--against', 'main', '--progress', 'none'];
    const run = await volley(['run', ...args], { ...WITH_KEY, cwd: repo.path });
    expect(run).toMatchObject({ code: 0, stdout: '' });
    expect(server.requests).toHaveLength(0);
    const plan = await volley(['plan', '--against', 'main', '--all'], {
      ...WITH_KEY,
      cwd: repo.path,
    });
    const unchanged = `${2 * FILES + 2} unchanged (1 renamed)`;
    expect(plan.stdout).toContain(`0 new, 0 changed, 0 removed, ${unchanged}`);
    expect(plan.stdout).toMatch(/^welcome +unchanged  was greeting$/m);
  });

  it('sends an unchanged task that a changed one needs, unless the results have it', async () => {
    const server = await served();
    const chain = (ask: string): string =>
      manifestOn(server, {
        tasks: [
          { id: 'first', prompt: 'First' },
          { id: 'aside', prompt: 'Aside' },
          { id: 'last', needs: ['first'], prompt: `${ask} {{ needs.first.output }}` },
        ],
      });
    const repo = repository({ 'volley.yaml': chain('Sum up') });
    repo.write({ 'volley.yaml': chain('Judge') });
    const args = ['run', '--against', 'main', '-o', 'results.jsonl', '--progress', 'none'];
    const run = await volley(args, { ...WITH_KEY, cwd: repo.path });
    expect(run).toMatchObject({ code: 0 });
    expect(server.requests.map(promptOf)).toEqual(['First', expect.stringMatching(/^Judge/)]);
    repo.write({ 'volley.yaml': chain('Grade') });
    await volley([...args, '--resume'], { ...WITH_KEY, cwd: repo.path });
    expect(server.requests.slice(2).map(promptOf)).toEqual([expect.stringMatching(/^Grade/)]);
  });

  it('shows the words that changed, as plain text even in Markdown', async () => {
    const server = await served();
    const asking = (...asked: readonly string[]): string =>
      manifestOn(server, {
        tasks: asked.map((prompt, at) => ({ id: `say-${at}`, prompt })),
      });
    const repo = repository({ 'volley.yaml': asking('Say hello to the world') });
    repo.write({ 'volley.yaml': asking('Say <b>@everyone</b> hi to the `world`', 'new') });
    const args = ['plan', '--against', 'main', '--show'];
    const text = await volley(args, { ...WITH_KEY, cwd: repo.path });
    expect(text.stdout).toContain('Say [-hello -]{+<b>@everyone</b> hi +}to the {+`+}world{+`+}');
    const markdown = await volley([...args, '--format', 'markdown'], {
      ...WITH_KEY,
      cwd: repo.path,
    });
    expect(markdown.stdout).toContain('| `say-0` | changed | prompt |');
    expect(markdown.stdout).toContain('```\nSay [-hello -]{+<b>@everyone</b>');
    expect(markdown.stdout).toContain('| model | tasks | input | output | cost | time |');
  });

  it('compares with a results file', async () => {
    const server = await served({
      respond: (request) =>
        promptOf(request) === 'fails' ? { kind: 'error', status: 400 } : { kind: 'answer' },
    });
    const written = (...asked: readonly string[]): string =>
      manifestOn(server, { tasks: asked.map((prompt, at) => ({ id: `t${at}`, prompt })) });
    const repo = repository({ 'volley.yaml': written('one', 'two', 'fails', 'four') });
    const cwd = repo.path;
    const first = await volley(['run', '-o', 'base.jsonl'], { ...WITH_KEY, cwd });
    expect(first.code).toBe(1);
    repo.write({ 'volley.yaml': written('one', 'TWO', 'fails') });
    const plan = await volley(['plan', '--against', 'base.jsonl', '--json'], { ...WITH_KEY, cwd });
    expect(comparisonIn(plan.stdout)).toMatchObject({
      base: { name: 'base.jsonl', commit: null },
      tasks: [
        { id: 't1', change: 'changed', reasons: ['request'] },
        { id: 't2', change: 'changed', reasons: ['unanswered'] },
        { id: 't3', change: 'removed', reasons: [] },
      ],
    });
  });

  it('needs a manifest that git can track, and a base', async () => {
    const server = await served();
    const repo = based(server);
    const options = { ...WITH_KEY, cwd: repo.path };
    const piped = await volley(['plan', '-', '--against', 'main'], {
      ...options,
      stdin: 'tasks: [a]',
    });
    expect(piped.code).toBe(2);
    const refused: ReadonlyArray<readonly [args: readonly string[], words: string]> = [
      [['plan', '--against-tip'], '`--against-tip` needs `--against`'],
      [['plan', '--show'], '`--show` needs `--against`'],
      [['plan', '--all'], '`--all` needs `--against`'],
      [['plan', '--against', 'r.jsonl', '--show'], '`--show` is for a git ref'],
      [['plan', '--against', ''], 'there is no commit ``'],
    ];
    for (const [args, words] of refused) {
      const run = await volley(args, options);
      expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
    }
  });
});

function renamed(tasks: readonly Task[]): readonly Task[] {
  return tasks.map((task) => (task.id === 'greeting' ? { ...task, id: 'welcome' } : task));
}
