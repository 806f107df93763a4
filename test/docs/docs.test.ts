import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const DOCS = ['README.md', 'SECURITY.md', ...list('docs'), ...list('docs/decisions')];

describe('the docs', () => {
  it.each(DOCS)('link only to files that exist: %s', (file) => {
    const links = [...readFileSync(file, 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^https?:/.test(link));
    expect(links.filter((link) => !existsSync(join(dirname(file), link)))).toEqual([]);
  });

  it.each(guides())('name only files that exist: %s', (file) => {
    const folder = dirname(file);
    const named = [...readFileSync(file, 'utf8').matchAll(/`([\w./-]+\.(?:ts|json))`/g)];
    const missing = named
      .map(([, name = '']) => name)
      .filter((name) => ![folder, 'src', '.'].some((from) => existsSync(join(from, name))));
    expect(missing).toEqual([]);
  });

  it('list every code of a record, and no others', () => {
    expect(codesIn('Codes of a record')).toEqual(unionIn('src/errors/failure.ts', 'FailureCode'));
  });

  it('list every code of a finding, and no others', () => {
    expect(codesIn('Codes of a finding')).toEqual(unionIn('src/errors/finding.ts', 'FindingCode'));
  });

  it('give each decision its own number', () => {
    const numbers = list('docs/decisions').map((file) => /(\d{4})-/.exec(file)?.[1]);
    expect(numbers).not.toContain(undefined);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

function list(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
}

function guides(): string[] {
  return readdirSync('src')
    .map((folder) => join('src', folder, 'README.md'))
    .filter((file) => existsSync(file));
}

/** The first cell of each row in the table under a heading. */
function codesIn(heading: string): string[] {
  const section = readFileSync('docs/errors.md', 'utf8')
    .split(`## ${heading}`)[1]
    ?.split('\n## ')[0];
  return [...(section ?? '').matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, code = '']) => code);
}

/** The members of a union type, read from its source. */
function unionIn(file: string, type: string): string[] {
  const body = readFileSync(file, 'utf8').split(`export type ${type} =`)[1]?.split(';')[0];
  return [...(body ?? '').matchAll(/'([A-Z_]+)'/g)].map(([, code = '']) => code);
}
