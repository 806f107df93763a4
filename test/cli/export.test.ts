import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder, shell, volley } from '../support/cli.ts';

const MANIFEST = `defaults: { model: mock/small }
providers: { mock: { mock: { answer: yes, latency: 1ms } } }
tasks:
  - { id: a, for_each: { file: rows.csv, key: Nr }, prompt: "{{ item.Text }}" }
  - { id: b, for_each: { file: rows.csv, key: Nr }, prompt: "again {{ item.Text }}" }
`;

async function ran(...flags: string[]) {
  const cwd = folder({
    'm.yaml': MANIFEST.replace('answer: yes', 'answer: "=1+1"'),
    'rows.csv': 'Nr;Text\n1;Grüße\n2;zwei, drei\n',
    'turned.csv': 'Nr;Text\n2;zwei, drei\n1;Grüße\n',
  });
  const run = await volley(['run', 'm.yaml', '-o', 'r.jsonl', '-q', ...flags], { cwd });
  expect(run.code, run.stderr).toBe(0);
  const exported = async (...more: string[]) => {
    const args = ['export', 'r.jsonl', '--to', 't.csv', '--columns', 'Nr,Text,id,output', ...more];
    const { code, stderr } = await volley(args, { cwd });
    return { code, stderr, text: code === 0 ? readFileSync(join(cwd, 't.csv'), 'utf8') : '' };
  };
  return { cwd, exported };
}

const TABLE = `Nr,Text,id,output
1,Grüße,a@1,'=1+1
2,"zwei, drei",a@2,'=1+1
1,Grüße,b@1,'=1+1
2,"zwei, drei",b@2,'=1+1
`;

test('a table joins the input rows by key, from the manifest or a file in any order', async () => {
  const { exported } = await ran();
  expect((await exported('--manifest', 'm.yaml')).text).toBe(TABLE);
  const again = await exported('--manifest', 'm.yaml');
  expect([again.code, again.stderr]).toEqual([
    2,
    expect.stringContaining('`t.csv` already exists'),
  ]);
  expect((await exported('--rows', 'rows.csv', '--overwrite')).stderr).toBe(
    'volley: `--rows rows.csv` has no row with the key of any record in `r.jsonl`\n  hint: set the key column with `--key`: Nr, Text\n',
  );
  for (const rows of ['rows.csv', 'turned.csv']) {
    expect((await exported('--rows', rows, '--key', 'Nr', '--overwrite')).text).toBe(TABLE);
  }
}, 20_000);

test('a table includes the rows in the records, and a note says if there are none', async () => {
  const { cwd } = await ran('--include', 'item');
  const args = ['export', 'r.jsonl', '--to', 't.csv', '--bom', '--delimiter', ';'];
  const { stderr } = await volley(args, { cwd });
  expect(stderr).toBe('volley: wrote 4 rows and 25 columns to `t.csv`\n');
  expect(readFileSync(join(cwd, 't.csv'), 'utf8')).toMatch(/^\ufeffNr;Text;id;task;key;/);
  const { cwd: bare } = await ran();
  const without = await volley(['export', 'r.jsonl', '--to', 't.tsv'], { cwd: bare });
  expect(without.stderr).toContain('the input rows are not in the results: add them with');
}, 20_000);

test.each([
  [['--to', 't.xlsx'], 'end it in `.csv`, which spreadsheets open'],
  [[], 'write `--to r.csv`'],
  [['--to', 'rows.csv', '--overwrite', '--manifest', 'm.yaml'], 'is read by this command'],
  [['--to', 't.tsv', '--bom'], '`--bom` is for CSV, but `t.tsv` is tsv'],
  [['--to', 't.csv', '--columns', 'outptu'], 'there is no column `outptu`'],
  [['--to', 't.csv', '--key', 'Nr'], '`--key` needs `--rows`'],
  [
    ['--to', 't.csv', '--rows', 'no.csv'],
    'volley: `--rows`: there is no file `no.csv`\n  hint: check the path: it is relative to the current folder\n',
  ],
])('export %j is refused', async (flags, message) => {
  const cwd = folder({
    'm.yaml': MANIFEST.replace('prompt: "{{', 'prompt: "x {{'),
    'rows.csv': 'Nr;Text\n1;a\n',
    'r.jsonl': '',
  });
  const { code, stderr } = await volley(['export', 'r.jsonl', ...flags], { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});

test('a full disk ends an export to SQLite with 74 and leaves no file', async () => {
  const { cwd } = await ran();
  const run = await shell('ulimit -f 1; volley export r.jsonl --to t.sqlite', { cwd });
  expect([run.code, run.stderr]).toEqual([74, expect.stringContaining('cannot write `t.sqlite`')]);
  expect(readdirSync(cwd).filter((name) => name.startsWith('t.'))).toEqual([]);
});
