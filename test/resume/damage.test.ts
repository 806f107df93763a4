import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { prompts } from '../cli/served.ts';
import { repo, RESULTS, type Repo } from './support.ts';

/** A repo in which five tasks were answered. */
async function answered(): Promise<Repo & { readonly lines: readonly string[] }> {
  const ran = await repo({ tasks: prompts(5) });
  expect((await ran.run()).code).toBe(0);
  ran.sent();
  return { ...ran, lines: ran.read(RESULTS).split('\n').slice(0, -1) };
}

describe('a torn last line', () => {
  test('is cut off, saved and reported; only its task is sent again', async () => {
    const ran = await answered();
    const [whole, last = ''] = [ran.lines.slice(0, 4), ran.lines[4]];
    const torn = last.slice(0, 100);
    ran.write(RESULTS, [...whole, torn].join('\n'));
    const resumed = await ran.run('--resume');
    expect([ran.sent().length, resumed.code]).toEqual([1, 0]);
    expect(resumed.stderr).toContain(
      'volley: `out.jsonl` ended in a torn line: 100 bytes were cut off and kept in `out.jsonl.volley`',
    );
    const kept: { readonly base64: string } = JSON.parse(ran.read(`${RESULTS}.volley`));
    expect(Buffer.from(kept.base64, 'base64').toString()).toBe(torn);
    expect(ran.records()).toHaveLength(5);
    expect(ran.read(RESULTS).split('\n').slice(0, 4)).toEqual(whole);
  });

  test('is reported as an event too, and so is the reason why its task is sent', async () => {
    const ran = await answered();
    ran.write(RESULTS, [...ran.lines.slice(0, 4), 'torn'].join('\n'));
    const { stderr } = await ran.run('--resume', '--explain', '--progress', 'json');
    const events = stderr
      .split('\n')
      .slice(0, -1)
      .map((line): unknown => JSON.parse(line));
    expect(events.slice(0, 3)).toMatchObject([
      { type: 'note', message: expect.stringContaining('`out.jsonl` ended in a torn line') },
      { type: 'task_explained', id: 'task-5', reason: 'new' },
      { type: 'run_started' },
    ]);
  });

  test('that lacks only its line break is kept: nothing is sent', async () => {
    const ran = await answered();
    ran.write(RESULTS, ran.lines.join('\n'));
    expect((await ran.run('--resume')).code).toBe(0);
    expect(ran.sent()).toEqual([]);
    expect(ran.read(RESULTS)).toBe(`${ran.lines.join('\n')}\n`);
  });
});

test('a bad line in the middle stops the resume, which reports the line number and changes nothing', async () => {
  const ran = await answered();
  const bytes = ran.lines.slice(0, 2).join('\n').length + 1;
  ran.write(RESULTS, ran.lines.map((line, at) => (at === 2 ? line.slice(0, 50) : line)).join('\n'));
  const before = ran.read(RESULTS);
  for (const flag of ['--resume', '--retry-failed']) {
    const resumed = await ran.run(flag);
    expect([ran.sent(), resumed.code]).toEqual([[], 2]);
    expect(resumed.stderr).toContain(
      `out.jsonl\` is damaged: line 3 (byte ${bytes}) is not JSON\n  hint: fix the line or remove it`,
    );
    expect(ran.read(RESULTS)).toBe(before);
    expect(readdirSync(ran.cwd).toSorted()).toEqual([RESULTS, 'volley.yaml']);
  }
});

test('a results file that others may read is reported, and becomes private when rewritten', async () => {
  const ran = await answered();
  const file = join(ran.cwd, RESULTS);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  chmodSync(file, 0o644);
  ran.write('volley.yaml', ran.read('volley.yaml').replace('prompt 1', 'prompt one'));
  const resumed = await ran.run('--resume');
  expect(resumed.stderr).toContain(
    'volley: other users can read `out.jsonl` (mode 644): `chmod 600` it\n',
  );
  expect(ran.sent()).toEqual(['prompt one']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
