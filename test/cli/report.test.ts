import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder, volley } from '../support/cli.ts';
import { junitCases } from '../support/junit-form.ts';
import { manifestOn, served, WITH_QUICK_MOCK } from './served.ts';

/** Results of two models over two rows; the second row differs, and one task fails. */
async function results() {
  const server = await served({
    respond: ({ text }) =>
      text.includes('three')
        ? { kind: 'error', status: 400, message: 'bad @octocat' }
        : {
            kind: 'answer',
            text: text.includes('two') ? (text.includes('small') ? 'A' : 'B') : 'C',
          },
  });
  const cwd = folder({
    'm.yaml': manifestOn(server, {
      defaults: { models: ['local/small', 'local/large'] },
      prices: { 'local/small': { input: 1, output: 1 }, 'local/large': { input: 2, output: 2 } },
      tasks: [{ id: 't', for_each: ['one', 'two', 'three'], prompt: '{{ item }}' }],
    }),
  });
  const run = await volley(['run', 'm.yaml', '-o', 'r.jsonl', '--junit', 'run.xml', '-q'], { cwd });
  expect(run.code, run.stderr).toBe(1);
  return { cwd };
}

test('a results file is reported on, compared and written as JUnit', async () => {
  const { cwd } = await results();
  const report = await volley(['report', 'r.jsonl'], { cwd });
  expect(report.stdout).toMatch(/^4 of 6 succeeded, 2 failed in r\.jsonl\n/);
  expect(report.stdout).toContain('local/small and local/large: the same answer in 50% of 2 rows');
  expect(report.stdout).toMatch(/^BAD_REQUEST +2 {2}.*bad @octocat/m);
  const files = await volley(['report', 'r.jsonl', '--junit', 'r.xml', '--markdown', 'r.md'], {
    cwd,
  });
  expect([files.code, files.stdout, files.stderr]).toEqual([
    0,
    '',
    'volley: wrote `r.md`\nvolley: wrote `r.xml`\n',
  ]);
  const xml = readFileSync(join(cwd, 'r.xml'), 'utf8');
  expect(readFileSync(join(cwd, 'run.xml'), 'utf8')).toBe(xml);
  expect(junitCases(xml).map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
    't@one,model=local/small passed',
    't@one,model=local/large passed',
    't@two,model=local/small passed',
    't@two,model=local/large passed',
    't@three,model=local/small error',
    't@three,model=local/large error',
  ]);
  expect(readFileSync(join(cwd, 'r.md'), 'utf8')).toContain('answered 400: bad @octocat` |');
  const models = await volley(['diff', 'r.jsonl', '--json'], { cwd });
  expect(JSON.parse(models.stdout)).toMatchObject({
    a: { name: 'local/small', succeeded: 2 },
    b: { name: 'local/large', succeeded: 2 },
    counts: { same: 2, answer: 1, status: 0, only_a: 0, only_b: 0 },
    agreement: { compared: 2, equal: 1 },
    tasks: [{ id: 't@two', change: 'answer', a: { output: 'A' }, b: { output: 'B' } }],
  });
  const changed = readFileSync(join(cwd, 'r.jsonl'), 'utf8')
    .replace('"output":"C"', '"output":"C::error::x"')
    .split('\n');
  writeFileSync(join(cwd, 'changed.jsonl'), `${changed.slice(0, 5).join('\n')}\n`);
  const diff = await volley(['diff', 'r.jsonl', 'changed.jsonl'], { cwd });
  expect(diff.stderr).toBe(
    'volley: `changed.jsonl` has 1 answer from elsewhere: not sealed with your key\n',
  );
  expect(diff.stdout).toContain('4 the same · 1 with another answer · 1 only in the first');
  expect(diff.stdout).toContain('  C{+::error::x+}');
}, 30_000);

test('JUnit test cases are written for a run whose results go to stdout too', async () => {
  const cwd = folder({
    'm.yaml': `name: two\n${WITH_QUICK_MOCK}defaults: { model: mock/small }\ntasks: [a, b]\n`,
  });
  const run = await volley(['run', 'm.yaml', '--junit', 'r.xml', '-q'], { cwd });
  expect(run.code, run.stderr).toBe(0);
  const cases = junitCases(readFileSync(join(cwd, 'r.xml'), 'utf8'));
  expect(cases.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['task-1', 'passed'],
    ['task-2', 'passed'],
  ]);
});

test.each([
  [['report'], 'no results file given'],
  [['report', 'no.jsonl'], 'cannot read `no.jsonl`: it does not exist'],
  [['report', 'r.jsonl', '--junit', 'r.jsonl'], '`r.jsonl` is read by this command'],
  [
    ['report', 'r.jsonl', '--junit', 'r.jsonl.volley'],
    'belongs to `r.jsonl`, which this command reads',
  ],
  [['report', 'r.jsonl', '--json', '--format', 'text'], 'cannot be combined with'],
  [['diff', 'r.jsonl'], '`r.jsonl` has no task with two `models` to compare'],
  [['diff', 'r.jsonl', '--models', 'a/x'], '`--models a/x` is not two models'],
  [
    ['diff', 'r.jsonl', '--models', 'a/x,a/y'],
    'pass a second results file; this one has no answer',
  ],
])('%j is refused', async (args, message) => {
  const cwd = folder({ 'r.jsonl': '' });
  const { code, stderr } = await volley(args, { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  expect(existsSync(join(cwd, 'r.xml'))).toBe(false);
});

test('an empty results file is reported as empty', async () => {
  const { code, stdout } = await volley(['report', 'r.jsonl'], { cwd: folder({ 'r.jsonl': '' }) });
  expect([code, stdout]).toEqual([0, 'No results in r.jsonl yet: `--resume` continues the run\n']);
});
