import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ended, folder, recordsIn, shell, startVolley, volley } from '../support/cli.ts';
import { until } from '../support/until.ts';
import { manifestOn, prompts, served, WITH_KEY } from './served.ts';

const FLAGS = [
  ['--summary-file', 'the summary'],
  ['--emergency-dump', 'unsaved results'],
  ['--debug', 'requests and responses'],
] as const;

async function world() {
  const server = await served();
  const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: prompts(2) }) });
  return { server, cwd };
}

describe.each(FLAGS)('the file of %s', (flag, content) => {
  test.each<readonly [string, string, string]>([
    ['a folder', 'sub', 'it is a folder (EISDIR)'],
    ['a folder that does not exist yet', 'new/', 'it is a folder (EISDIR)'],
    ['a FIFO', 'fifo', 'it is not a regular file'],
    ['below a file', 'volley.yaml/x', 'a part of the path is not a folder (ENOTDIR)'],
    ...(existsSync('/proc/self')
      ? [['below /proc', '/proc/nope/s.json', 'no folder can be created in `/proc`'] as const]
      : []),
  ])('that is %s is refused before anything is sent', async (_name, file, reason) => {
    const { server, cwd } = await world();
    mkdirSync(join(cwd, 'sub'));
    execFileSync('mkfifo', [join(cwd, 'fifo')]);
    const run = await volley(['run', 'volley.yaml', flag, file], { ...WITH_KEY, cwd });
    expect(run).toMatchObject({
      code: 74,
      stdout: '',
      stderr: `volley: cannot write ${content} to \`${file}\`: ${reason}\n  hint: nothing was sent; choose another file with ${flag}\n`,
    });
    expect(server.requests).toEqual([]);
  });
});

describe('--emergency-dump', () => {
  test('saves results that would be lost, creates the folder, and appends to an existing file', async () => {
    const { cwd } = await world();
    const line = 'volley run volley.yaml --emergency-dump new/deep/d.jsonl > /dev/full';
    for (const count of [2, 4]) {
      const run = await shell(line, { ...WITH_KEY, cwd });
      expect(run.code).toBe(74);
      expect(run.stderr).toContain('; they are in `new/deep/d.jsonl`\n');
      expect(recordsIn(readFileSync(join(cwd, 'new/deep/d.jsonl'), 'utf8'))).toHaveLength(count);
    }
    expect(statSync(join(cwd, 'new/deep')).mode & 0o777).toBe(0o700);
  });

  test('is not created if nothing is lost', async () => {
    const { cwd } = await world();
    const args = ['run', 'volley.yaml', '--emergency-dump', 'd.jsonl'];
    expect((await volley(args, { ...WITH_KEY, cwd })).code).toBe(0);
    expect(existsSync(join(cwd, 'd.jsonl'))).toBe(false);
  });
});

describe('--summary-file of an earlier run', () => {
  const OLD = '{"v":1,"old":true}';

  test('is removed when a run ends without a summary, and a symlink to it stays', async () => {
    const server = await served({ respond: () => ({ kind: 'hang' }) });
    const manifest = manifestOn(server, { tasks: prompts(2) });
    const cwd = folder({ 'volley.yaml': manifest, 's.json': OLD });
    symlinkSync('s.json', join(cwd, 'link.json'));
    const args = ['run', 'volley.yaml', '--summary-file', 'link.json'];
    const child = startVolley(args, { ...WITH_KEY, cwd });
    await until(() => server.requests.length === 2);
    child.kill('SIGKILL');
    await ended(child);
    expect(existsSync(join(cwd, 's.json'))).toBe(false);
    expect(lstatSync(join(cwd, 'link.json')).isSymbolicLink()).toBe(true);
  });

  test('stays if the run is refused', async () => {
    const { cwd } = await world();
    writeFileSync(join(cwd, 's.json'), OLD);
    writeFileSync(join(cwd, 'out.jsonl'), '');
    const args = ['run', 'volley.yaml', '--summary-file', 's.json', '-o', 'out.jsonl'];
    expect((await volley(args, { ...WITH_KEY, cwd })).code).toBe(2);
    expect(readFileSync(join(cwd, 's.json'), 'utf8')).toBe(OLD);
  });
});
