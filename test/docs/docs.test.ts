import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const DOCS = ['README.md', 'SECURITY.md', ...list('docs'), ...list('docs/decisions')];

describe('the docs', () => {
  it.each(DOCS)('%s links to files that exist', (file) => {
    const links = [...readFileSync(file, 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^https?:/.test(link));
    expect(links.filter((link) => !existsSync(join(dirname(file), link)))).toEqual([]);
  });

  it.each(guides())('%s names files that exist', (file) => {
    const folder = dirname(file);
    const named = [...readFileSync(file, 'utf8').matchAll(/`([\w./-]+\.(?:ts|json))`/g)];
    const missing = named
      .map(([, name = '']) => name)
      .filter((name) => ![folder, 'src', '.'].some((from) => existsSync(join(from, name))));
    expect(missing).toEqual([]);
  });

  it('name every code of a record, and no other', () => {
    expect(codesIn('Codes of a record')).toEqual(unionIn('src/errors/failure.ts', 'FailureCode'));
  });

  it('name every code of a finding, and no other', () => {
    expect(codesIn('Codes of a finding')).toEqual(unionIn('src/errors/finding.ts', 'FindingCode'));
  });

  it('give each decision a number of its own', () => {
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

/** First cells of the table under a heading. */
function codesIn(heading: string): string[] {
  const section = readFileSync('docs/errors.md', 'utf8')
    .split(`## ${heading}`)[1]
    ?.split('\n## ')[0];
  return [...(section ?? '').matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, code = '']) => code);
}

/** The words of a union type, read from its source. */
function unionIn(file: string, type: string): string[] {
  const body = readFileSync(file, 'utf8').split(`export type ${type} =`)[1]?.split(';')[0];
  return [...(body ?? '').matchAll(/'([A-Z_]+)'/g)].map(([, code = '']) => code);
}
