import { describe, expect, test } from 'vitest';
import { COMMAND_NAMES } from '../../src/cli/command-specs.ts';
import { parseArguments } from '../../src/cli/arguments.ts';
import { flagsOf } from '../../src/cli/flags.ts';
import { helpAskedFor } from '../../src/cli/help.ts';
import { FLAG_SYNONYMS } from '../../src/cli/synonyms.ts';

describe.each([40, 80, 200])('at %i columns', (columns) => {
  test.each([[], ...COMMAND_NAMES.map((name) => [name])])(
    'help %s never breaks a word',
    (...words) => {
      const help = helpAskedFor(['help', ...words], { columns }) ?? '';
      const wide = helpAskedFor(['help', ...words]) ?? '';
      expect(wordsOf(help)).toEqual(wordsOf(wide));
      const tooWide = help.split('\n').filter((line) => line.length > columns);
      // Lines that users copy, such as examples, are not broken.
      expect(
        tooWide.filter((line) => !/^ {2}(?:volley|-| {4}--|git|echo|\w+ \[)/.test(line)),
      ).toEqual([]);
    },
  );
});

test.each(COMMAND_NAMES)('`help %s` lists each of its flags once, as `%s --help` does', (name) => {
  const help = helpAskedFor(['help', name]) ?? '';
  expect(helpAskedFor([name, '--help'])).toBe(help);
  for (const { name: flag } of flagsOf(name)) {
    const rows = help
      .split('\n')
      .filter((line) => new RegExp(`^ {2}(-., | {4})--(\\[no-\\])?${flag}( |\\[|$)`).test(line));
    expect(rows, flag).toHaveLength(1);
  }
});

test('a default is shown', () => {
  expect(helpAskedFor(['run', '--help'])).toContain(
    'Maximum requests in flight across all providers (default: 64)',
  );
});

test('help has no color if color is off, and bold titles if it is on', () => {
  expect(helpAskedFor([])).not.toContain('\u001b');
  expect(helpAskedFor([], { color: true })).toContain('\u001b[1mUsage:');
});

const ofRun = [...FLAG_SYNONYMS].filter(
  ([word, meant]) => word.length > 1 && meant.some((name) => name !== 'to'),
);

test('`-o` gets the suggestion `--to` for commands with that flag', () => {
  expect(() => parseArguments(['export', 'r.jsonl', '-o', 'r.csv'])).toThrow(
    expect.objectContaining({ hint: 'did you mean `--to`?' }),
  );
});

test.each(ofRun)('`--%s` gets the flag that was probably meant as a suggestion', (word, meant) => {
  const flag = meant.find((name) => flagsOf('run').some((known) => known.name === name));
  expect(flag).toBeDefined();
  expect(() => parseArguments(['run', 'x.yaml', `--${word}`])).toThrow(
    expect.objectContaining({ hint: `did you mean \`--${flag}\`?` }),
  );
});

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/);
}

test('an unknown command has no help', () => {
  expect(helpAskedFor(['help', 'rum'])).toBeUndefined();
  expect(helpAskedFor(['rum', '--help'])).toBeUndefined();
  expect(helpAskedFor(['help', 'help'])).toBe(helpAskedFor([]));
});

test('help ends with the address of the docs', () => {
  const address = 'https://example.com/volley#readme';
  const help = helpAskedFor(['--help'], { docs: () => address });
  expect(help).toContain(`\nDocs:\n  ${address}\n`);
});
