import * as fc from 'fast-check';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { boundedRuns, loadTokenizer } from '../../src/money/tokenizer.ts';

const count = await loadTokenizer();
const PROSE = 'The quick brown fox jumps over the lazy dog, and then it sleeps.\n';

describe('counting tokens', () => {
  it.each([
    ['', 0],
    ['Hello, world!', 4],
    ['Привет, мир', 4],
    ['<|endoftext|>', 7],
  ])('of %j gives %d', (text, tokens) => {
    expect(count(text)).toBe(tokens);
  });

  it('is exact for text with words in it, of any length', () => {
    const text = PROSE.repeat(2000);
    expect(count(text)).toBe(countTokens(text));
    expect([...boundedRuns(text)]).toHaveLength(1);
  });

  it('is within 0.3% for minified JSON, which has no word breaks', () => {
    const rows = Array.from({ length: 400 }, (_, id) => ({
      id,
      name: `row-${id * 7919}`,
      ok: true,
    }));
    const text = JSON.stringify(rows);
    const exact = countTokens(text);
    expect(Math.abs(count(text) - exact) / exact).toBeLessThan(0.003);
  });

  // The bare tokenizer takes minutes for each of these: it needs quadratic time, and there are
  // 100,000 characters.
  it.each([
    ['one letter', 'a'],
    ['one letter in both cases', 'aA'],
    ['letters and digits', 'a1'],
    ['an equals sign', '='],
    ['blanks', ' '],
    ['line ends', '\r\n'],
    ['slashed line ends', '/\n'],
    ['unusual spaces', '\u00a0\u2003'],
    ['blank and mark', ' \u0301'],
    ['Chinese', '漢字'],
    ['emoji', '😀'],
    ['invisible marks', '\u200b'],
    ['lone surrogates', '\udc00'],
  ])('of a long run of %s terminates', (_what, unit) => {
    const text = unit.repeat(100_000 / unit.length);
    expect(count(text)).toBeGreaterThan(0);
    expect(count(text)).toBeLessThanOrEqual(Buffer.byteLength(text));
  });

  it('terminates for random letters without a word break', () => {
    let state = 1;
    const letters = Array.from({ length: 200_000 }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return String.fromCharCode(97 + (state % 26));
    });
    expect(count(letters.join(''))).toBeGreaterThan(50_000);
  });
});

describe('the pieces of a string', () => {
  it('add up to the text, never split a character, and are never long if there is a word boundary', () => {
    const unit = fc.constantFrom('a', 'Ж', '漢', '😀', ' ', '\n', '=', '\u00a0', 'word ', "'");
    const run = fc.tuple(unit, fc.nat(1500)).map(([text, times]) => text.repeat(times));
    fc.assert(
      fc.property(fc.array(run, { maxLength: 6 }), (runs) => {
        const text = runs.join('');
        const pieces = [...boundedRuns(text)];
        expect(pieces.join('')).toBe(text);
        for (const piece of pieces) {
          expect(piece.isWellFormed()).toBe(true);
          for (const stretch of piece.split(/(?<=[ \n])(?=[\p{L}\p{N}])/u)) {
            expect(stretch.length).toBeLessThanOrEqual(514);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
