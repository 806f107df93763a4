import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ended, folder, recordsIn, shell, startVolley } from '../support/cli.ts';
import { until } from '../support/until.ts';
import { manifestOn, prompts, served, WITH_KEY } from './served.ts';

async function world(answer = 'short') {
  const server = await served({ respond: () => ({ kind: 'answer', text: answer }) });
  const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: prompts(6) }) });
  execFileSync('mkfifo', [join(cwd, 'fifo')]);
  return { server, cwd };
}

describe.each(['jsonl', 'json', 'text'])('a FIFO that %s results go to', (format) => {
  test.skipIf(!existsSync('/proc/self/status'))(
    'without a reader keeps the run waiting until a signal arrives, and nothing is sent',
    async () => {
      const { server, cwd } = await world();
      const args = ['run', 'volley.yaml', '-o', 'fifo', '--output-format', format];
      const child = startVolley(args, { ...WITH_KEY, cwd });
      await until(() => heedsHangup(child.pid));
      child.kill('SIGINT');
      const run = await ended(child);
      expect(run).toMatchObject({
        code: 130,
        stderr: 'volley: interrupted before anything was sent\n',
      });
      expect(server.requests).toEqual([]);
    },
  );
});

test('a FIFO with a late and slow reader delivers every line', async () => {
  // Together, the answers are larger than a pipe's buffer.
  const { cwd } = await world('x'.repeat(30_000));
  const reader = '(sleep 0.5; exec 3<fifo; sleep 1; cat <&3 > got)';
  const line = `${reader} & volley run volley.yaml -o fifo --output-format jsonl; echo $?; wait`;
  const run = await shell(line, { ...WITH_KEY, cwd });
  expect(run.stdout).toBe('0\n');
  expect(recordsIn(readFileSync(join(cwd, 'got'), 'utf8'))).toHaveLength(6);
});

test('a FIFO whose reader goes away ends the run quietly', async () => {
  const { cwd } = await world('x'.repeat(30_000));
  const line = 'head -c 1 fifo & volley run volley.yaml -o fifo -j 1 --progress none';
  const run = await shell(line, { ...WITH_KEY, cwd });
  expect(run).toMatchObject({ code: 0, stderr: '' });
});

/** Whether the process catches HUP, which Node does not do by itself. */
function heedsHangup(pid: number | undefined): boolean {
  const caught = /^SigCgt:\s*([\da-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number.parseInt(caught?.slice(-1) ?? '0', 16) & 1) === 1;
}
