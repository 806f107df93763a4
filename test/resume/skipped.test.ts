import { expect, test } from 'vitest';
import { repo } from './support.ts';

test('an answer stays while its task is skipped for a condition, and is not paid for again', async () => {
  const own = await repo({
    vars: { stage: '1' },
    tasks: [
      { id: 'always', prompt: 'a' },
      { id: 'first', if: 'vars.stage == "1"', prompt: 'b' },
      { id: 'second', if: 'vars.stage == "2"', prompt: 'c' },
    ],
  });
  await own.run();
  const resumed = await own.run('--resume', '--set', 'stage=2');
  expect(resumed.stderr).toContain(
    '`out.jsonl` keeps 1 record of tasks that are skipped now, failed after an edit or are no longer in the manifest\n',
  );
  expect(own.sent()).toEqual(['a', 'b', 'c']);
  for (const stage of ['1', '2', '2', '1']) {
    expect((await own.run('--resume', '--set', `stage=${stage}`)).code).toBe(0);
    expect(own.sent()).toEqual([]);
    expect(own.records()).toHaveLength(4);
  }
  expect(own.records().map(({ id, status }) => [id, status])).toEqual(
    expect.arrayContaining([
      ['first', 'succeeded'],
      ['second', 'skipped'],
      [expect.stringMatching(/^second~old-[0-9a-f]{8}$/), 'succeeded'],
    ]),
  );
});

test('an answer stays while its task is skipped because what it needs failed', async () => {
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
