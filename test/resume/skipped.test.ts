import { expect, test } from 'vitest';
import { repo } from './support.ts';

test('an answer is kept while a condition skips its task, and is not paid for again', async () => {
  const own = await repo({
    vars: { stage: '1' },
    tasks: [
      { id: 'always', prompt: 'a' },
      { id: 'first', if: 'vars.stage == "1"', prompt: 'b' },
      { id: 'second', if: 'vars.stage == "2"', prompt: 'c' },
    ],
  });
  await own.run();
  await own.run('--resume', '--set', 'stage=2');
  // Nothing was sent for the record of `second`, so that record is not kept.
  expect(own.moved()).toMatchObject([{ id: 'first', output: 'echo: b' }]);
  expect(own.sent()).toEqual(['a', 'b', 'c']);
  for (const stage of ['1', '2', '2', '1']) {
    expect((await own.run('--resume', '--set', `stage=${stage}`)).code).toBe(0);
    expect(own.sent()).toEqual([]);
    expect(own.records()).toHaveLength(3);
  }
  expect(own.moved().filter(({ status }) => status === 'skipped')).toEqual([]);
  expect(own.records().map(({ id, status }) => [id, status])).toEqual([
    ['always', 'succeeded'],
    ['first', 'succeeded'],
    ['second', 'skipped'],
  ]);
});

test('an answer is kept while its task is skipped because of a failed dependency', async () => {
  const own = await repo(
    {
      tasks: [
        { id: 'made', prompt: 'one' },
        { id: 'used', needs: ['made'], prompt: 'with {{ needs.made.status }}' },
      ],
    },
    {
      respond: ({ text }) =>
        text.includes('bad') ? { kind: 'error', status: 400 } : { kind: 'answer' },
    },
  );
  await own.run();
  const manifest = own.read('volley.yaml');
  own.write('volley.yaml', manifest.replace('"one"', '"bad"'));
  await own.run('--resume');
  expect(own.sent()).toEqual(['bad', 'one', 'with succeeded']);
  own.write('volley.yaml', manifest.replace('"one"', '"two"'));
  expect((await own.run('--resume')).code).toBe(0);
  expect(own.sent()).toEqual(['two']);
  expect(
    own
      .records()
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(['made', 'used']);
});
