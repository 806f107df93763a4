import { describe, expect, test } from 'vitest';
import { findingsOf, manifestOf, memoryFiles, rowsFile, rowsGlob, rowsList } from './support.ts';

describe('a variable that is missing', () => {
  test('in all rows is reported as a mistake in the template', async () => {
    const files = memoryFiles({ 'r.csv': 'id,note\n1,x\n2,y\n' });
    const manifest = manifestOf([
      { prompt: '{{ item.nte }} {{ item.other }} {{ item.note }}', forEach: rowsFile('r.csv') },
    ]);
    expect(await findingsOf(manifest, files)).toEqual([
      'prompt.md:1:4 UNKNOWN_VARIABLE unknown variable `item.nte` (did you mean `item.note`?)',
      'prompt.md:1:19 UNKNOWN_VARIABLE unknown variable `item.other` (the rows have `id`, `note`)',
    ]);
  });

  test('in some rows is reported with their lines', async () => {
    const files = memoryFiles({ 'r.jsonl': '{"note":"a"}\n{"notes":"b"}\n\n{"x":1}\n' });
    const manifest = manifestOf([
      { system: 'Be brief', prompt: '{{ item.note }}', forEach: rowsFile('r.jsonl') },
    ]);
    expect(await findingsOf(manifest, files)).toEqual([
      'r.jsonl:2:1 UNKNOWN_VARIABLE row 2 has no `item.note`, which prompt.md:1:4 needs (this row has `notes` instead)',
      'r.jsonl:4:1 UNKNOWN_VARIABLE row 3 has no `item.note`, which prompt.md:1:4 needs (give every row the value, or write `| default: ""` right after `item.note`)',
    ]);
  });

  test('in many rows is reported ten times and counted', async () => {
    const text = Array.from({ length: 40 }, (_, row) => (row === 0 ? '{"a":1}' : '{"b":1}')).join(
      '\n',
    );
    const manifest = manifestOf([
      { prompt: '{{ item.a }}', forEach: rowsFile('r.jsonl'), matrix: [{ m: 1 }, { m: 2 }] },
    ]);
    const findings = await findingsOf(manifest, memoryFiles({ 'r.jsonl': text }));
    expect(findings).toHaveLength(11);
    expect(findings[0]).toBe('m.yaml:9:5 UNKNOWN_VARIABLE 29 more rows have this kind of problem');
    expect(findings[10]).toMatch(/^r\.jsonl:11:1 UNKNOWN_VARIABLE row 11 /);
  });

  test('is not a finding if the template does not reach it', async () => {
    const prompt = '{% if item.kind == "a" %}{{ item.a }}{% else %}{{ item.b }}{% endif %}';
    const manifest = manifestOf([
      {
        prompt,
        forEach: rowsList([
          { kind: 'a', a: 1 },
          { kind: 'b', b: 1 },
        ]),
      },
    ]);
    expect(await findingsOf(manifest)).toEqual([]);
  });

  test('is found in every template of a task', async () => {
    const manifest = manifestOf([
      { prompt: '{{ item.a }}', system: '{{ item.b }}', forEach: rowsList([{ c: 1 }]) },
    ]);
    expect(await findingsOf(manifest)).toEqual([
      'prompt.md:1:4 UNKNOWN_VARIABLE unknown variable `item.a` (the rows have `c`)',
      'system.md:1:4 UNKNOWN_VARIABLE unknown variable `item.b` (the rows have `c`)',
    ]);
  });

  test('is explained if the rows are plain values', async () => {
    const manifest = manifestOf([{ prompt: '{{ item.path }}', forEach: rowsFile('r.txt') }]);
    expect(await findingsOf(manifest, memoryFiles({ 'r.txt': 'a\nb' }))).toEqual([
      'prompt.md:1:4 UNKNOWN_VARIABLE unknown variable `item.path` (the rows are plain values: write `item`)',
    ]);
  });

  test('is found deep in a row', async () => {
    const manifest = manifestOf([
      {
        prompt: '{{ item.a.b }}{{ item.list.size }}',
        forEach: rowsList([
          { a: { b: 1 }, list: [] },
          { a: {}, list: [1] },
        ]),
      },
    ]);
    expect(await findingsOf(manifest)).toEqual([
      'm.yaml:9:5 UNKNOWN_VARIABLE row 2 has no `item.a.b`, which prompt.md:1:4 needs (give every row the value, or write `| default: ""` right after `item.a.b`)',
    ]);
  });
});

const OBJECT = 'an object cannot be used as text';
const OBJECT_HINT = 'use one of its fields, or write `| json` after it';

describe('an object used as text', () => {
  test('is reported in the template if all rows have one, otherwise with the rows', async () => {
    const rows = rowsList([
      { a: { x: 1 }, b: 1 },
      { a: { x: 2 }, b: { x: 1 } },
    ]);
    expect(
      await findingsOf(manifestOf([{ prompt: '{{ item.a }} {{ item.b }}', forEach: rows }])),
    ).toEqual([
      `m.yaml:9:5 OBJECT_IN_TEXT row 2 cannot be put into prompt.md:1:14: ${OBJECT} (${OBJECT_HINT})`,
      `prompt.md:1:1 OBJECT_IN_TEXT ${OBJECT} (${OBJECT_HINT})`,
    ]);
  });

  test('is found even among the manifest’s own values', async () => {
    const manifest = manifestOf(
      [{ prompt: '{{ vars.who }} {{ matrix.how }}', matrix: [{ how: 'x' }, { how: ['y'] }] }],
      {
        vars: { who: { name: 'x' } },
      },
    );
    expect(await findingsOf(manifest)).toEqual([
      `prompt.md:1:1 OBJECT_IN_TEXT ${OBJECT} (${OBJECT_HINT})`,
      'prompt.md:1:16 OBJECT_IN_TEXT a list cannot be used as text (write `| join: ", "` or `| json` after it)',
    ]);
  });
});

