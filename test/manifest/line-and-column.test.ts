import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseYaml } from '../../src/manifest/parse-yaml.ts';
import { linesOf, writtenAt } from '../../src/manifest/line-and-column.ts';
import { nodeAt } from '../../src/manifest/source-node.ts';

describe('the place of a character in a scalar', () => {
  const unit = fc.constantFrom(...Array.from('abc \n"\'\\:#é日🙂\t{}'));
  const styles = fc.constantFrom(
    'PLAIN',
    'QUOTE_SINGLE',
    'QUOTE_DOUBLE',
    'BLOCK_LITERAL',
    'BLOCK_FOLDED',
  );

  test('is where that character was written, in every style and width', () => {
    fc.assert(
      fc.property(
        fc.string({ unit, maxLength: 60 }),
        styles,
        fc.constantFrom(0, 20, 40),
        fc.constantFrom(1, 2, 5),
        (value, defaultStringType, lineWidth, indent) => {
          const text = stringify({ a: [{ b: value }] }, { defaultStringType, lineWidth, indent });
          const { root } = parseYaml(text);
          const node = root && nodeAt(root, ['a', 0, 'b']);
          // A block cannot represent every text, so compare with the parsed text.
          if (node?.kind !== 'scalar' || typeof node.value !== 'string') return fc.pre(false);
          const written = writtenAt(node, text);
          for (const [offset, character] of node.value.split('').entries()) {
            if (/\s/.test(character)) continue;
            const at = written(offset);
            const isEscape = node.style === 'double' && text[at] === '\\';
            if (!isEscape) expect(text[at]).toBe(character);
            if (offset > 0) expect(at).toBeGreaterThanOrEqual(written(offset - 1));
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('counts lines and columns from 1', () => {
    const lines = linesOf('m.yaml', 'ab\ncd\r\n\nef');
    expect(
      [0, 1, 2, 3, 5, 7, 8, 10, 99].map((offset) => {
        const { line, column } = lines.place(offset);
        return `${line}:${column}`;
      }),
    ).toEqual(['1:1', '1:2', '1:3', '2:1', '2:3', '3:1', '4:1', '4:3', '4:3']);
  });

  test('has an end column only if it ends on the same line', () => {
    const lines = linesOf('m.yaml', 'abc\ndef');
    expect(lines.place(1, 3)).toEqual({ file: 'm.yaml', line: 1, column: 2, endColumn: 4 });
    expect(lines.place(1, 5)).toEqual({ file: 'm.yaml', line: 1, column: 2 });
    expect(lines.place(4, 7)).toEqual({ file: 'm.yaml', line: 2, column: 1, endColumn: 4 });
  });
});
