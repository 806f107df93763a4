import { expect, test } from 'vitest';
import { printFindingsTo } from '../../src/cli/print-findings.ts';
import { drawFrame } from '../../src/errors/code-frame.ts';

const LINE =
  'tasks: [{ for_each: [some, rows], prompt: "a long prompt", promt: hi, needs: [other] }]';

test.each([
  [
    30,
    [
      'volley.yaml:1:60: error',
      '    UNKNOWN_KEY: unknown key',
      '    `promt` in task 1',
      '  1 | prompt", promt: hi, nee…',
      '    |          ^^^^^',
      '  hint: did you mean `prompt`?',
    ],
  ],
  [
    80,
    [
      'volley.yaml:1:60: error UNKNOWN_KEY: unknown key `promt` in task 1',
      '  1 | tasks: [{ for_each: [some, rows], prompt: "a long prompt", promt: hi, nee…',
      '    |                                                            ^^^^^',
      '  hint: did you mean `prompt`?',
    ],
  ],
])(
  'at %i columns a finding is not broken inside a word, and its caret points at it',
  async (columns, expected) => {
    const place = { file: 'volley.yaml', line: 1, column: LINE.indexOf('promt') + 1 };
    const frame = drawFrame(LINE, { ...place, endColumn: place.column + 5 });
    let text = '';
    const output = {
      columns: () => columns,
      write: async (more: string) => {
        text += more;
      },
    };
    await printFindingsTo(
      output,
      [
        {
          code: 'UNKNOWN_KEY',
          severity: 'error',
          message: 'unknown key `promt` in task 1',
          hint: 'did you mean `prompt`?',
          place,
          frame,
        },
      ],
      { color: false },
    );
    expect(text.split('\n').slice(0, -1)).toEqual(expected);
  },
);
