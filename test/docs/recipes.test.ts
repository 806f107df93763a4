import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.ts';
import { errorCount } from '../../src/errors/finding.ts';
import { checkRows } from '../../src/run/check-rows.ts';
import { loadManifest } from '../../src/run/library.ts';
import { folder } from '../support/cli.ts';

const PAGES = ['docs/cookbook.md', 'docs/providers.md', 'docs/troubleshooting.md'];

const blocks = PAGES.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', text = '']) => ({ page, language, text }),
  ),
);

const FILES: Readonly<Record<string, string>> = {
  'docs/rules.md': 'Be kind.\n',
  'tickets.csv': 'Ticket ID,text\nA-1,It broke.\n',
  'questions.jsonl': '{"question":"What is 2+2?"}\n',
  'reports/one.pdf': '%PDF-1.4\n%%EOF\n',
};

describe('a recipe', () => {
  const manifests = blocks.filter(({ language }) => language === 'yaml');

  test.each(manifests.map(({ page, text }) => [page, text]))(
    'in %s is a valid manifest, or part of one: %s',
    async (_, text) => {
      const tasks = /^tasks:/m.test(text) ? '' : '\ndefaults: { model: mock/small }\ntasks: [hi]\n';
      const cwd = folder();
      for (const [name, content] of Object.entries({ ...FILES, 'm.yaml': text + tasks })) {
        mkdirSync(dirname(join(cwd, name)), { recursive: true });
        writeFileSync(join(cwd, name), content);
      }
      const loaded = await loadManifest(join(cwd, 'm.yaml'), {
        readStandardInput: async () => Buffer.from('docs/rules.md\n'),
      });
      const { findings } = await checkRows(loaded, { epochMs: Date.parse('2026-11-30') });
      expect([...loaded.warnings, ...findings].filter((each) => errorCount([each]) > 0)).toEqual(
        [],
      );
    },
  );

  const commands = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n'))
    .flatMap((line) => /(?:^|\| )volley (.*?)(?: >>.*| #.*)?$/.exec(line)?.[1] ?? []);

  test.each(commands)('has a command that Volley understands: volley %s', (line) => {
    expect(() => parseArguments(line.split(/\s+/))).not.toThrow();
  });

  test('is found more than ten times', () => {
    expect([manifests.length, commands.length].every((count) => count > 10)).toBe(true);
  });
});
