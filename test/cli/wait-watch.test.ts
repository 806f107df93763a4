import { once } from 'node:events';
import { expect, test } from 'vitest';
import { watchWaits } from '../../src/cli/wait-watch.ts';
import { folder, shell, startVolley } from '../support/cli.ts';
import { isDeep } from '../support/scale.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

function world() {
  const clock = new VirtualClock();
  const told: string[] = [];
  const waits = watchWaits({ clock, tell: (line) => told.push(`${clock.now() / 1000}s ${line}`) });
  return { clock, told, waits };
}

const never = new Promise<void>(() => undefined);

test('a wait is reported every half minute', async () => {
  const { clock, told, waits } = world();
  void waits.during('for the disk', never);
  await clock.advance(29_999);
  expect(told).toEqual([]);
  await clock.advance(60_001);
  expect(told).toEqual([
    '30s still waiting for the disk',
    '60s still waiting for the disk',
    '90s still waiting for the disk',
  ]);
});

test('a wait is not reported while other waits of the same kind keep ending', async () => {
  const { clock, told, waits } = world();
  void waits.during('for the disk', never);
  for (let second = 0; second < 120; second += 20) {
    await waits.during('for the disk', Promise.resolve());
    await clock.advance(20_000);
  }
  expect(told).toEqual([]);
});

test('the result is returned, and no timer is left', async () => {
  const { clock, told, waits } = world();
  expect(await waits.during('for a', Promise.resolve('a'))).toBe('a');
  await expect(waits.during('for b', Promise.reject(new Error('b')))).rejects.toThrow('b');
  expect(clock.pendingTimers).toBe(0);
  await clock.advance(60_000);
  expect(told).toEqual([]);
});

// This test takes half a minute.
test.runIf(isDeep)(
  'a wait for an endless manifest is reported: stdin, and a pipe without a writer',
  async () => {
    const cwd = folder();
    await shell('mkfifo manifest.yaml', { cwd });
    const children = ['-', 'manifest.yaml'].map((manifest) =>
      startVolley(['run', manifest], { cwd }),
    );
    const told = await Promise.all(
      children.map(async ({ stderr }) => String(await once(stderr, 'data'))),
    );
    expect(told).toEqual([
      'volley: still waiting for stdin to end\n',
      'volley: still waiting for `manifest.yaml` and its input files to be read\n',
    ]);
  },
  90_000,
);
