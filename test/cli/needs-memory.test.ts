import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder, recordsIn, volley } from '../support/cli.ts';
import { KEY, manifestOn, prompts, served } from './served.ts';

test('answers that need more memory than there is are kept, and only the task that needs them all fails', async () => {
  const server = await served({
    respond: ({ n }) => ({ kind: 'answer', text: `${n} ${'x'.repeat(400_000)}` }),
  });
  const rows = prompts(120);
  const manifest = manifestOn(server, {
    provider: { limits: { concurrency: 8 } },
    tasks: [
      { id: 'row', for_each: rows, prompt: '{{ item }}' },
      { id: 'each', for_each: { needs: 'row' }, prompt: '{{ needs.row.output | size }}' },
      { id: 'all', needs: ['row'], prompt: '{{ needs.row | size }}' },
    ],
  });
  const cwd = folder({ 'volley.yaml': manifest });
  // The answers need 48 MB. A quarter of this heap is less, and the whole heap is more.
  const env = { TEST_KEY: KEY, NODE_OPTIONS: '--max-old-space-size=128 --max-semi-space-size=1' };
  const run = await volley(['run', '-o', 'r.jsonl', '--progress', 'none'], { cwd, env });
  const records = recordsIn(readFileSync(join(cwd, 'r.jsonl'), 'utf8'));
  const failed = records.filter(({ status }) => status !== 'succeeded');
  expect({ code: run.code, failed: failed.map(({ id }) => id) }).toEqual({
    code: 1,
    failed: ['all'],
  });
  expect(failed[0]?.error).toMatchObject({
    code: 'TEMPLATE',
    message: expect.stringMatching(/^the results of `row` need more than \d+ MB of memory/u),
    hint: expect.stringContaining('`for_each: { needs: row }`'),
  });
  expect(records).toHaveLength(2 * rows.length + 1);
});
