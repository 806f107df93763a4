import { describe, expect, test } from 'vitest';
import { createDigest } from '../../src/compare/digest.ts';
import { foreign, type Block } from '../../src/report/document/blocks.ts';
import { digestDocument } from '../../src/report/document/digest-document.ts';
import {
  codeBlock,
  codeSpan,
  documentMarkdown,
} from '../../src/report/document/document-markdown.ts';
import { documentText } from '../../src/report/document/document-text.ts';
import { failure, record } from '../compare/records.ts';

const HOSTILE = [
  '@octocat',
  'Closes #1',
  '![x](https://evil.example/?q=1)',
  '[x](javascript:alert(1))',
  '<img src=x onerror=alert(1)>',
  '`<b>` ``code`` ```\n</details>',
  'a | b | c',
  '\u202egnp.exe',
  '\u001b]8;;https://evil.example\u0007x',
  '</code><script>alert(1)</script>',
  '- [ ] task\n# heading',
] as const;

/** The part that GitHub would interpret: the text without its code. */
function outsideCode(markdown: string): string {
  return markdown
    .replaceAll(/^(`{3,})\n[\s\S]*?\n\1$/gm, '')
    .replaceAll(/(?<!`)(`+)(?!`)(?:.*?)(?<!`)\1(?!`)/g, '');
}

describe('Markdown', () => {
  test.each(HOSTILE)('shows the untrusted text %j only as code', (text) => {
    const blocks: readonly Block[] = [
      { kind: 'heading', text: [foreign(text), ' changed'] },
      { kind: 'table', columns: [{ title: 'task' }], rows: [[foreign(text)], [foreign('ok')]] },
      { kind: 'diff', parts: [['same', text]] },
    ];
    const markdown = documentMarkdown(blocks);
    expect(outsideCode(markdown)).toBe('###  changed\n\n| task |\n| --- |\n|  |\n|  |\n\n\n');
    expect(markdown).not.toMatch(/[\u001b\u202e]/);
  });

  test.each([
    ['plain', '`plain`'],
    ['a `b` c', '``a `b` c``'],
    ['`b`', '`` `b` ``'],
    ['``', '``` `` ```'],
    ['two\nlines', String.raw`${'`'}two\nlines${'`'}`],
    ['', ''],
  ])('writes %j as %j', (text, expected) => {
    expect(codeSpan(text)).toBe(expected);
  });

  test('fences a block with more backticks than it contains', () => {
    expect(codeBlock('a\n```\nb')).toBe('````\na\n```\nb\n````');
  });
});

function digested() {
  const digest = createDigest();
  digest.add(record({ id: 'review@a.ts', task: 'review' }));
  digest.add(
    record({ id: 'review@b.ts', task: 'review', error: failure('SERVER_ERROR', 'x | y') }),
  );
  digest.add(
    record({ id: 'sum', expected: false, unexpected_reason: '`output` is empty', retries: 2 }),
  );
  return digest.result();
}

test('a report lists what succeeded, what failed and what is not as expected', () => {
  expect(documentText(digestDocument(digested(), { name: 'r.jsonl', elsewhere: 1 }))).toBe(
    `2 of 3 succeeded, 1 failed, 1 not as expected in r.jsonl

Cost: $0.030 · tokens: 30 in, 15 out · time per answer: 1.0s (p95 1.0s) · 2 retries
1 answer from elsewhere: not sealed with your key

task          tasks  succeeded  failed  unexpected  input  output    cost   p50   p95
review            2          1       1           0     20      10  $0.020  1.0s  1.0s
sum               1          1       0           1     10       5  $0.010  1.0s  1.0s

model         tasks  succeeded  failed  unexpected  input  output    cost   p50   p95
mock/small        3          2       1           1     30      15  $0.030  1.0s  1.0s

Failures

reason        tasks  message  for example
SERVER_ERROR      1  x | y    review@b.ts

Not as expected

task                             model
sum           \`output\` is empty  mock/small
`,
  );
});

test('a name is shortened in the middle in a narrow terminal', () => {
  const blocks: readonly Block[] = [
    {
      kind: 'table',
      columns: [{ title: 'task' }, { title: 'tasks' }],
      rows: [[foreign('review@src/very/long/name.ts'), '12']],
    },
  ];
  expect(documentText(blocks, { columns: 30 })).toBe(
    'task                     tasks\nreview@src/…ong/name.ts     12\n',
  );
});

test('a table that is wider than the terminal becomes a paragraph per row', () => {
  const blocks: readonly Block[] = [
    {
      kind: 'table',
      columns: [{ title: 'reason' }, { title: 'tasks' }, { title: 'message', left: true }],
      rows: [
        ['BAD_REQUEST', '3', 'the prompt is longer than the model accepts'],
        ['AUTH', '1', ''],
      ],
    },
  ];
  expect(documentText(blocks, { columns: 34 })).toBe(
    [
      'BAD_REQUEST',
      '  tasks 3 · message the prompt is',
      '  longer than the model accepts',
      'AUTH',
      '  tasks 1',
      '',
    ].join('\n'),
  );
});
