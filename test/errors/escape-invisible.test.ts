import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printable, printableLine } from '../../src/errors/escape-invisible.ts';

describe('printable', () => {
  test.for([
    ['plain text, Grüße, 日本語, 🙂', 'plain text, Grüße, 日本語, 🙂'],
    ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
    ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
    ['over\rwritten', 'over\\rwritten'],
    ['C1 \x9b31m', 'C1 \\x9b31m'],
    ['\u2028 and \u2029', '\\u2028 and \\u2029'],
    ['user\u202Etxt.exe', 'user\\u202etxt.exe'],
    ['zero\u200Bwidth\uFEFF', 'zero\\u200bwidth\\ufeff'],
    ['tag \u{E0041}', 'tag \\u{e0041}'],
    ['lone \uD800 half', 'lone \\ud800 half'],
    ['\0\x7f', '\\x00\\x7f'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
    ['क्\u200dष', 'क्\u200dष'],
    ['👩\u200d💻 and ❤️\u200d🔥', '👩\u200d💻 and ❤️\u200d🔥'],
    [
      'pass\u200dword, é\u200c or é\u200c\u200d\u200cé',
      'pass\\u200dword, é\\u200c or é\\u200c\\u200d\\u200cé',
    ],
  ])('%j is written %j', ([text, written]) => {
    expect(printable(text ?? '')).toBe(written);
  });

  test('a name on one line shows its joiners', () => {
    expect(printableLine('می\u200cخواهم')).toBe('می\\u200cخواهم');
  });

  test('text on one line has neither newlines nor tabs', () => {
    expect(printableLine('a\n::b::\tc')).toBe('a\\n::b::\\tc');
  });

  const characters = [':', '::', '#', '##', '[', '##[', '\n', '\r', ' ', '\t', '\x1b', '\x85'];
  const hostile = fc.string({
    unit: fc.oneof(
      fc.constantFrom(...characters, '\u2028', '\u00a0', '\u200d', '\u3164', '🙂', 'a', ']'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 60,
  });

  test('no text moves the cursor or is invisible', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const shown of [printable(text), printableLine(text)]) {
          expect(shown).not.toMatch(
            /[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\u200b\ufeff]/u,
          );
        }
        expect(printableLine(text)).not.toMatch(/[\n\t]/);
      }),
      { numRuns: 2_000 },
    );
  });

  test('printable text does not change again', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(printable(printable(text))).toBe(printable(text));
      }),
    );
  });

  test('a megabyte of newlines or spaces is fast', () => {
    expect(printable('\n'.repeat(1_000_000))).toHaveLength(1_000_000);
    expect(printable(' '.repeat(1_000_000))).toHaveLength(1_000_000);
  });
});
