import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { complaints } from './support.ts';
import { slipFiles } from './slip-files.ts';

/** The headings of fixtures/slips.md, each with its manifest and Volley's findings. */
function slips(): ReadonlyArray<{ title: string; manifest: string; said: string }> {
  const text = readFileSync(new URL('fixtures/slips.md', import.meta.url), 'utf8');
  return text
    .split('\n## ')
    .slice(1)
    .map((section) => {
      const [, title = '', manifest = '', said = ''] =
        /^(.*)\n\n```yaml\n([^]*?)```\n\n```text\n([^]*?)\n```/.exec(section) ?? [];
      return { title, manifest, said };
    });
}

describe('a manifest with one mistake has one finding, with its place and a hint', () => {
  test.for(slips())('$title', async ({ manifest, said }) => {
    expect(await complaints(manifest, { files: slipFiles })).toBe(said);
    expect(said.match(/^\S+:\d+:\d+: (error|warning) /gm)).toHaveLength(1);
    expect(said).toMatch(/\n  hint: /);
  });

  test('the fixture is read completely', () => {
    expect(slips().length).toBeGreaterThan(60);
    expect(slips().filter(({ said }) => said === '')).toEqual([]);
  });
});
