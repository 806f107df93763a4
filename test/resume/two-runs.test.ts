import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { prompts, WITH_KEY } from '../cli/served.ts';
import { startVolley } from '../support/cli.ts';
import { until } from '../support/until.ts';
import { repo, RESULTS, type Repo } from './support.ts';

/** A run that has sent two requests that are never answered. */
async function busy(): Promise<Repo & { readonly child: ReturnType<typeof startVolley> }> {
  const own = await repo({ tasks: prompts(2) }, { respond: () => ({ kind: 'hang' }) });
  const args = ['run', 'volley.yaml', '-o', RESULTS];
  const child = startVolley(args, { ...WITH_KEY, cwd: own.cwd });
  await until(() => own.server.requests.length === 2);
  own.sent();
  return { ...own, child };
}

test('a second run on the same file exits with 75, identifies the first and does not touch the file', async () => {
  const first = await busy();
  const before = first.read(RESULTS);
  for (const flags of [[], ['--resume'], ['--retry-failed'], ['--overwrite']]) {
    const second = await first.run(...flags);
    expect([flags, second.code]).toEqual([flags, 75]);
    expect(second.stderr).toContain(`is in use by another run: process ${first.child.pid} on `);
    expect([first.sent(), first.read(RESULTS)]).toEqual([[], before]);
  }
  expect(first.child.exitCode).toBeNull();
});

test('after kill -9 the file is free immediately, and unanswered tasks are sent again', async () => {
  const first = await busy();
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const args = ['run', 'volley.yaml', '-o', RESULTS, '--resume', '--grace', '0s'];
  const second = startVolley(args, { ...WITH_KEY, cwd: first.cwd });
  await until(() => first.server.requests.length === 4);
  second.kill('SIGTERM');
  await once(second, 'exit');
  expect(readdirSync(first.cwd).toSorted()).toEqual([RESULTS, 'volley.yaml']);
});
