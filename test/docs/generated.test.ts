import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generatedParts, withPart } from '../../scripts/generate-docs.ts';
import { COMMAND_NAMES } from '../../src/cli/command-specs.ts';
import { flagsOf } from '../../src/cli/flags.ts';

/** Removes the padding that the formatter adds to tables. */
function unpadded(text: string): string {
  return text.replaceAll(/-{3,}/g, '---').replaceAll(/ +/g, ' ');
}

describe('generated docs', () => {
  it.each(generatedParts())('match what `npm run generate` writes: %s', (page, part) => {
    const text = readFileSync(page, 'utf8');
    expect(unpadded(text)).toBe(unpadded(withPart(text, part)));
  });

  it('have every command and each of its flags', () => {
    const sections = readFileSync('docs/cli.md', 'utf8').split('\n### volley ');
    for (const name of COMMAND_NAMES) {
      const section = sections.find((text) => text.startsWith(`${name}\n`)) ?? '';
      expect(
        flagsOf(name).filter((flag) => !section.includes(`\`--${flag.name}`)),
        name,
      ).toEqual([]);
    }
  });

  it('have every key of the schema, at any depth', () => {
    const page = readFileSync('docs/manifest.md', 'utf8');
    const schema: unknown = JSON.parse(readFileSync('schemas/manifest.schema.json', 'utf8'));
    const missing = [...keysIn(schema)].filter((key) => !page.includes(`| \`${key}\``));
    expect(missing).toEqual([]);
  });
});

function keysIn(schema: unknown, keys = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return keys;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'examples') continue;
    if (key === 'properties') for (const name of Object.keys(value)) keys.add(name);
    keysIn(value, keys);
  }
  return keys;
}
