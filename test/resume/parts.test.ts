import { describe, expect, test } from 'vitest';
import { edit, ran } from './unnamed.ts';

describe('a resume of a part', () => {
  const parts = [
    ['--only', 'task-1'],
    ['--skip', 'task-2', '--skip', 'task-3'],
    ['--shard', '1/3'],
    ['--sample', '1', '--seed', '1'],
  ];
  test.for(parts)('%s %s keeps the answers of tasks outside it', async (flags) => {
    const part = await ran(['A', 'B']);
    edit(part, ['C', 'A', 'B']);
    expect((await part.run('--resume', ...flags)).code).toBe(0);
    const once = part.sent();
    await part.run('--resume');
    expect([...once, ...part.sent()]).toEqual(['C']);
    expect(
      part
        .records()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(['task-1', 'task-2', 'task-3']);
  });

  test('keeps the answers of tasks whose request is not known yet', async () => {
    const part = await ran(['A', 'B']);
    const needing = { needs: ['task-1'], prompt: 'A', id: 'last' };
    edit(part, ['C', needing]);
    await part.run('--resume', '--only', 'task-1');
    await part.run('--resume');
    expect(part.sent()).toEqual(['C']);
  });

  test('drops an answer that a new answer of the same task supersedes', async () => {
    const part = await ran(['A', 'B']);
    edit(part, ['better A', 'B']);
    await part.run('--resume', '--only', 'task-1');
    expect(part.sent()).toEqual(['better A']);
    expect(
      part
        .records()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(['task-1', 'task-2']);
  });

  test('still knows which tasks outside it had failed', async () => {
    const part = await ran(['B', 'A'], ['B']);
    edit(part, ['C', 'B', 'A']);
    await part.run('--resume', '--only', 'task-1');
    expect(part.sent()).toEqual(['C']);
    await part.run('--retry-failed');
    expect(part.sent()).toEqual(['B']);
  });
});
