import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sanitized } from '../../src/errors/terminal-safe.ts';
import { safeJson } from '../../src/results/serialize.ts';
import { commandsIn, controlsIn } from '../support/log-commands.ts';
import { scaled } from '../support/scale.ts';

const PIECES = [
  '::',
  '::error::',
  '::stop-commands::x',
  '##[',
  '##[error]',
  '##vso[task.setvariable variable=x]y',
  '##teamcity[',
  '#',
  '##',
  'vso[',
  '[',
  'section_start:1:a\r\u001b[0K',
  'section_end:',
  'travis_fold:start:x',
  '--- ',
  '+++ ',
  '~~~ ',
  '^^^ +++',
  '---',
  '\u001b[31m',
  '\u001b[2J',
  '\u001b]0;title\u0007',
  '\u001b]8;;http://x\u0007',
  '\u001b',
  '\u009b31m',
  '\r',
  '\n',
  '\r\n',
  '\t',
  ' ',
  '\u00a0',
  '\u2003',
  '\ufeff',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2066',
  '\u0000',
  '\u007f',
  '"',
  '\\',
  'a',
  ':',
  '-',
] as const;

const hostile = fc.string({
  unit: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...PIECES) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
  ),
  maxLength: 16,
});

describe('written text', () => {
  test.each<[string, string]>([
    ['plain text, Grüße, 日本語, 👩‍👩‍👧', 'plain text, Grüße, 日本語, 👩‍👩‍👧'],
    ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
    ['\u001b[31mours\u001b[39m', '\u001b[31mours\u001b[39m'],
    ['\u001b[2Jtheirs', '\\u001b[2Jtheirs'],
    ['\u001b[8mhidden', '\\u001b[8mhidden'],
    ['over\rwritten', 'over\\u000dwritten'],
    ['::set-env name=x::y', ':\\u003aset-env name=x::y'],
    ['a\n \u00a0 ::add-mask::b', 'a\n \u00a0 :\\u003aadd-mask::b'],
    ['\u001b[31m::error::x', '\u001b[31m:\\u003aerror::x'],
    ['in a::line', 'in a::line'],
    ['text ##[set-env name=x]y', 'text ##\\u005bset-env name=x]y'],
    ['x ##vso[task.complete]', 'x ##vso\\u005btask.complete]'],
    ['##teamcity[buildStop]', '##teamcity\\u005bbuildStop]'],
    ['section_start:1:x', 'section_start\\u003a1:x'],
    ['--- a group', '--\\u002d a group'],
    ['---', '---'],
    ['# heading', '# heading'],
    ['#[derive(Debug)]', '#[derive(Debug)]'],
  ])('%j is written %j', (text, written) => {
    expect(sanitized(text)).toBe(written);
  });

  test('keeps headings of Buildkite if escaping them is disabled', () => {
    expect(sanitized('--- a/file\n::x::', { hasHeadings: false })).toBe('--- a/file\n:\\u003ax::');
  });

  test('may move the cursor only if it is a frame, like the tree', () => {
    const frame =
      '\u001b[?25l\u001b[?7l\r\u001b[2Aline\u001b[K\n\u001b[J\u001b[?7h\u001b[?25h\u001b7';
    expect(sanitized(frame, { kind: 'frame' })).toBe(frame);
    expect(sanitized('\u001b8\r\u001b[J', { kind: 'frame' })).toBe('\u001b8\r\u001b[J');
    expect(controlsIn(sanitized(frame))).toEqual([]);
    expect(sanitized('a\rb\u001b[2J', { kind: 'frame' })).toBe('a\\u000db\\u001b[2J');
  });

  test('is a command to a CI system only if Volley sends one, on one line', () => {
    const command = '::error file=a::##[x]\n';
    expect(sanitized(command, { kind: 'command' })).toBe('::error file=a::##\\u005bx]\n');
    expect(() => sanitized('a\n', { kind: 'command' })).toThrow('one line');
    expect(() => sanitized('::a::\n::b::\n', { kind: 'command' })).toThrow('one line');
  });

  test('contains no command, and does not change a second time', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = sanitized(text);
        expect(commandsIn(shown)).toEqual([]);
        expect(controlsIn(shown)).toEqual([]);
        expect(sanitized(shown)).toBe(shown);
      }),
      { numRuns: scaled(3_000, 10_000) },
    );
  }, 120_000);

  test('contains no command as JSON and keeps its value, on one line or several', () => {
    fc.assert(
      fc.property(hostile, hostile, fc.constantFrom(0, 2), (key, text, indent) => {
        const value = { [key]: text, list: [text, { text }] };
        const shown = safeJson(value, { indent });
        expect(commandsIn(shown)).toEqual([]);
        expect(controlsIn(shown)).toEqual([]);
        expect(shown).not.toContain('#[');
        expect(shown.isWellFormed()).toBe(true);
        expect(JSON.parse(shown)).toEqual(JSON.parse(JSON.stringify(value)));
        // The output stream does not change the text again.
        expect(sanitized(shown)).toBe(shown);
        if (indent === 0) expect(shown).not.toContain('\n');
      }),
      { numRuns: scaled(3_000, 10_000) },
    );
  }, 120_000);

  test.each(['\n', ' ', '#', ':', '-', '\u001b[31m', '##a', '[', 'section_', '- '])(
    'with a megabyte of %j is fast',
    (piece) => {
      const shown = sanitized(piece.repeat(Math.ceil(1_000_000 / piece.length)));
      expect(shown.length).toBeGreaterThanOrEqual(1_000_000);
    },
  );
});