test('an axis that is missing in some combinations is found', async () => {
  const manifest = manifestOf([{ prompt: '{{ matrix.a }}', matrix: [{ a: 1 }, { b: 2 }] }]);
  expect(await findingsOf(manifest)).toEqual([
    'prompt.md:1:4 UNKNOWN_VARIABLE unknown variable `matrix.a` (give every combination of the matrix the value)',
  ]);
});

test('a prompt that depends on the date is refused before it is paid for twice', async () => {
  expect(await findingsOf(manifestOf([{ prompt: '{{ "now" | date: "%Y" }}' }]))).toEqual([
    'prompt.md:1:1 TEMPLATE_SYNTAX `now` would give a different prompt on every run (pass the date in with `--set date=2026-01-31` and write `vars.date`)',
  ]);
});

describe('a file of a glob', () => {
  const files = memoryFiles({ 'src/a.ts': 'A', 'src/b.ts': Buffer.alloc(10 * 1024 * 1024 + 1) });

  test('that cannot be read is reported if its content is needed', async () => {
    expect(
      await findingsOf(
        manifestOf([{ prompt: '{{ item.text }}', forEach: rowsGlob('src/*') }]),
        files,
      ),
    ).toEqual(['m.yaml:9:5 FILE_TOO_LARGE `src/b.ts` is larger than 10485760 bytes (split it)']);
  });

  test('is not opened if only its name is needed', async () => {
    expect(
      await findingsOf(
        manifestOf([{ prompt: '{{ item.path }}', forEach: rowsGlob('src/*') }]),
        files,
      ),
    ).toEqual([]);
  });
});

const DUPLICATE = 'set `key` to a field whose values are all different, or delete one of the two';

describe('two tasks with the same id', () => {
  test('are reported with both rows', async () => {
    const files = memoryFiles({ 'r.csv': 'id\na\nb\na\nb\na\n' });
    expect(await findingsOf(manifestOf([{ id: 'x', forEach: rowsFile('r.csv') }]), files)).toEqual([
      `r.csv:4:1 DUPLICATE_ID row 3 has the id of row 1 (line 2): \`x@a\` (${DUPLICATE})`,
      `r.csv:5:1 DUPLICATE_ID row 4 has the id of row 2 (line 3): \`x@b\` (${DUPLICATE})`,
      `r.csv:6:1 DUPLICATE_ID row 5 has the id of row 1 (line 2): \`x@a\` (${DUPLICATE})`,
    ]);
  });

  test('are reported in a list', async () => {
    expect(await findingsOf(manifestOf([{ id: 'x', forEach: rowsList(['a', 'a']) }]))).toEqual([
      `m.yaml:9:5 DUPLICATE_ID row 2 has the id of row 1: \`x@a\` (${DUPLICATE})`,
    ]);
  });

  test('are reported if a key looks like a matrix', async () => {
    const rows = rowsList(['a,m=b', 'a']);
    const matrix = [{ m: 'c' }, { m: 'b,m=c' }];
    expect(await findingsOf(manifestOf([{ id: 'x', forEach: rows, matrix }]))).toEqual([
      `m.yaml:9:5 DUPLICATE_ID row 2 has the id of row 1: \`x@a,m=b,m=c\` (${DUPLICATE})`,
    ]);
  });

  test('are reported if a matrix has a combination twice', async () => {
    expect(await findingsOf(manifestOf([{ id: 'x', matrix: [{ m: 1 }, { m: '1' }] }]))).toEqual([
      'm.yaml:9:5 DUPLICATE_ID two combinations of the matrix create the id `x@m=1` (delete one of the two)',
    ]);
  });

  test('are reported at most ten times', async () => {
    const files = memoryFiles({ 'r.txt': 'same\n'.repeat(5000) });
    const findings = await findingsOf(manifestOf([{ forEach: rowsFile('r.txt') }]), files);
    expect(findings).toHaveLength(11);
    expect(findings[0]).toBe('m.yaml:9:5 DUPLICATE_ID 4989 more rows have this kind of problem');
  });
});

test('findings of all tasks are sorted together, and a shared mistake is reported once', async () => {
  const files = memoryFiles({ 'a.jsonl': '{"id":1}\nx\n', 'b.csv': 'a,a\n' });
  const manifest = manifestOf([
    { forEach: rowsFile('b.csv') },
    { forEach: rowsFile('a.jsonl') },
    { forEach: rowsFile('a.jsonl') },
    { forEach: rowsFile('none.txt') },
  ]);
  expect(
    (await findingsOf(manifest, files)).map((each) => each.split(' ').slice(0, 2).join(' ')),
  ).toEqual(['a.jsonl:2:1 BAD_ROW', 'b.csv:1:1 BAD_ROW', 'm.yaml:9:5 FILE_NOT_FOUND']);
});
