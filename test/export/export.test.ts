import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { createColumnSurvey } from '../../src/export/table-columns.ts';
import { inert } from '../../src/export/csv-file.ts';
import { tableWriter, type TableFormat } from '../../src/export/table-formats.ts';
import { cellOf } from '../../src/export/table.ts';
import type { JsonValue } from '../../src/ports/json.ts';
import { openDatabase } from '../../src/ports/system-sqlite.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import { failure, record } from '../compare/records.ts';
import { folder } from '../support/cli.ts';

type Source = readonly [record: ResultRecord, item?: JsonValue];

function surveyOf(sources: readonly Source[]) {
  const survey = createColumnSurvey();
  for (const [each, item] of sources) survey.add(each, item);
  return survey;
}

/** The names of the columns before those that every table has. */
function firstNames(...sources: readonly Source[]): readonly string[] {
  const names = surveyOf(sources)
    .columns()
    .map(({ name }) => name);
  return names.slice(0, names.indexOf('error.code'));
}

describe('the columns of a table', () => {
  test('are those of the input, then those of the answer, with unique names', () => {
    const output = { label: 'x', at: { city: 'Bern' }, tags: ['a'] };
    expect(
      firstNames([
        record({ id: 't@1', key: 1, matrix: { lens: 'bugs' }, output }),
        { 'Customer Name': 'Zoë', id: 7, Status: 'open' },
      ]),
    ).toEqual([
      'Customer Name',
      'item.id',
      'item.Status',
      'id',
      'task',
      'key',
      'matrix.lens',
      'model',
      'status',
      'output.label',
      'output.at.city',
      'output.tags',
    ]);
  });

  test.each<[string, readonly Source[], readonly string[]]>([
    [
      'a plain row',
      [[record({ id: 't@1' }), 'a text']],
      ['item', 'id', 'task', 'key', 'model', 'status', 'output'],
    ],
    [
      'an input column named `output` next to objects',
      [[record({ id: '1', output: { a: 1 } }), { output: 'x' }]],
      ['item.output', 'id', 'task', 'key', 'model', 'status', 'output.a'],
    ],
    [
      'text and objects',
      [[record({ id: '1' })], [record({ id: '2', output: { a: 1 } })]],
      ['id', 'task', 'key', 'model', 'status', 'output', 'output.a'],
    ],
    [
      'names that only differ in case, and similar names',
      [[record({ id: '1', output: { a: 1, A: 2, 'b.c': 3, b: { c: 4 } } })]],
      [
        'id',
        'task',
        'key',
        'model',
        'status',
        'output.a',
        'output.A_2',
        'output.b.c',
        'output.b.c_2',
      ],
    ],
    [
      'names that a database cannot store or distinguish',
      [[record({ id: '1', output: { 'a\0b': 1, a: { b: 2 }, '\uD800': 3, '\uD801': 4 } })]],
      [
        'id',
        'task',
        'key',
        'model',
        'status',
        'output.a\uFFFDb',
        'output.a.b',
        'output.\uFFFD',
        'output.\uFFFD_2',
      ],
    ],
    [
      'more fields than a table may have',
      [
        [
          record({
            id: '1',
            output: Object.fromEntries(Array.from({ length: 700 }, (_, at) => [`f${at}`, at])),
          }),
        ],
      ],
      ['id', 'task', 'key', 'model', 'status', 'output'],
    ],
  ])('have unique names for %s', (_, sources, names) => {
    expect(firstNames(...sources)).toEqual(names);
  });

  test('have the common type of their values', () => {
    const outputs = [
      { whole: 1, part: 1, is: true, text: 'x', list: [1], mixed: 1, none: null },
      { whole: 2, part: 0.5, is: false, text: 'y', list: [], mixed: 'x', none: null },
    ];
    const columns = surveyOf(outputs.map((output) => [record({ id: 't', output })])).columns();
    const kinds = columns.flatMap(({ name, kind }) =>
      name.startsWith('output.') ? [[name.slice(7), kind]] : [],
    );
    expect(Object.fromEntries(kinds)).toEqual({
      whole: 'integer',
      part: 'number',
      is: 'boolean',
      text: 'text',
      list: 'json',
      mixed: 'text',
      none: 'text',
    });
  });
});

