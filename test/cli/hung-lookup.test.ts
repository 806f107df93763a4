import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ended, folder, recordsIn, startVolley } from '../support/cli.ts';
import { KEY, providerOn, served } from './served.ts';

/** A run of two tasks, one on a server that answers and one whose host is never resolved. */
async function started(flags: readonly string[]) {
  const server = await served();
  const far = { ...providerOn(server, 'chat'), base_url: 'https://far.example/v1' };
  const cwd = folder({
    'volley.yaml': JSON.stringify({
      providers: { near: providerOn(server, 'chat'), far },
      tasks: [
        { id: 'answered', model: 'near/m', prompt: 'hi' },
        { id: 'unresolved', model: 'far/m', prompt: 'hi', max_retries: 0 },
      ],
    }),
  });
  const silent = join(cwd, 'silent');
  execFileSync('mkfifo', [silent]);
  return startVolley(['run', '--progress', 'plain', ...flags], {
    cwd,
    env: {
      TEST_KEY: KEY,
      VOLLEY_ALLOW_HOSTS: 'far.example=TEST_KEY',
      NODE_OPTIONS: `--import ${resolve('test/support/preload-resolver.mjs')}`,
      RESOLVES: `far.example=${silent}`,
    },
  });
}

function statuses(stdout: string) {
  return recordsIn(stdout).map(({ id, status, error }) => [id, status, error?.code]);
}

describe.skipIf(process.platform === 'win32')('a lookup that never ends', () => {
  test('does not keep a finished run from ending', async () => {
    const run = await ended(await started(['--timeout', '500ms']));
    expect([run.code, run.signal, statuses(run.stdout)]).toEqual([
      1,
      null,
      [
        ['answered', 'succeeded', undefined],
        ['unresolved', 'failed', 'TIMEOUT'],
      ],
    ]);
  });

  test('does not keep a run from ending after a second signal', async () => {
    const child = await started(['--grace', '10m']);
    const result = ended(child);
    let signals = 0;
    let said = '';
    child.stderr.on('data', (text: string) => {
      said += text;
      const shown = [/✓ answered/, /no new requests/][signals];
      if (shown?.test(said)) signals += Number(child.kill('SIGINT'));
    });
    const run = await result;
    expect([run.code, run.signal, statuses(run.stdout)]).toEqual([
      130,
      null,
      [
        ['answered', 'succeeded', undefined],
        ['unresolved', 'canceled', 'CANCELED'],
      ],
    ]);
    expect(run.stderr).toContain('Stopped   interrupted');
  });
});
