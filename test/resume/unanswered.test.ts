import { expect, test } from 'vitest';
import type { Behaviour, SeenRequest } from '../support/server.ts';
import { promptOf } from '../support/wires.ts';
import { repo, RESULTS, type Repo } from './support.ts';

const ANSWER: Behaviour = { kind: 'answer' };

function refusesBad(request: SeenRequest): Behaviour {
  return promptOf(request).includes('bad') ? { kind: 'error', status: 400 } : ANSWER;
}

function edit(edited: Repo, from: string, to: string): void {
  edited.write('volley.yaml', edited.read('volley.yaml').replace(from, to));
}

function ids(edited: Repo): readonly string[] {
  return edited
    .records()
    .map(({ id }) => id)
    .toSorted();
}

test('an answer is kept when its task is edited and fails, and is used again if the edit is undone', async () => {
  const edited = await repo(
    { tasks: [{ id: 'one', prompt: 'good' }, 'other'] },
    { respond: refusesBad },
  );
  await edited.run();
  edit(edited, '"good"', '"bad"');
  const failed = await edited.run('--resume');
  expect(failed.code).toBe(1);
  expect(edited.sent()).toEqual(['bad', 'good', 'other']);
  expect(edited.records().map(({ id, status }) => [id, status])).toEqual([
    ['one', 'failed'],
    ['task-2', 'succeeded'],
  ]);
  expect(edited.moved()).toMatchObject([{ id: 'one', output: 'echo: good' }]);
  const before = edited.read(RESULTS);
  await edited.run('--resume', '--only', 'task-2');
  expect(edited.read(RESULTS)).toBe(before);
  await edited.run('--retry-failed');
  expect(edited.sent()).toEqual(['bad']);
  edit(edited, '"bad"', '"good"');
  expect((await edited.run('--resume')).code).toBe(0);
  expect(edited.sent()).toEqual([]);
  expect(ids(edited)).toEqual(['one', 'task-2']);
});

test('the cost of such an answer still counts when a later edit is answered', async () => {
  const edited = await repo(
    { tasks: [{ id: 'one', prompt: 'good' }], prices: { 'local/small': { input: 1, output: 1 } } },
    { respond: refusesBad },
  );
  await edited.run();
  edit(edited, '"good"', '"bad"');
  await edited.run('--resume');
  edit(edited, '"bad"', '"better"');
  const resumed = await edited.run('--resume');
  expect(resumed.code).toBe(0);
  const costs = [...edited.records(), ...edited.moved()].map(({ cost_usd: usd }) => usd ?? 0);
  expect(costs.filter((usd) => usd > 0)).toHaveLength(2);
  expect(resumed.stderr).toContain('for all runs into this file');
});

test('an answer is kept when its task fails after a dependency got a new answer', async () => {
  const chained = await repo(
    {
      tasks: [
        { id: 'made', prompt: 'one' },
        { id: 'used', needs: 'made', prompt: 'bad with {{ needs.made.output }}' },
      ],
    },
    {
      respond: (request) => (promptOf(request).includes('two') ? refusesBad(request) : ANSWER),
    },
  );
  await chained.run();
  edit(chained, '"one"', '"two"');
  expect((await chained.run('--resume')).code).toBe(1);
  expect(chained.sent()).toEqual(['bad with echo: one', 'bad with echo: two', 'one', 'two']);
  edit(chained, '"two"', '"one"');
  expect((await chained.run('--resume')).code).toBe(0);
  // Both answers are in the companion.
  expect(chained.sent()).toEqual([]);
});
