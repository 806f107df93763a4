import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { LineTooLongError, splitLineBatches, type Line } from '../../src/ports/lines.ts';
import { pieces } from '../plan/support.ts';

describe('splitLines', () => {
  test.each<[string, string, string[]]>([
    ['line feeds', 'a\nb\n', ['a', 'b']],
    ['a last line without a line break', 'a\nb', ['a', 'b']],
    ['carriage returns, which count only before line feeds', 'a\r\nb\rc\r\n', ['a', 'b\rc']],
    ['blank lines', '\n\na\n', ['', '', 'a']],
    ['nothing in it', '', []],
    ['a byte order mark, which is removed once', '\uFEFFa\n\uFEFFb', ['a', '\uFEFFb']],
    [
      'other separators, which do not count',
      'a\u2028b\u2029c\u0085d\u000be\n',
      ['a\u2028b\u2029c\u0085d\u000be'],
    ],
  ])('splits text with %s', async (_, text, expected) => {
    for (const size of [1, 2, 3, 1000]) {
      expect(await linesOf(Buffer.from(text), size)).toEqual(expected);
    }
  });

  test('gives the same lines for all chunk sizes, whatever characters they cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\n\r]/g, '')),
          { maxLength: 20 },
        ),
        fc.integer({ min: 1, max: 9 }),
        async (lines, size) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const expected = lines.map((line, index) =>
            index === 0 ? line.replace(/^\uFEFF/, '') : line,
          );
          expect(await linesOf(bytes, size)).toEqual(expected);
        },
      ),
    );
  });

  test('counts lines from 1', async () => {
    const numbers: number[] = [];
    for await (const { number } of splitLines(pieces(Buffer.from('a\n\nb'), 2)))
      numbers.push(number);
    expect(numbers).toEqual([1, 2, 3]);
  });

  test('replaces bytes that are not UTF-8', async () => {
    expect(await linesOf(Uint8Array.of(0x61, 0xff, 0x0a, 0xe2, 0x82), 10)).toEqual([
      'a\uFFFD',
      '\uFFFD',
    ]);
  });

  test.each([1, 4, 100])(
    'throws at a line that is too long, after the lines before it, in chunks of %i',
    async (size) => {
      const seen: string[] = [];
      const reading = (async () => {
        const source = pieces(Buffer.from(`ok\n${'x'.repeat(11)}\nmore`), size);
        for await (const { text } of splitLines(source, { maxLineBytes: 10 })) seen.push(text);
      })();
      await expect(reading).rejects.toEqual(new LineTooLongError(2));
      expect(seen).toEqual(['ok']);
    },
  );

  test('throws at an endless line before it has read all of it', async () => {
    const reading = splitLines(endless(), { maxLineBytes: 5000 }).next();
    await expect(reading).rejects.toEqual(new LineTooLongError(1));
  });
});

async function* splitLines(...read: Parameters<typeof splitLineBatches>): AsyncGenerator<Line> {
  for await (const batch of splitLineBatches(...read)) yield* batch;
}

async function linesOf(bytes: Uint8Array, size: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const { text } of splitLines(pieces(bytes, size))) lines.push(text);
  return lines;
}

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield Buffer.alloc(1000, 'x');
}
