import { createHash } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { compared, linesOf } from '../support/against.ts';
import { repository, type Files } from '../support/repository.ts';

const REVIEW = `
  - id: review
    for_each: { glob: "src/*.ts" }
    matrix: { lens: [bugs, style] }
    prompt: "{{ matrix.lens }}: {{ item.text }}"
`;

function manifest(tasks: string, rest = ''): string {
  return `defaults: { model: mock/echo, max_tokens: 50 }\n${rest}\ntasks:\n${tasks}`;
}

interface Case {
  readonly base: Files;
  /** `null` removes a file. */
  readonly now: Readonly<Record<string, string | null>>;
  readonly flags?: readonly string[];
  readonly lines: readonly string[];
}

const ONE = {
  'volley.yaml': manifest('  - { id: one, prompt: "Say {{ vars.what }}." }', 'vars: { what: yes }'),
};
const TWO = manifest('  - { id: one, prompt: One }\n  - { id: two, prompt: Two }');

const cases: Readonly<Record<string, Case>> = {
  'a file of a glob that is edited changes only its own tasks': {
    base: { 'volley.yaml': manifest(REVIEW), 'src/a.ts': 'a', 'src/b.ts': 'b' },
    now: { 'src/b.ts': 'B' },
    lines: ['changed review@src/b.ts,lens=bugs: file', 'changed review@src/b.ts,lens=style: file'],
  },
  'a file that is added creates new tasks, and one that is deleted removes its tasks': {
    base: { 'volley.yaml': manifest(REVIEW), 'src/a.ts': 'a', 'src/b.ts': 'b' },
    now: { 'src/c.ts': 'c', 'src/b.ts': null },
    lines: [
      'new review@src/c.ts,lens=bugs',
      'new review@src/c.ts,lens=style',
      'removed review@src/b.ts,lens=bugs',
      'removed review@src/b.ts,lens=style',
    ],
  },
  'moving a file only renames its tasks if they do not use its name': {
    base: { 'volley.yaml': manifest(REVIEW), 'src/a.ts': 'a' },
    now: { 'src/a.ts': null, 'src/z.ts': 'a' },
    lines: [
      'unchanged review@src/z.ts,lens=bugs: was review@src/a.ts,lens=bugs',
      'unchanged review@src/z.ts,lens=style: was review@src/a.ts,lens=style',
    ],
  },
  'line endings and formatting change nothing': {
    base: { 'volley.yaml': manifest(REVIEW), 'src/a.ts': 'a\nb\n' },
    now: {
      'src/a.ts': 'a\r\nb\r\n',
      'volley.yaml': JSON.stringify({
        'x-note': 'the same, as JSON',
        tasks: [
          {
            prompt: '{{ matrix.lens }}: {{ item.text }}',
            matrix: { lens: ['bugs', 'style'] },
            for_each: { glob: 'src/*.ts' },
            id: 'review',
          },
        ],
        defaults: { max_tokens: 50, model: 'mock/echo' },
      }),
    },
    lines: [],
  },
  'tasks in another order change nothing': {
    base: { 'volley.yaml': TWO },
    now: { 'volley.yaml': manifest('  - { id: two, prompt: Two }\n  - { id: one, prompt: One }') },
    lines: [],
  },
  'a task that is renamed is unchanged': {
    base: { 'volley.yaml': TWO },
    now: { 'volley.yaml': manifest('  - { id: one, prompt: One }\n  - { id: zwei, prompt: Two }') },
    lines: ['unchanged zwei: was two'],
  },
  'a changed prompt is reported, whether it is in the manifest or in a file': {
    base: {
      'volley.yaml': manifest(
        '  - { id: one, prompt: One }\n  - { id: two, prompt: { file: p.md } }',
      ),
      'p.md': 'Two',
    },
    now: {
      'volley.yaml': manifest(
        '  - { id: one, prompt: Uno }\n  - { id: two, prompt: { file: p.md } }',
      ),
      'p.md': 'Due',
    },
    lines: ['changed one: prompt', 'changed two: prompt'],
  },
  'a value of `vars` that a prompt uses counts as part of the prompt': {
    base: ONE,
    now: { 'volley.yaml': ONE['volley.yaml'].replace('yes', 'no') },
    lines: ['changed one: prompt'],
  },
  'the same `--set` on both sides changes nothing': {
    base: ONE,
    now: { 'volley.yaml': ONE['volley.yaml'].replace('yes', 'no') },
    flags: ['--set', 'what=perhaps'],
    lines: [],
  },
  'a context file changes the tasks that use the context': {
    base: {
      'volley.yaml': manifest(
        '  - { id: one, prompt: One }\n  - { id: two, prompt: Two, context: false }',
        'context: { file: rules.md }',
      ),
      'rules.md': 'No jokes.',
    },
    now: { 'rules.md': 'Jokes.' },
    lines: ['changed one: context'],
  },
  'a changed model, parameter, schema or condition is reported, and so are several at once': {
    base: {
      'volley.yaml': manifest(
        [
          '  - { id: model, prompt: p1 }',
          '  - { id: parameters, prompt: p2 }',
          '  - { id: schema, prompt: p3, schema: { type: object } }',
          '  - { id: if, prompt: p4, if: "vars.on == 1" }',
          '  - { id: both, prompt: p5 }',
        ].join('\n'),
        'vars: { on: 1 }',
      ),
    },
    now: {
      'volley.yaml': manifest(
        [
          '  - { id: model, prompt: p1, model: mock/other }',
          '  - { id: parameters, prompt: p2, temperature: 0.5 }',
          '  - { id: schema, prompt: p3, schema: { type: array } }',
          '  - { id: if, prompt: p4, if: "vars.on == 2" }',
          '  - { id: both, prompt: five, max_tokens: 60 }',
        ].join('\n'),
        'vars: { on: 1 }',
      ),
    },
    lines: [
      'changed model: model',
      'changed parameters: parameters',
      'changed schema: schema',
      'changed if: if',
      'changed both: prompt, parameters',
    ],
  },
  'a row that is edited changes its task, wherever the row is': {
    base: {
      'volley.yaml': manifest(
        '  - { id: each, for_each: { file: rows.csv }, prompt: "{{ item.name }}" }',
      ),
      'rows.csv': 'id,name\na,Anna\nb,Bob\n',
    },
    now: { 'rows.csv': 'id,name\nc,Cleo\nb,Bert\na,Anna\n' },
    lines: ['new each@c', 'changed each@b: row'],
  },
  'a task has changed if a task that it needs has changed, or if it needs a list that lost a task':
    {
      base: {
        'volley.yaml': manifest(`${REVIEW}
  - { id: fix, for_each: { needs: review }, prompt: "{{ needs.review.output }}" }
  - { id: verdict, needs: [review], prompt: "{% for r in needs.review %}{{ r.output }}{% endfor %}" }
  - { id: alone, prompt: Hello }
`),
        'src/a.ts': 'a',
        'src/b.ts': 'b',
      },
      now: { 'src/a.ts': 'A' },
      lines: [
        'changed review@src/a.ts,lens=bugs: file',
        'changed review@src/a.ts,lens=style: file',
        'changed fix@src/a.ts,lens=bugs: needs',
        'changed fix@src/a.ts,lens=style: needs',
        'changed verdict: needs',
      ],
    },
  'a list of paths that is in no commit is the same on both sides': {
    base: {
      'volley.yaml': manifest(
        '  - { id: each, for_each: { files: changed.txt }, prompt: "{{ item.text }}" }',
      ),
      '.gitignore': 'changed.txt\n',
      'a.md': 'a',
      'b.md': 'b',
    },
    now: { 'changed.txt': 'a.md\nb.md\nc.md\n', 'b.md': 'B', 'c.md': 'c' },
    lines: ['changed each@b.md: file', 'new each@c.md'],
  },
  'attachments count as files': {
    base: {
      'volley.yaml': manifest('  - { id: look, prompt: Look, attachments: [a.pdf] }'),
      'a.pdf': '%PDF-1.4 one',
    },
    now: { 'a.pdf': '%PDF-1.4 two' },
    lines: ['changed look: file'],
  },
  'a link in the repository is followed in the commit': {
    base: {
      'volley.yaml': manifest('  - { id: one, prompt: { file: deep/link/p.md } }'),
      'real/p.md': 'a',
    },
    now: { 'real/p.md': 'b' },
    lines: ['changed one: prompt'],
  },
};

