import { expect, test } from 'vitest';
import { folder, volley } from '../support/cli.ts';
import { WITH_QUICK_MOCK } from './served.ts';

const MANIFEST = `context: Shared rules.
defaults: { models: [mock/small, mock/large], max_tokens: 100, system: "You are {{ vars.who }}." }
vars: { who: kind }
prices: { mock/small: { input: 1, output: 1 }, mock/large: { input: 2, output: 2 } }
${WITH_QUICK_MOCK}output: r.jsonl
tasks:
  - { id: sort, for_each: { file: rows.csv, key: nr }, prompt: "Fruit or tree? {{ item.name }}" }
  - { id: sum, needs: [sort], model: mock/small, prompt: "Count: {{ needs.sort | size }} {{ needs.sort[0].output }}" }
`;
const ROWS = 'nr,name\n1,plum\n2,oak\n3,\u001b]0;x\u0007=ash\n';

test('a task is shown with its shared parts before it is sent, and with its answer afterward', async () => {
  const cwd = folder({ 'm.yaml': MANIFEST, 'rows.csv': ROWS });
  const before = await volley(['show', 'm.yaml', 'sort'], { cwd });
  expect(before.stdout).toMatch(
    /^sort@1,model=mock\/small\n\nmock\/small · about \d+ tokens in, \d+ of them shared · \d+ out \(at most 100\) · \$[\d.]+ \(at most \$[\d.]+\)\n\ncontext \(shared\)\n {2}Shared rules\.\n\nsystem \(shared\)\n {2}You are kind\.\n\nuser\n {2}Fruit or tree\? plum\n$/,
  );
  const row = await volley(['show', 'm.yaml', '3', '--json'], { cwd });
  const { tasks } = JSON.parse(row.stdout);
  expect(tasks).toMatchObject([
    { task: { id: 'sort@3,model=mock/small', model: 'mock/small' } },
    { task: { id: 'sort@3,model=mock/large', model: 'mock/large' } },
  ]);
  const hostile = await volley(['show', 'm.yaml', '3'], { cwd });
  expect(hostile.stdout).not.toMatch(/[\u0007\u001b]/);
  expect(hostile.stdout).toContain(String.raw`Fruit or tree? \x1b]0;x\x07=ash`);
  const three = await volley(['show', 'm.yaml', '--first', '3', '--json'], { cwd });
  expect(three.stdout.match(/"id"/g)).toHaveLength(3);
  expect(three.stderr).toBe('');
  const needing = await volley(['show', 'm.yaml', 'sum'], { cwd });
  expect(needing.stdout).toContain('Results of other tasks are not available yet');
  expect(needing.stdout).toContain('Count: 6 ');
  expect((await volley(['run', 'm.yaml', '-q', '--include', 'prompt'], { cwd })).code).toBe(0);
  const after = await volley(['show', 'm.yaml', 'sort@2'], { cwd });
  expect(after.stdout).toMatch(
    /sort@2,model=mock\/small: succeeded\n\nmock\/small · 1 attempt · \$/,
  );
  const outdated = 'The answer below is to an earlier version of this request';
  expect(after.stdout).not.toContain(outdated);
  const edited = await volley(['show', 'm.yaml', 'sort@2', '--set', 'who=curt'], { cwd });
  expect(edited.stdout).toContain(outdated);
  const record = await volley(['show', 'r.jsonl', 'sort@2,model=mock/large'], { cwd });
  expect(record.stdout).toMatch(
    /^sort@2,model=mock\/large: succeeded\n[^]*Prompt\n {2}Fruit or tree\? oak\n\nAnswer\n {2}/,
  );
}, 40_000);

test.each([
  [['show'], '`volley show` needs a manifest or a results file'],
  [['show', 'm.yaml', 'sort@1,model=mock/smal'], 'did you mean `sort@1,model=mock/small`?'],
  [['show', 'm.yaml', 'nothing'], '`m.yaml` has no task `nothing`'],
  [['show', 'no.yaml'], 'there is no manifest `no.yaml`'],
  [['show', 'no.jsonl', 'a'], 'cannot read `no.jsonl`: it does not exist'],
])('%j is refused', async (args, message) => {
  const cwd = folder({ 'm.yaml': MANIFEST, 'rows.csv': ROWS });
  const { code, stderr } = await volley(args, { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});
