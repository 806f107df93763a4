import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/ports/random.ts';
import { ended, folder, recordsIn, startVolley, volley } from '../support/cli.ts';
import { startBatchVendor } from '../support/batch-vendor.ts';

/** `VOLLEY_TEST_KILLS=40` plays more. */
const KILLS = Number(process.env['VOLLEY_TEST_KILLS'] ?? 6);
const ROWS = 300;

test.each(['openai', 'anthropic'] as const)(
  'a run in batches that is killed again and again pays for nothing twice on the wire of %s',
  async (type) => {
    const random = seededRandom(7);
    const vendor = await startBatchVendor({
      looks: 2,
      lostCreates: new Set([1]),
      notFoundFirst: 1,
      fateOf: (prompt, batch) =>
        batch === 0 && Number(prompt.slice('row '.length)) % 20 === 0 ? 'expired' : 'answered',
    });
    const rows = Array.from({ length: ROWS }, (_, at) => `row ${at}`);
    const cwd = folder({
      'volley.yaml': JSON.stringify({
        providers: { local: { type, base_url: `${vendor.url}/v1`, batch: true } },
        run: { mode: 'batch' },
        tasks: [{ id: 'q', model: 'local/small', for_each: rows, prompt: '{{ item }}' }],
      }),
    });
    const args = ['run', '-o', 'out.jsonl', '--resume', '-q'];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = startVolley(args, { cwd });
      const timer = setTimeout(() => child.kill('SIGKILL'), 300 + random() * 2_000);
      await ended(child);
      clearTimeout(timer);
    }
    let { code } = await volley(args, { cwd });
    // It was killed between an intent and the create: nobody but the caller can know.
    if (code === 4) ({ code } = await volley([...args, '--resubmit'], { cwd }));
    expect(code).toBe(0);
    const records = recordsIn(readFileSync(join(cwd, 'out.jsonl'), 'utf8'));
    expect(records.map(({ output }) => output)).toEqual(rows.map((row) => `answer to ${row}`));
    expect([...vendor.billed].filter(([, count]) => count > 1).length).toBeLessThanOrEqual(
      // Requests in flight at a kill: of realtime leftovers only.
      KILLS * 8,
    );
    const inBatches = [...vendor.inBatches.values()].filter((count) => count > 1);
    expect(inBatches).toEqual([]);
  },
  60_000 + KILLS * 10_000,
);
