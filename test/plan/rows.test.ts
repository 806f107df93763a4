import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import type { JsonValue } from '../../src/ports/json.ts';
import {
  findingsOf,
  manifestOf,
  memoryFiles,
  planned,
  rowsFile,
  rowsGlob,
  rowsList,
} from './support.ts';

describe('rows are read from', () => {
  test.each<[string, string, JsonValue[]]>([
    ['a.csv', 'id,note\n1,x\n', [{ id: '1', note: 'x' }]],
    ['bom.csv', '\uFEFFid , note\r\n1,x\r\n', [{ id: '1', note: 'x' }]],
    [
      'quoted.csv',
      'id,note\n"1","a ""b"", c\nd"\n2,é\n',
      [
        { id: '1', note: 'a "b", c\nd' },
        { id: '2', note: 'é' },
      ],
    ],
    ['blank-lines.csv', 'id\n\n1\n\n2', [{ id: '1' }, { id: '2' }]],
    ['proto.csv', '__proto__,id\nx,1\n', [JSON.parse('{"__proto__":"x","id":"1"}')]],
    ['a.jsonl', '{"id":1}\n\n  \n"text"\n5\r\ntrue', [{ id: 1 }, 'text', 5, true]],
    ['separators.jsonl', '{"id":"a\u2028b"}\n', [{ id: 'a\u2028b' }]],
    ['a.json', '\uFEFF[{"id":1},"x"]', [{ id: 1 }, 'x']],
    [
      'digits.jsonl',
      '{"id":1234567890123456789,"mass":5.97e24,"at":[-9007199254740993,9007199254740991]}\n{"n":-1e999,"__proto__":1}',
      [
        { id: '1234567890123456789', mass: 5.97e24, at: ['-9007199254740993', 9007199254740991] },
        JSON.parse('{"n":"-1e999","__proto__":1}'),
      ],
    ],
    ['digits.json', '[9007199254740993]', ['9007199254740993']],
    ['a.yaml', '- id: 1\n- plain\n', [{ id: 1 }, 'plain']],
    ['a.txt', 'one\n\n two \r\nthree\u2028still three', ['one', ' two ', 'three\u2028still three']],
  ])('%s', async (file, text, expected) => {
    const plan = await planned(
      manifestOf([{ forEach: rowsFile(file) }]),
      memoryFiles({ [file]: text }),
    );
    const items = await itemsOf(plan);
    expect(items).toEqual(expected);
    expect(items.map((item) => JSON.stringify(item))).toEqual(
      expected.map((item) => JSON.stringify(item)),
    );
  });

  test('a list in the manifest', async () => {
    const plan = await planned(manifestOf([{ forEach: rowsList(['a', { id: 'b' }]) }]));
    const items = await itemsOf(plan);
    expect(items).toEqual(['a', { id: 'b' }]);
  });

  test('a glob, one per file', async () => {
    const files = memoryFiles({ 'src/auth.test.ts': '', 'src/Makefile': '', 'src/.x/y.d': '' });
    const plan = await planned(manifestOf([{ forEach: rowsGlob('src/**') }]), files);
    const items = await itemsOf(plan);
    expect(items).toEqual([
      { path: 'src/.x/y.d', name: 'y.d', stem: 'y', ext: 'd' },
      { path: 'src/Makefile', name: 'Makefile', stem: 'Makefile', ext: '' },
      { path: 'src/auth.test.ts', name: 'auth.test.ts', stem: 'auth.test', ext: 'ts' },
    ]);
  });
});

async function itemsOf(plan: Plan): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  for await (const { item } of plan.tasks()) items.push(item);
  return items;
}

const WRITE_JSON = 'write one object per line: `{"id": 1}`';