describe('a cell that a spreadsheet would execute', () => {
  test.each([
    '=HYPERLINK("http://evil.example","x")',
    "=cmd|' /C calc'!A0",
    '+SUM(A1)',
    '-2+3+cmd|x',
    '@SUM(1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '＝1+1',
    '＠x',
  ])('%j gets an apostrophe', (text) => {
    expect(inert(text)).toBe(`'${text}`);
  });

  test.each(['-5', '+49', '-1,234.50', '1e-5', '-5%', '-', '+', 'a=b', ' =x', '', "'=x"])(
    '%j is harmless',
    (text) => {
      expect(inert(text)).toBe(text);
    },
  );
});

async function written(format: TableFormat, sources: readonly Source[]) {
  const path = join(folder({ table: '' }), 'table');
  const survey = surveyOf(sources);
  const file = await open(path, 'a');
  const target = { draft: path, write: (part: string | Uint8Array) => file.appendFile(part) };
  const columns = survey.columns();
  const writer = await tableWriter(columns, target, { format, delimiter: ';', hasMark: false });
  // The data arrives in several parts, as from a long file.
  for (const [each, item] of sources) await writer.write([survey.row(each, item)]);
  await writer.finish();
  await file.close();
  const rows = sources.map(([each, item]) => survey.row(each, item));
  return { path, columns, rows };
}

const ODD: readonly Source[] = [
  [
    record({
      id: 'a',
      output: { text: 'Zoë; "x"\r\n=1', n: 5, list: ['é', null], is: true, f: 0.1 },
    }),
    { 'A b': '', '"q"': -1 },
  ],
  [record({ id: 'b', error: failure('SERVER_ERROR', 'no\ttab') }), { 'A b': 'x', '"q"': null }],
  [record({ id: 'c', output: { text: '', n: -(2 ** 53 - 1), list: [], is: false, f: -1 } })],
];

describe('a written table is read back unchanged', () => {
  test.each(['csv', 'tsv'] as const)('as %s', async (format) => {
    const { path, columns, rows } = await written(format, ODD);
    const read: string[][] = parse(readFileSync(path, 'utf8'), {
      delimiter: format === 'csv' ? ';' : '\t',
    });
    expect(read).toEqual([
      columns.map(({ name }) => inert(name)),
      ...rows.map((row) =>
        columns.map(({ kind }, at) => {
          const cell = cellOf(row[at], kind);
          return cell === null ? '' : typeof cell === 'string' ? inert(cell) : String(cell);
        }),
      ),
    ]);
  });

  test('as JSONL', async () => {
    const { path, columns, rows } = await written('jsonl', ODD);
    const read = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(read).toEqual(
      rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at] ?? null]))),
    );
  });

  test('as Parquet', async () => {
    const { path, columns, rows } = await written('parquet', ODD);
    const read = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
    const plain = read.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          typeof value === 'bigint' ? Number(value) : value,
        ]),
      ),
    );
    expect(plain).toEqual(
      rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at] ?? null]))),
    );
  });

  test('as SQLite', async () => {
    const { path, columns, rows } = await written('sqlite', ODD);
    const database = await openDatabase(path);
    const read = database.prepare('SELECT * FROM results').all();
    database.close();
    expect(read.map((row) => ({ ...row }))).toEqual(
      rows.map((row) =>
        Object.fromEntries(
          columns.map(({ name, kind }, at) => {
            const cell = cellOf(row[at], kind);
            return [name, typeof cell === 'boolean' ? Number(cell) : cell];
          }),
        ),
      ),
    );
  });

  test('for any answers', async () => {
    const value = fc.jsonValue({ maxDepth: 3, noUnicodeString: false });
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 5 }), async (outputs) => {
        const sources = outputs.map((output, at): Source => {
          const json: JsonValue = JSON.parse(JSON.stringify(output));
          return [record({ id: `t${at}`, output: json })];
        });
        const { path, columns } = await written('csv', sources);
        const read: string[][] = parse(readFileSync(path, 'utf8'), { delimiter: ';' });
        expect(read).toHaveLength(sources.length + 1);
        expect(new Set(read.map((row) => row.length))).toEqual(new Set([columns.length]));
        await written('parquet', sources);
        await written('sqlite', sources);
      }),
      { numRuns: 20, examples: [[[{ '\0': { '\0': null }, '\uD800': '\0' }]]] },
    );
  });
});
