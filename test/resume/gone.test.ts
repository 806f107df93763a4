import { describe, expect, test } from 'vitest';
import { RESULTS } from './support.ts';
import { edit, ran } from './unnamed.ts';

describe('a removed task whose id was reused', () => {
  test('moves to the companion, and returns with its task', async () => {
    const edited = await ran(['A', 'B']);
    edit(edited, ['B']);
    const resumed = await edited.run('--resume');
    expect(resumed.stderr).not.toContain('moved to');
    expect(edited.records()).toMatchObject([{ id: 'task-1', output: 'echo: B' }]);
    expect(edited.moved()).toMatchObject([{ id: 'task-1', output: 'echo: A' }]);

    const before = edited.read(RESULTS);
    const again = await edited.run('--resume');
    expect(again.code).toBe(0);
    expect(edited.read(RESULTS)).toBe(before);

    edit(edited, ['A', 'B']);
    await edited.run('--resume');
    expect(edited.sent()).toEqual([]);
    expect(edited.records().map(({ id }) => id)).toEqual(['task-1', 'task-2']);
  });

  test('keeps its record while tasks before and after it come and go', async () => {
    const edited = await ran(['A', 'B', 'C']);
    for (const tasks of [['C'], ['B', 'C'], ['C', 'B'], ['B'], ['A', 'C'], ['C', 'B', 'A']]) {
      edit(edited, tasks);
      await edited.run('--resume');
      expect(edited.records().map(({ output }) => output)).toEqual(
        tasks.map((task) => `echo: ${task}`),
      );
    }
    expect(edited.sent()).toEqual([]);
  });

  test('keeps its record if the other task had failed and is sent again', async () => {
    const edited = await ran(['A', 'B'], ['B']);
    edit(edited, ['B']);
    await edited.run('--resume');
    expect(edited.sent()).toEqual(['B']);
    edit(edited, ['A', 'B']);
    await edited.run('--resume');
    expect(edited.sent()).toEqual([]);
  });

  test('is still recorded as failed', async () => {
    const edited = await ran(['A', 'B'], ['A']);
    edit(edited, ['B']);
    await edited.run('--resume');
    edit(edited, ['A', 'B']);
    await edited.run('--retry-failed');
    expect(edited.sent()).toEqual(['A']);
  });

  test('keeps its record in a file that was written for part of the manifest', async () => {
    const edited = await ran(['A', 'B']);
    edit(edited, ['C', 'A', 'B']);
    await edited.run('--resume', '--only', 'task-1');
    expect(edited.sent()).toEqual(['C']);
    edit(edited, ['C', 'B']);
    await edited.run('--resume');
    edit(edited, ['C', 'A', 'B']);
    await edited.run('--resume');
    expect(edited.sent()).toEqual([]);
  });
});

test.each([
  { before: ['A', 'B'], now: ['C', 'A', 'B'] },
  { before: ['B', 'A'], now: ['A', 'C', 'B'] },
])('--retry-failed sends a failed task wherever it is now: $now', async ({ before, now }) => {
  const edited = await ran(before, ['B']);
  edit(edited, now);
  const retried = await edited.run('--retry-failed');
  expect(edited.sent()).toEqual(['B']);
  expect(retried.stderr).toContain('2/3 succeeded (1 from earlier runs), 1 left out');
});

test('an answer is superseded when its task was edited and answered again', async () => {
  const edited = await ran(['A', 'B']);
  edit(edited, ['better A', 'B']);
  await edited.run('--resume');
  expect(edited.sent()).toEqual(['better A']);
  expect(
    edited
      .records()
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(['task-1', 'task-2']);
});