describe('a bad row is reported with its line', () => {
  test.each<[string, string, string | string[]]>([
    [
      'columns.csv',
      'a,b\n1\n"x\r\ny",2\n1,2,3\n',
      [
        'columns.csv:2:1 BAD_ROW the row has 1 value, but there are 2 columns (put a value that contains a comma in double quotes)',
        'columns.csv:5:1 BAD_ROW the row has 3 values, but there are 2 columns (put a value that contains a comma in double quotes)',
      ],
    ],
    [
      'unnamed.csv',
      'a,,c\n',
      'unnamed.csv:1:1 BAD_ROW column 2 has no name (the first line names every column)',
    ],
    [
      'middle.csv',
      'a,b\n1,x\n1,x"y\n',
      'middle.csv:3:1 BAD_ROW a double quote is in the middle of a value (put the whole value in double quotes, and write `""` for the character)',
    ],
    [
      'after.csv',
      'a,b\n1,"x"y\n',
      'after.csv:2:1 BAD_ROW a double quote is in the middle of a value (put the whole value in double quotes, and write `""` for the character)',
    ],
    [
      'lines.jsonl',
      '{"id":1}\n{"id":}\n\n[1]\nnull\n{"a": undefined}\n{"a":1\n',
      [
        `lines.jsonl:2:7 BAD_ROW the line is not JSON (${WRITE_JSON})`,
        'lines.jsonl:4:1 BAD_ROW row 3 is a list (a row is an object with named values, or one plain value)',
        'lines.jsonl:5:1 BAD_ROW row 4 is empty (a row is an object with named values, or one plain value)',
        `lines.jsonl:6:7 BAD_ROW the line is not JSON (${WRITE_JSON})`,
        `lines.jsonl:7:7 BAD_ROW the line is not JSON (${WRITE_JSON})`,
      ],
    ],
    [
      'broken.json',
      '[\n  {"id": 1},\n]',
      'broken.json:3:1 BAD_ROW the file is not JSON (write one list: `[{"id": 1}]`)',
    ],
    [
      'object.json',
      '{"id": 1}',
      'object.json:1:1 BAD_ROW the file is not a list of rows (begin it with `[`, or use JSONL)',
    ],
    ...['deep.jsonl', 'deep.json'].map((file): [string, string, string] => {
      const row = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
      return [
        file,
        file === 'deep.json' ? `[${row}]` : row,
        `${file}:1:1 BAD_ROW row 1 is nested more than 200 levels deep (put deep values in the row as JSON text)`,
      ];
    }),
    [
      'nested.json',
      '[[1]]',
      'nested.json:1:1 BAD_ROW row 1 is a list (a row is an object with named values, or one plain value)',
    ],
    [
      'nested.yaml',
      '- a\n- [b]\n',
      'nested.yaml:2:3 BAD_ROW row 2 is a list (a row is an object with named values, or one plain value)',
    ],
    [
      'map.yaml',
      'a: 1\n',
      'map.yaml:1:1 BAD_ROW the file is not a list of rows (begin it with `[`, or use JSONL)',
    ],
    ['empty.yaml', '', 'empty.yaml:1:1 NO_ROWS the file is empty (add a row: `- id: 1`)'],
    [
      'none.csv',
      'a,b\n',
      'm.yaml:9:5 NO_ROWS `none.csv` has no rows (put the column names on the first line, and the rows below it)',
    ],
    ['none.jsonl', '\n\n', 'm.yaml:9:5 NO_ROWS `none.jsonl` has no rows (add one)'],
    ['none.json', '[]', 'm.yaml:9:5 NO_ROWS `none.json` has no rows (add one)'],
  ])('%s', async (file, text, expected) => {
    expect(
      await findingsOf(manifestOf([{ forEach: rowsFile(file) }]), memoryFiles({ [file]: text })),
    ).toEqual([expected].flat());
  });

  test('for up to ten rows, and the others are counted', async () => {
    const files = memoryFiles({ 'r.jsonl': 'x\n'.repeat(13) });
    const findings = await findingsOf(manifestOf([{ forEach: rowsFile('r.jsonl') }]), files);
    expect(findings).toHaveLength(11);
    expect(findings.slice(0, 2)).toEqual([
      'm.yaml:9:5 BAD_ROW 3 more rows have this kind of problem',
      `r.jsonl:1:1 BAD_ROW the line is not JSON (${WRITE_JSON})`,
    ]);
  });

  test('even if the manifest is outside the current folder', async () => {
    const manifest = manifestOf([{ forEach: rowsFile('../data/r.jsonl') }], {
      file: 'batch/m.yaml',
    });
    expect(await findingsOf(manifest, memoryFiles({ '../data/r.jsonl': 'x' }))).toEqual([
      `data/r.jsonl:1:1 BAD_ROW the line is not JSON (${WRITE_JSON})`,
    ]);
  });

  test('even if the line never ends', async () => {
    const files = memoryFiles({});
    const endless = {
      ...files,
      stream: async () => ({ ok: true, value: endlessLine() }) as const,
    };
    expect(await findingsOf(manifestOf([{ forEach: rowsFile('r.jsonl') }]), endless)).toEqual([
      'r.jsonl:2:1 BAD_ROW the line is longer than 16 MiB (put one row on each line)',
    ]);
  });

  test('unless the disk fails while the rows are read', async () => {
    const failing = {
      ...memoryFiles({}),
      stream: async () => ({ ok: true, value: failingDisk() }) as const,
    };
    for (const name of ['r.jsonl', 'r.csv']) {
      expect(await findingsOf(manifestOf([{ forEach: rowsFile(name) }]), failing)).toEqual([
        `m.yaml:9:5 FILE_UNREADABLE \`${name}\` cannot be read (EIO) (check the disk it is on)`,
      ]);
    }
  });
});

