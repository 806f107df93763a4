import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom, type Random } from '../../src/ports/random.ts';
import { DICTIONARY } from './dictionary.ts';
import { generated } from './from-schema.ts';
import { below, pick } from './pick.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The examples and the files that they read, by name. */
export const EXAMPLES: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(join(ROOT, 'examples'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => [relative(join(ROOT, 'examples'), path), readFileSync(path, 'utf8')]),
);

/**
 * Manifests to mutate: valid ones from the examples, and invalid ones from the tests of the loader.
 */
const GOOD = Object.entries(EXAMPLES).flatMap(([name, text]) =>
  /^[^/]*\.yaml$/.test(name) ? text : [],
);
const BAD = fixtures();

function seed(random: Random): string {
  return pick(random() < 0.6 ? GOOD : BAD, random);
}

function fixtures(): readonly string[] {
  const text = readFileSync(join(ROOT, 'test/manifest/fixtures/slips.md'), 'utf8');
  return [...text.matchAll(/```yaml\n([^]*?)```/g)].map(([, manifest = '']) => manifest);
}

export interface FuzzCase {
  readonly kind: 'mutated' | 'generated';
  readonly text: string;
}

/** The same number always gives the same case. */
export function caseOf(number: number): FuzzCase {
  const random = seededRandom(number * 2_654_435_761);
  if (random() < 0.5) return { kind: 'generated', text: generated(random) };
  return { kind: 'mutated', text: mutated(seed(random), random) };
}

function mutated(from: string, random: Random): string {
  let text = from;
  for (let left = 1 + below(8, random); left > 0; left--)
    text = pick(MUTATIONS, random)(text, random);
  return text.slice(0, 300_000);
}

type Mutation = (text: string, random: Random) => string;

const MUTATIONS: readonly Mutation[] = [
  // Insert, replace or delete a token.
  (text, random) => splice(text, tokenAt(text, random).start, 0, pick(DICTIONARY, random)),
  (text, random) => {
    const { start, length } = tokenAt(text, random);
    return splice(text, start, length, pick(DICTIONARY, random));
  },
  (text, random) => {
    const { start, length } = tokenAt(text, random);
    return splice(text, start, length, '');
  },
  // Repeat a line, delete a line, or change its indentation.
  (text, random) =>
    onLines(text, (lines) => lines.splice(below(lines.length, random), 0, pick(lines, random))),
  (text, random) => onLines(text, (lines) => lines.splice(below(lines.length, random), 1)),
  (text, random) =>
    onLines(text, (lines) => {
      const at = below(lines.length, random);
      lines[at] = ' '.repeat(below(6, random)) + (lines[at] ?? '').trimStart();
    }),
  // Continue with the end of another manifest.
  (text, random) => {
    const other = seed(random);
    return text.slice(0, below(text.length + 1, random)) + other.slice(below(other.length, random));
  },
  // Replace a character with another one.
  (text, random) =>
    splice(text, below(text.length + 1, random), 1, String.fromCharCode(below(0x3000, random))),
  // Repeat a piece many times, to reveal code that takes quadratic time.
  (text, random) => {
    if (random() < 0.8) return text;
    const start = below(text.length, random);
    const piece = text.slice(start, start + 1 + below(40, random));
    return splice(text, start, 0, piece.repeat(below(3000, random)));
  },
];

function tokenAt(
  text: string,
  random: Random,
): { readonly start: number; readonly length: number } {
  const from = below(text.length + 1, random);
  const token = /\w+|\s+|[^\w\s]/.exec(text.slice(from));
  return { start: from + (token?.index ?? 0), length: token?.[0].length ?? 0 };
}

function splice(text: string, at: number, drop: number, put: string): string {
  return text.slice(0, at) + put + text.slice(at + drop);
}

function onLines(text: string, change: (lines: string[]) => void): string {
  const lines = text.split('\n');
  change(lines);
  return lines.join('\n');
}
