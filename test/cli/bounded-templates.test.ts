import { describe, expect, test } from 'vitest';
import { folder, recordsIn, volley } from '../support/cli.ts';
import { scaled } from '../support/scale.ts';

/** Far longer than any of these tests takes if nothing else runs. */
const SLOW = { timeout: 120_000 };

function manifest(task: object, more: object = {}): string {
  return JSON.stringify({
    defaults: { model: 'mock/m', max_tokens: 5 },
    providers: { mock: { mock: { latency: '1ms' } } },
    tasks: [{ id: 'a', ...task }],
    ...more,
  });
}

const loops = (count: number, body: string): string =>
  `{% for i in (1..${count}) %}${body}{% endfor %}`;
const LIST = '{% assign a = "a,b" | split: "," %}';
const spaces = `x${' '.repeat(60_000)}x`;

/** Templates that would render for minutes, or need more memory than there is. */
const BOMBS: ReadonlyArray<readonly [string, string]> = [
  [
    'a list pushed into itself, as JSON',
    `${LIST}${loops(60, '{% assign a = a | push: a %}')}{{ a | json }}`,
  ],
  [
    'a list pushed into itself, inspected',
    `${LIST}${loops(60, '{% assign a = a | unshift: a %}')}{{ a | inspect }}`,
  ],
  [
    'a string that doubles',
    `{% assign a = "xy" %}${loops(60, '{% assign a = a | append: a %}')}{{ a }}`,
  ],
  [
    'a string whose letters multiply',
    `{% assign a = "${'x'.repeat(scaled(8, 10))}" %}${loops(20, '{% assign a = a | replace: "x", a %}')}{{ a }}`,
  ],
  ['a thousand long ranges', `${'{% assign a = (1..200000) %}'.repeat(1_000)}x`],
  ['a loop of a billion', loops(1_000_000_000, 'x')],
  ['loops in loops', loops(10_000, loops(10_000, loops(10_000, '')))],
  ['a path of a hundred thousand steps', `{{ item${'.a'.repeat(100_000)} }}`],
  [
    'a pattern for spaces that backtracks',
    `{{ item.spaces | rstrip }}{{ item.spaces | strip_html }}`.repeat(400),
  ],
  ['sorting in loops', loops(100_000, '{% assign b = item.words | sort_natural | uniq %}')],
  ['a date that is a million characters wide', '{{ 0 | date: "%1000000000Y" }}'],
  [
    'a condition inside nested loops',
    loops(5_000, loops(5_000, '{% if item.words contains i %}{% endif %}')),
  ],
  ['filters without end in one tag', `{{ item.rows ${'| where: "a" '.repeat(5_000)}| size }}`],
  [
    'filters that search, without end in one tag',
    `{{ item.spaces ${'| replace: " ", "  " | replace: "  ", " " '.repeat(5_000)}| size }}`,
  ],
  [
    'comparisons without end in one tag',
    `{% if ${'item.words contains "z" or '.repeat(30_000)}false %}x{% endif %}`,
  ],
  ['text longer than any prompt', loops(1_000, '{{ item.spaces }}')],
];

describe('a template that would render endlessly is refused before anything is sent', SLOW, () => {
  const words = Array.from({ length: 500 }, (_, n) => `w${n}`);
  const row = { spaces, words, rows: words.map((a) => ({ a })), a: 2 };
  test.for(BOMBS)('%s', async ([, prompt]) => {
    const cwd = folder({ 'm.yaml': manifest({ prompt, for_each: [row] }) });
    const run = await volley(['validate', 'm.yaml', '--json', '--max-work', '250ms'], { cwd });
    expect({ ...run, stdout: '' }).toMatchObject({ code: 2, signal: null });
    const { findings } = JSON.parse(run.stdout);
    expect(['TOO_MUCH_WORK', 'PROMPT_TOO_LONG', 'TEMPLATE_SYNTAX']).toContain(findings[0].code);
  });

  test.for(['prompt', 'system', 'if', 'context'])('in `%s`', async (key) => {
    const bomb = loops(10_000, loops(10_000, loops(10_000, '')));
    const text = key === 'if' ? '(1..100000000) contains 0' : `${bomb}x`;
    const task = { prompt: 'hi', ...(key === 'context' ? {} : { [key]: text }) };
    const more = key === 'context' ? { context: text } : {};
    const cwd = folder({ 'm.yaml': manifest(task, more) });
    const run = await volley(['validate', 'm.yaml', '--max-work', '250ms'], { cwd });
    expect([run.code, run.signal]).toEqual([2, null]);
  });
});

function rows(count: number, n: (at: number) => number): string {
  return Array.from({ length: count }, (_, at) => `{"id":${at},"n":${n(at)}}\n`).join('');
}

describe('the work of all rows counts together', SLOW, () => {
  const prompt =
    '{% for i in (0..item.n) %}{% for j in (1..3) %}{% endfor %}{% endfor %}{{ item.id }}';
  const task = { prompt, for_each: { file: 'r.jsonl' } };

  test('a plan predicts how long two thousand slow rows take', async () => {
    const cwd = folder({
      'm.yaml': manifest(task),
      'r.jsonl': rows(2_000, () => scaled(30_000, 100_000)),
    });
    for (const command of ['validate', 'plan', 'run']) {
      const run = await volley([command, 'm.yaml'], { cwd });
      expect([run.code, run.signal]).toEqual([2, null]);
      expect(run.stdout + run.stderr).toContain('TOO_MUCH_WORK: rendering 2000 tasks of `a`');
      expect(run.stdout + run.stderr).toContain('--max-work D');
    }
  });

  test('slow rows late in the file end a plan, but in a run only those rows fail', async () => {
    const cwd = folder({
      'm.yaml': manifest(task),
      'r.jsonl': rows(20, (at) => (at % 2 === 0 ? 0 : 10_000_000)),
    });
    const plan = await volley(['plan', 'm.yaml', '--max-work', '500ms'], { cwd });
    expect([plan.code, plan.signal]).toEqual([2, null]);
    const run = await volley(['run', 'm.yaml', '-q', '--max-work', '500ms'], { cwd });
    expect([run.code, run.signal]).toEqual([1, null]);
    const records = recordsIn(run.stdout);
    expect(records.filter(({ status }) => status === 'succeeded')).toHaveLength(10);
    expect(records.flatMap(({ error }) => error?.code ?? [])).toEqual(Array(10).fill('TEMPLATE'));
  });

  test('the flag from the error message allows more', async () => {
    const cwd = folder({
      'm.yaml': manifest(task),
      'r.jsonl': rows(20, () => scaled(60_000, 200_000)),
    });
    const refused = await volley(['validate', 'm.yaml', '--max-work', '100ms'], { cwd });
    expect(refused.code).toBe(2);
    const allowed = await volley(['validate', 'm.yaml', '--max-work', '1h'], { cwd });
    expect(allowed.code).toBe(0);
  });

  test('a prompt has a maximum number of characters', async () => {
    const cwd = folder({ 'm.yaml': manifest({ prompt: '{{ "x" }}yz' }) });
    const most = (
      chars: string,
    ): Promise<{ readonly code: number | null; readonly stdout: string }> =>
      volley(['validate', 'm.yaml', '--max-prompt-chars', chars], { cwd });
    expect((await most('3')).code).toBe(0);
    expect(await most('2')).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('PROMPT_TOO_LONG'),
    });
  });
});
