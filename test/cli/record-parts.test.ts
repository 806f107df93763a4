import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder, recordsIn, volley } from '../support/cli.ts';
import { WITH_QUICK_MOCK } from './served.ts';

const MOCK = `${WITH_QUICK_MOCK}defaults: { model: mock/echo }\n`;

async function ran(cwd: string, ...flags: string[]) {
  const run = await volley(['run', 'm.yaml', '--progress', 'none', ...flags], { cwd });
  expect(run.code, run.stderr).toBe(0);
  return recordsIn(run.stdout).toSorted((one, other) => one.index - other.index);
}

test('a record has the key of its row as in the data, and its matrix values', async () => {
  const cwd = folder({
    'n.jsonl': '{"id":7,"t":"a"}\n{"id":"x\\ny","t":"b"}\n{"t":"c"}\n{"id":true,"t":"d"}\n',
    'c.csv': 'Ticket ID,t\n007,a\n',
    'src/a.ts': 'A',
    'm.yaml': `${MOCK}tasks:
  - { id: n, for_each: { file: n.jsonl }, prompt: "{{ item.t }}" }
  - { id: c, for_each: { file: c.csv, key: Ticket ID }, matrix: { lens: [bugs], level: [1] }, prompt: "{{ item.t }}" }
  - { id: g, for_each: { glob: "src/*" }, prompt: "{{ item.text }}" }
  - { id: l, for_each: [1, two], prompt: "{{ item }}" }
  - { id: f, for_each: { needs: l }, prompt: "{{ needs.l.output }}" }
  - { id: m, matrix: { lens: [bugs] }, prompt: hi }
  - { id: p, prompt: hi }
`,
  });
  const records = await ran(cwd);
  expect(records.map(({ id, key, matrix }) => [id, key, matrix])).toEqual([
    ['n@7', 7, undefined],
    ['n@x\\ny', 'x\ny', undefined],
    ['n@3', 3, undefined],
    ['n@true', true, undefined],
    ['c@007,lens=bugs,level=1', '007', { lens: 'bugs', level: 1 }],
    ['g@src/a.ts', 'src/a.ts', undefined],
    ['l@1', 1, undefined],
    ['l@two', 'two', undefined],
    ['f@1', 1, undefined],
    ['f@two', 'two', undefined],
    ['m@lens=bugs', undefined, { lens: 'bugs' }],
    ['p', undefined, undefined],
  ]);
  expect(records.some((record) => 'item' in record || 'prompt' in record)).toBe(false);
});

test('a record includes the row and the prompt on request', async () => {
  const cwd = folder({
    'r.csv': 'id,t\n1,same\n2,same\n3,\n',
    'src/a.ts': 'A',
    'm.yaml': `${MOCK}results: { include: [item] }
tasks:
  - { id: r, for_each: { file: r.csv }, if: item.t != blank, prompt: "Say {{ item.t }}" }
  - { id: g, for_each: { glob: "src/*" }, prompt: "{{ item.text }}" }
  - { id: p, prompt: hi }
`,
  });
  const items = await ran(cwd);
  const A = { path: 'src/a.ts', name: 'a.ts', stem: 'a', ext: 'ts' };
  expect(items.map(({ item, prompt }) => [item, prompt])).toEqual([
    [{ id: '1', t: 'same' }, undefined],
    [{ id: '2', t: 'same' }, undefined],
    [{ id: '3', t: '' }, undefined],
    [A, undefined],
    [undefined, undefined],
  ]);
  const both = await ran(cwd, '--include', 'item,prompt');
  expect(both.map(({ item, prompt }) => [item, prompt])).toEqual([
    [{ id: '1', t: 'same' }, 'Say same'],
    [{ id: '2', t: 'same' }, 'Say same'],
    [{ id: '3', t: '' }, undefined],
    [A, 'A'],
    [undefined, 'hi'],
  ]);
  expect(both[1]?.shared_with).toBe('r@1');
  const wrong = await volley(['run', 'm.yaml', '--include', 'item,promt'], { cwd });
  expect(wrong).toMatchObject({ code: 2, stdout: '' });
  expect(wrong.stderr).toContain('did you mean `--include prompt`?');
});

test('a record that moves to another row has the key of that row', async () => {
  const cwd = folder({
    'r.jsonl': '{"t":"a"}\n{"t":"b"}\n',
    'm.yaml': `${MOCK}tasks: [{ id: r, for_each: { file: r.jsonl }, prompt: "{{ item.t }}" }]\n`,
  });
  await volley(['run', 'm.yaml', '-o', 'out.jsonl'], { cwd });
  writeFileSync(join(cwd, 'r.jsonl'), '{"t":"new"}\n{"t":"a"}\n{"t":"b"}\n');
  const resumed = await volley(['run', 'm.yaml', '-o', 'out.jsonl', '--resume'], { cwd });
  expect(resumed.code, resumed.stderr).toBe(0);
  const records = recordsIn(readFileSync(join(cwd, 'out.jsonl'), 'utf8'));
  const sorted = records.toSorted((one, other) => one.index - other.index);
  expect(sorted.map(({ id, key, index }) => [id, key, index])).toEqual([
    ['r@1', 1, 0],
    ['r@2', 2, 1],
    ['r@3', 3, 2],
  ]);
});

test('`--first` takes tasks in the order of the manifest, `--only key:` the tasks of a row', async () => {
  const cwd = folder({
    'r.jsonl': '{"id":1}\n{"id":"b:x"}\n{"id":30}\n',
    'm.yaml': `${MOCK}tasks:
  - { id: r, for_each: { file: r.jsonl }, matrix: { l: [x, y] }, prompt: "{{ item.id }} {{ matrix.l }}" }
  - { id: s, for_each: { file: r.jsonl }, prompt: "{{ item.id }}" }
  - { id: after, needs: [s], prompt: "{{ needs.s.size }}" }
`,
  });
  const ids = async (...flags: string[]): Promise<string[]> =>
    (await ran(cwd, ...flags)).map(({ id }) => id);
  expect(await ids('--first', '3')).toEqual(['r@1,l=x', 'r@1,l=y', 'r@b:x,l=x']);
  expect(await ids('--only', 's', '--first', '2')).toEqual(['s@1', 's@b:x']);
  expect(await ids('--only', 'key:1')).toEqual(['r@1,l=x', 'r@1,l=y', 's@1']);
  expect(await ids('--only', 'key:b:*')).toEqual(['r@b:x,l=x', 'r@b:x,l=y', 's@b:x']);
  expect(await ids('--only', 's', '--skip', 'key:30')).toEqual(['s@1', 's@b:x']);
  const none = await volley(['run', 'm.yaml', '--only', 'key:2'], { cwd });
  expect(none.code).toBe(2);
  expect(none.stderr).toContain('`--only key:2` matches no task: no row has this key');
  const both = await volley(['run', 'm.yaml', '--first', '2', '--sample', '2'], { cwd });
  expect(both.code).toBe(2);
  expect(both.stderr).toContain('`--first` and `--sample` cannot be combined');
  const planned = await volley(['plan', 'm.yaml', '--first', '4', '--json'], { cwd });
  expect(JSON.parse(planned.stdout)).toMatchObject({ total: { tasks: 4 } });
});
