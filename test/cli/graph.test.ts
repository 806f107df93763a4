import { expect, test } from 'vitest';
import { folder, volley } from '../support/cli.ts';

const MANIFEST = `
defaults: { model: mock/small }
tasks:
  - { id: title, prompt: title }
  - { id: review, for_each: [a, b], prompt: 'review {{ item }}' }
  - { id: fix, for_each: { needs: review }, model: [mock/large, mock/spare], prompt: fix }
  - id: report
    needs: [{ id: review, allow_failed: true }, title]
    if: needs.review.size > 1
    prompt: report
  - { id: letter, needs: [report, fix], prompt: letter }
`;

test('plan --graph draws the dependencies', async () => {
  const cwd = folder({ 'm.yaml': MANIFEST });
  expect(await volley(['plan', 'm.yaml', '--graph'], { cwd })).toEqual({
    code: 0,
    signal: null,
    stderr: '',
    stdout: `title: 1 task, mock/small
└─ report: 1 task, after it, mock/small, if needs.review.size > 1
   └─ letter: 1 task, after it, mock/small
review: 2 tasks, mock/small
├─ fix: 2 tasks, one for each, mock/large or mock/spare
│  └─ letter (above)
└─ report (above)

\`\`\`mermaid
flowchart LR
  t1["title"]
  t2["review × 2"]
  t3["fix × 2"]
  t4["report"]
  t5["letter"]
  t2 -->|each| t3
  t2 -.->|all| t4
  t1 --> t4
  t4 --> t5
  t3 -->|all| t5
\`\`\`
`,
  });
});

test('plan --graph draws only the selection', async () => {
  const cwd = folder({ 'm.yaml': MANIFEST });
  const { stdout } = await volley(['plan', 'm.yaml', '--graph', '--only', 'fix@b'], { cwd });
  expect(stdout.split('\n\n')[0]).toBe(`review: 1 task, mock/small
└─ fix: 1 task, one for each, mock/large or mock/spare`);
});

test('plan --graph does not support --json', async () => {
  const cwd = folder({ 'm.yaml': MANIFEST });
  const run = await volley(['plan', 'm.yaml', '--graph', '--json'], { cwd });
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain('`--graph` and `--json` cannot be combined');
});
