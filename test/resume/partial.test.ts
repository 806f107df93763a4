import { expect, test } from 'vitest';
import type { Behaviour } from '../support/server.ts';
import { repo } from './support.ts';

const CUT_OFF: Behaviour = { kind: 'answer', text: 'half of it', stopReason: 'length' };
const BROKEN: Behaviour = { kind: 'error', status: 500 };

test('partial output stays in the companion when its task is sent again and fails again', async () => {
  const behaviours = [CUT_OFF, BROKEN, BROKEN];
  const own = await repo(
    { tasks: [{ id: 'long', prompt: 'say it', max_tokens: 5 }] },
    { respond: () => behaviours.shift() ?? { kind: 'answer' } },
  );
  await own.run();
  for (let times = 0; times < 2; times++) {
    expect((await own.run('--resume', '--max-retries', '0')).code).toBe(1);
    expect(own.records()).toMatchObject([{ id: 'long', error: { code: 'SERVER_ERROR' } }]);
    expect(own.moved()[0]).toMatchObject({ id: 'long', partial_output: 'half of it' });
  }
  await own.run('--resume');
  expect(own.records()).toMatchObject([{ id: 'long', output: 'echo: say it' }]);
});

test('partial output of a request is not used after the task was edited', async () => {
  const behaviours = [CUT_OFF, BROKEN];
  const own = await repo(
    { tasks: [{ id: 'long', prompt: 'say it', max_tokens: 5 }] },
    { respond: () => behaviours.shift() ?? { kind: 'answer' } },
  );
  await own.run();
  own.write('volley.yaml', own.read('volley.yaml').replace('say it', 'tell it'));
  await own.run('--resume', '--max-retries', '0');
  expect(own.records()).toHaveLength(1);
  expect(own.records()[0]).not.toHaveProperty('partial_output');
});
