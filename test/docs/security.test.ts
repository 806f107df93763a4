import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Row {
  readonly threat: string;
  readonly file: string;
  readonly title: string;
}

const rows = [
  ...readFileSync('docs/security.md', 'utf8').matchAll(
    /^\| (T\d+) +\| .+? \| .+? \| \[[^\]]+\]\(([^)]+)\): (.+?) +\| [\d,]+ +\|$/gm,
  ),
].map(([, threat = '', file = '', title = '']): Row => ({ threat, file, title }));

describe('the table of threats', () => {
  it('has a row for each of T1 to T36, in order', () => {
    const all = Array.from({ length: 36 }, (_, at) => `T${at + 1}`);
    expect(rows.map(({ threat }) => threat)).toEqual(all);
  });

  it.each(rows)('$threat names a test that exists: $title', ({ file, title }) => {
    const source = readFileSync(join('docs', file), 'utf8');
    const written = [`'${title}`, `"${title}`, `\`${title}`, `'${title.replaceAll("'", '’')}`];
    expect(written.some((text) => source.includes(text))).toBe(true);
  });
});
