import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, volley } from '../support/cli.ts';
import { promptOf } from '../support/wires.ts';
import { KEY, manifestOn, served } from './served.ts';

describe('in GitHub Actions, without the action', () => {
  it("a run adds to the job's summary page and annotates failed tasks in groups, at most ten", async () => {
    const server = await served({
      respond: (request) => {
        const [, kind = ''] = /^fail (\w+)/.exec(promptOf(request)) ?? [];
        if (kind === '') return { kind: 'answer' };
        return {
          kind: 'error',
          status: 400,
          message: `@octocat <img src=x> ${kind} fixes #1 | no`,
        };
      },
    });
    const kinds = Array.from({ length: 14 }, (_, at) => `kind${at}`);
    const cwd = folder({
      'jobs/volley.yaml': manifestOn(server, {
        tasks: [
          { id: 'good', prompt: 'Hello' },
          {
            id: 'bad',
            for_each: kinds.flatMap((kind) => [kind, `${kind} again`]),
            prompt: 'fail {{ item }}',
          },
        ],
      }),
    });
    const page = join(cwd, 'page.md');
    writeFileSync(page, 'Before.\n');
    const env = {
      TEST_KEY: KEY,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: cwd,
      GITHUB_STEP_SUMMARY: page,
    };
    const run = await volley(['run', 'volley.yaml', '-o', 'out.jsonl'], {
      cwd: join(cwd, 'jobs'),
      env,
    });
    expect(run.code).toBe(1);
    const marks = run.stderr.split('\n').filter((line) => line.startsWith('::'));
    expect(marks).toHaveLength(10);
    for (const mark of marks) expect(mark).toMatch(/^::error file=jobs\/volley\.yaml,line=\d+/);
    expect(marks.every((mark) => mark.includes('2 tasks failed'))).toBe(true);
    const text = readFileSync(page, 'utf8');
    expect(text).toMatch(/^Before\.\n### `volley\.yaml`: 1\/29 succeeded, 28 failed$/m);
    expect(text).toContain('| why | tasks | such as |');
    // Untrusted text is shown as code, and a bar in it does not end the cell.
    expect(text.replaceAll(/`+[^`]*`+/g, '')).not.toMatch(/@octocat|<img|fixes #1/);
    expect(text).toContain(String.raw`\| no`);

    const plan = await volley(['plan', 'volley.yaml', '--markdown', 'plan.md'], {
      cwd: join(cwd, 'jobs'),
      env,
    });
    expect(plan.code).toBe(0);
    const written = readFileSync(join(cwd, 'jobs', 'plan.md'), 'utf8');
    expect(written).toContain('| `local/small` | 29 |');
    expect(readFileSync(page, 'utf8')).toBe(`${text}${written}\n`);
  });

  it('a summary page that cannot be written causes only a note', async () => {
    const server = await served();
    const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: ['Hello'] }) });
    const env = { TEST_KEY: KEY, GITHUB_STEP_SUMMARY: join(cwd, 'none', 'page.md') };
    const run = await volley(['run'], { cwd, env });
    expect(run).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('the job summary cannot be written'),
    });
  });
});