describe('plan --against a commit', () => {
  test.each(Object.entries(cases))(
    'finds that %s',
    async (name, { base, now, flags = [], lines }) => {
      const repo = repository(base);
      if (name.startsWith('a link')) {
        const { mkdirSync, symlinkSync } = await import('node:fs');
        mkdirSync(`${repo.path}/deep`);
        symlinkSync('../real', `${repo.path}/deep/link`);
        repo.commit();
      }
      for (const [file, text] of Object.entries(now)) {
        if (text === null) repo.remove(file);
        else repo.write({ [file]: text });
      }
      // Only tracked files can differ.
      repo.git('add', '--all');
      const found = await compared(repo.path, 'HEAD', { flags });
      expect(found.findings).toEqual([]);
      expect([...linesOf(found)].sort()).toEqual([...lines].sort());
    },
  );

  it('compares with the merge base, or with the base itself', async () => {
    const repo = repository({ 'volley.yaml': TWO });
    repo.git('switch', '--quiet', '--create', 'feature');
    repo.write({ 'volley.yaml': TWO.replace('One', 'Uno') });
    repo.commit();
    repo.git('switch', '--quiet', 'main');
    repo.write({ 'volley.yaml': TWO.replace('Two', 'Due') });
    const tip = repo.commit();
    const fork = repo.git('rev-parse', 'main~1');
    repo.git('switch', '--quiet', 'feature');
    const branch = await compared(repo.path, 'main');
    expect([branch.base.commit, linesOf(branch)]).toEqual([fork, ['changed one: prompt']]);
    const whole = await compared(repo.path, 'main', { flags: ['--against-tip'] });
    expect([whole.base.commit, linesOf(whole)]).toEqual([
      tip,
      ['changed one: prompt', 'changed two: prompt'],
    ]);
  });

  it('finds the manifest and its files from any folder of the repository', async () => {
    const nested = manifest(
      '  - { id: one, for_each: { glob: "../lib/*.md" }, prompt: "{{ item.text }}" }',
    );
    const repo = repository({ 'jobs/review.yaml': nested, 'lib/a.md': 'a', 'lib/b.md': 'b' });
    repo.write({ 'lib/b.md': 'B' });
    const found = await compared(repo.path, 'main', { manifest: 'jobs/review.yaml' });
    expect(linesOf(found)).toEqual(['changed one@../lib/b.md: file']);
  });

  it('treats every task as new if the base has no valid manifest', async () => {
    const repo = repository({ 'volley.yaml': 'tasks: []\n', 'other.yaml': TWO });
    repo.write({ 'volley.yaml': TWO, 'third.yaml': TWO });
    const invalid = await compared(repo.path, 'main');
    expect(linesOf(invalid)).toEqual(['new one', 'new two']);
    expect(invalid.findings).toMatchObject([{ code: 'NO_TASKS' }]);
    const missing = await compared(repo.path, 'main', { manifest: 'third.yaml' });
    expect([linesOf(missing), missing.findings]).toEqual([['new one', 'new two'], []]);
  });

  it('does not report unselected tasks as removed', async () => {
    const repo = repository({ 'volley.yaml': TWO });
    repo.write({ 'volley.yaml': TWO.replace('One', 'Uno') });
    const found = await compared(repo.path, 'main', { flags: ['--only', 'two'] });
    expect(linesOf(found)).toEqual([]);
  });

  it('compares Git LFS content by its hash', async () => {
    const rows = manifest(
      '  - { id: each, for_each: { glob: "*.md" }, prompt: "{{ item.text }}" }',
    );
    const repo = repository({
      'volley.yaml': rows,
      'same.md': pointer('same'),
      'other.md': pointer('before'),
      'pointer.md': pointer('not fetched'),
    });
    repo.write({ 'same.md': 'same', 'other.md': 'after' });
    const found = await compared(repo.path, 'main');
    expect(linesOf(found)).toEqual(['changed each@other.md: file']);
    expect(found.warnings).toEqual([
      'Git LFS keeps `other.md` elsewhere: its earlier content is not compared',
    ]);
  });
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What Git LFS commits in place of a file. */
function pointer(text: string): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(text)}\nsize ${text.length}\n`;
}
