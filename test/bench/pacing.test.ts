import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ensureBuilt } from '../support/build.ts';

test('the benchmark runs a scenario and reports what the server saw of each client', () => {
  ensureBuilt();
  const options = '--runs 1 --seconds 2 --only announced-rpm --clients volley,seed';
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['bench/pacing.ts', ...options.split(' ')],
    { encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('run 1 of 1');
  for (const [heading, digits] of [
    ['Share of the ceiling in the steady part', '\\d+'],
    ['Share of the ceiling over the whole run', '\\d+'],
    ['Refused requests per 100 admitted', '\\d+\\.\\d'],
  ] as const) {
    const [, section = ''] = stdout.split(heading);
    expect(section).toMatch(/^\| scenario +\| Volley \| 3 workers \|$/m);
    expect(section).toMatch(
      new RegExp(`^\\| announced requests \\| ${digits} +\\| ${digits} +\\|`, 'm'),
    );
  }
});

test('an unknown name is refused, with a list of the known names', () => {
  const { stderr, status } = spawnSync(process.execPath, ['bench/pacing.ts', '--only', 'nothing'], {
    encoding: 'utf8',
  });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^no scenario `nothing`; there are announced-rpm, .*\n$/);
});
