import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, recordsIn, shell, volley } from '../support/cli.ts';
import { manifestOn, prompts, served, WITH_KEY } from './served.ts';

const FLAGS = [
  ['--summary-file', 'the summary'],
  ['--emergency-dump', 'unsaved results'],
] as const;

async function world() {
  const server = await served();
  const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: prompts(2) }) });
  return { server, cwd };
}

describe.each(FLAGS)('%s', (flag, content) => {
  test.each([
    ['a folder', 'sub', 'it is a folder (EISDIR)'],
    ['a folder to be', 'new/', 'it is a folder (EISDIR)'],
    ['a FIFO', 'fifo', 'it is not a regular file'],
    ['below a file', 'volley.yaml/x', 'a part of the path is not a folder (ENOTDIR)'],
  ])('that is %s is refused before anything is sent', async (_name, file, reason) => {
    const { server, cwd } = await world();
    mkdirSync(join(cwd, 'sub'));
    execFileSync('mkfifo', [join(cwd, 'fifo')]);
    const run = await volley(['run', 'volley.yaml', flag, file], { ...WITH_KEY, cwd });
    expect(run).toMatchObject({
      code: 74,
      stdout: '',
      stderr: `volley: cannot write ${content} to \`${file}\`: ${reason}\n  hint: nothing was sent; name another file with ${flag}\n`,
    });
    expect(server.requests).toEqual([]);
  });
});

describe('--emergency-dump', () => {
  test('keeps what is lost in a folder that is made for it, below what was there', async () => {
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

  test('is not made when nothing is lost', async () => {
    const { cwd } = await world();
    const args = ['run', 'volley.yaml', '--emergency-dump', 'd.jsonl'];
    expect((await volley(args, { ...WITH_KEY, cwd })).code).toBe(0);
    expect(existsSync(join(cwd, 'd.jsonl'))).toBe(false);
  });
});
