import { stripVTControlCharacters } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawFrame, formatFinding, githubAnnotation } from '../../src/errors/code-frame.ts';
import { sanitized } from '../../src/errors/terminal-safe.ts';
import type { Finding } from '../../src/errors/finding.ts';

/** The lines of the frame that marks `needle`. */
function frameOf(text: string, needle: string): readonly string[] {
  const offset = text.indexOf(needle);
  const before = text.slice(0, offset).split('\n');
  const column = (before.at(-1) ?? '').length + 1;
  const place = { file: 'm.yaml', line: before.length, column, endColumn: column + needle.length };
  return drawFrame(text, place).split('\n');
}

describe('drawFrame', () => {
  test('shows one line before and after, and a caret below the place', () => {
    expect(frameOf('one\ntwo three four\nfive\nsix\n', 'three')).toEqual([
      '1 | one',
      '2 | two three four',
      '  |     ^^^^^',
      '3 | five',
    ]);
  });

  test('aligns line numbers of different lengths, without trailing spaces', () => {
    const text = `${'\n'.repeat(8)}x: 1\n\n`;
    expect(frameOf(text, 'x')).toEqual([' 8 |', ' 9 | x: 1', '   | ^', '10 |']);
  });

  test('a tab is two columns wide', () => {
    expect(frameOf('\ta\tbad', 'bad')).toEqual(['1 |   a  bad', '  |      ^^^']);
  });

  test('a wide character is two columns wide, and a combining sequence is one character', () => {
    expect(frameOf('日本 e\u0301 🙂 bad', 'bad')).toEqual([
      '1 | 日本 e\u0301 🙂 bad',
      '  |           ^^^',
    ]);
    expect(frameOf('a 日本 b', '日本')).toEqual(['1 | a 日本 b', '  |   ^^^^']);
  });

  test('control characters are escaped, and the caret moves accordingly', () => {
    expect(frameOf('\x1b[31m\u202E bad', 'bad')).toEqual([
      '1 | \\x1b[31m\\u202e bad',
      `  | ${' '.repeat(15)}^^^`,
    ]);
  });

  test('a long line is shown around the place', () => {
    const text = `${'a'.repeat(100)}BAD${'b'.repeat(100)}`;
    expect(frameOf(text, 'BAD')).toEqual([
      `1 | …${'a'.repeat(36)}BAD${'b'.repeat(33)}…`,
      `  | ${' '.repeat(37)}^^^`,
    ]);
  });

  test('a byte order mark takes no column', () => {
    const place = { file: 'm', line: 1, column: 1, endColumn: 2 };
    expect(drawFrame('\uFEFFabc', place)).toBe('1 | abc\n  | ^');
  });

  test('a place after the end of a line has a caret there', () => {
    expect(drawFrame('abc\n', { file: 'm', line: 1, column: 4 })).toBe('1 | abc\n  |    ^');
  });

  test('a place outside the text has no frame', () => {
    expect(drawFrame('abc\n', { file: 'm', line: 9, column: 1 })).toBe('');
  });

  test('Windows line endings are not shown', () => {
    expect(frameOf('one\r\ntwo\r\n', 'two')).toEqual(['1 | one', '2 | two', '  | ^^^']);
  });

  test('no indented line is wider than 80 columns, the caret is always shown, nothing throws', () => {
    const unit = fc.oneof(
      fc.constantFrom('a', ' ', '\t', '日', '🙂', 'e\u0301', '\x1b', '\n', '\uD800', '👩‍👩‍👧'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    );
    const text = fc.string({ unit, maxLength: 300 });
    fc.assert(
      fc.property(text, fc.nat(10), fc.nat(400), fc.nat(400), (given, line, column, length) => {
        const place = { file: 'm', line: line + 1, column: column + 1 };
        const frame = drawFrame(given, { ...place, endColumn: place.column + length });
        if (frame === '') return;
        expect(frame).toMatch(/^ *\| *\^+$/m);
        for (const each of frame.split('\n')) {
          expect(each).toBe(stripVTControlCharacters(each));
          expect(each).toBe(each.trimEnd());
          if (!/[^\x20-\x7e…]/.test(each)) expect(each.length).toBeLessThanOrEqual(78);
        }
      }),
      { numRuns: 400 },
    );
  });
});

const FINDING: Finding = {
  code: 'UNKNOWN_KEY',
  severity: 'error',
  message: 'unknown key `promt` in task 1',
  hint: 'did you mean `prompt`?',
  place: { file: 'm.yaml', line: 3, column: 5, endColumn: 10 },
  frame: '3 |   - promt: x\n  |     ^^^^^',
};

describe('formatFinding', () => {
  test('has the place, the problem and the hint', () => {
    expect(formatFinding(FINDING, { color: false })).toBe(
      [
        'm.yaml:3:5: error UNKNOWN_KEY: unknown key `promt` in task 1',
        '  3 |   - promt: x',
        '    |     ^^^^^',
        '  hint: did you mean `prompt`?',
      ].join('\n'),
    );
  });

  test('the text is the same with color as without', () => {
    const colored = formatFinding(FINDING, { color: true });
    expect(colored).toContain('\x1b[31merror UNKNOWN_KEY');
    expect(stripVTControlCharacters(colored)).toBe(formatFinding(FINDING, { color: false }));
  });

  test('nothing in a finding reaches the terminal as a command', () => {
    const finding = {
      ...FINDING,
      message: 'a\n::set-env name=x::y \x1b[2J',
      place: { ...FINDING.place, file: '::error::\x1b' },
    };
    expect(sanitized(formatFinding(finding, { color: false })).split('\n')[0]).toBe(
      ':\\u003aerror::\\x1b:3:5: error UNKNOWN_KEY: a\\n::set-env name=x::y \\x1b[2J',
    );
  });
});

describe('githubAnnotation', () => {
  test('marks the place', () => {
    expect(githubAnnotation(FINDING)).toBe(
      '::error file=m.yaml,line=3,col=5,endColumn=10,title=UNKNOWN_KEY::unknown key `promt` in task 1 (did you mean `prompt`?)',
    );
  });

  test('is one line for any finding', () => {
    const { hint: _hint, ...finding } = FINDING;
    const annotation = githubAnnotation({
      ...finding,
      severity: 'warning',
      message: '100% a\n::error::b',
      place: { file: 'a,b:c%\n.yaml', line: 1, column: 2 },
    });
    expect(annotation).toBe(
      '::warning file=a%2Cb%3Ac%25\\n.yaml,line=1,col=2,title=UNKNOWN_KEY::100%25 a\\n::error::b',
    );
  });
});