test('a file that is missing or too large is reported where the manifest names it', async () => {
  const big = Buffer.alloc(64 * 1024 * 1024 + 1, ' ');
  const findings = await findingsOf(
    manifestOf([
      { forEach: rowsFile('none.jsonl') },
      { forEach: rowsFile('big.json') },
      { forEach: rowsFile('big.yaml') },
    ]),
    memoryFiles({ 'big.json': big, 'big.yaml': big.subarray(0, 1024 * 1024 + 1) }),
  );
  const hint = 'write the rows as JSONL, one object per line: a JSONL file can be any size';
  expect(findings).toEqual([
    'm.yaml:9:5 FILE_NOT_FOUND there is no file `none.jsonl` (look)',
    `m.yaml:9:5 FILE_TOO_LARGE \`big.json\` is larger than 67108864 bytes (${hint})`,
    `m.yaml:9:5 FILE_TOO_LARGE \`big.yaml\` is larger than 1048576 bytes (${hint})`,
  ]);
});

test('a glob that matches nothing gets a suggestion', async () => {
  const files = memoryFiles({ 'docs/a.md': '' });
  const noGlob = {
    ...files,
    glob: async (patterns: readonly string[]) =>
      ({ ok: true, value: patterns[0] === 'docs/**' ? ['docs/a.md'] : [] }) as const,
  };
  expect(
    await findingsOf(
      manifestOf([{ forEach: rowsGlob('docs/') }, { forEach: rowsGlob('*.tx') }]),
      noGlob,
    ),
  ).toEqual([
    'm.yaml:9:5 NO_ROWS no file matches `docs/` (`docs` is a folder: did you mean `docs/**`?)',
    "m.yaml:9:5 NO_ROWS no file matches `*.tx` (check the pattern: it is relative to the manifest's folder; symbolic links, names that begin with a dot, `node_modules` and what the run itself writes are left out)",
  ]);
});

async function* endlessLine(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{"id":1}\n');
  for (;;) yield Buffer.alloc(1024 * 1024, 'x');
}

async function* failingDisk(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('1\n');
  throw Object.assign(new Error('input/output error'), { code: 'EIO' });
}
