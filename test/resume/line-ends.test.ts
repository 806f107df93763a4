import { describe, expect, test } from 'vitest';
import { repo } from './support.ts';

const MANIFEST = `defaults: { model: local/small }
providers:
  local: { type: openai, api: chat, base_url: ORIGIN/v1, api_key_env: TEST_KEY }
context: { file: rules.md }
tasks:
  - id: inline
    prompt: |
      Two
      lines
  - id: file
    system: { file: rules.md }
    prompt: { file: prompt.md }
  - id: source
    for_each: { glob: 'src/*.ts' }
    prompt: |
      Review {{ item.path }}:
      {{ item.text }}
  - id: row
    for_each: { file: rows.csv }
    prompt: '{{ item.note }}'
`;

const FILES = {
  'rules.md': 'Be kind.\nBe exact.\n',
  'prompt.md': 'A prompt\n\nof three lines\n',
  'src/a.ts': 'one\ntwo\n',
  'src/b.ts': 'three',
  'rows.csv': 'id,note\n1,"a\nb"\n2,c\n',
};

const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
const same = (text: string): string => text;

describe.each([
  { from: 'CRLF', to: 'LF', before: crlf, after: same },
  { from: 'LF', to: 'CRLF', before: same, after: crlf },
])('a results file from a checkout with $from', ({ to, before, after }) => {
  test(`resumes in a checkout with ${to} without a request`, async () => {
    const files = Object.entries(FILES).map(([name, text]) => [name, before(text)] as const);
    const checkout = await repo(before(MANIFEST), { files: Object.fromEntries(files) });
    expect((await checkout.run()).code).toBe(0);
    expect(checkout.sent()).toHaveLength(6);
    const manifest = checkout.read('volley.yaml').replaceAll('\r\n', '\n');
    checkout.write('volley.yaml', after(manifest));
    for (const [name, text] of Object.entries(FILES)) checkout.write(name, after(text));
    const resumed = await checkout.run('--resume');
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(checkout.sent()).toEqual([]);
  });
});
