import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/ports/random.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import { startBatchVendor, type RowFate } from '../support/batch-vendor.ts';
import { ended, folder, recordsIn, startVolley, volley } from '../support/cli.ts';

/** `npm run torture -- --batches` plays 10,000 rows and 40 kills. */
const KILLS = Number(process.env['VOLLEY_TEST_KILLS'] ?? 5);
const ROWS = Number(process.env['VOLLEY_TEST_ROWS'] ?? 300);
/** Each model has its own chunk. */
const MODELS = ['a', 'b', 'c', 'd'].map((name) => `local/${name}`);
const PRICE = { input: 1, output: 5, batch: 0.5 };
const ARGS = ['run', '-o', 'out.jsonl', '-q'];

function manifestOn(url: string, type: string): string {
  const rows = Array.from({ length: ROWS / MODELS.length }, (_, at) => `row ${at}`);
  const task = { id: 'q', models: MODELS, max_tokens: 50, for_each: rows };
  return JSON.stringify({
    providers: { local: { type, base_url: `${url}/v1`, batch: true } },
    prices: Object.fromEntries(MODELS.map((model) => [model, PRICE])),
    tasks: [{ ...task, prompt: '{{ item }} to {{ matrix.model }}' }],
  });
}

/** 5% of the rows expire, 5% fail. */
function fateOf(prompt: string): RowFate {
  const row = Number(/\d+/.exec(prompt)?.[0]) % 20;
  return row === 7 ? 'expired' : row === 13 ? 'errored' : 'answered';
}

test.each(['openai', 'anthropic'] as const)(
  'a run in batches that is killed again and again gives the records of a realtime run for half the price, in the wire format %s',
  async (type) => {
    const random = seededRandom(7);
    const vendor = await startBatchVendor({
      looks: 2,
      lostCreates: new Set([1]),
      notFoundFirst: 1,
      fateOf: (prompt, batch) => (batch < MODELS.length ? fateOf(prompt) : 'answered'),
    });
    const cwd = folder({ 'volley.yaml': manifestOn(vendor.url, type) });
    const args = [...ARGS, '--mode', 'batch', '--resume'];
    let kills = 0;
    for (let at = 0; at < KILLS; at += 1) {
      const child = startVolley(args, { cwd });
      const timer = setTimeout(() => child.kill('SIGKILL'), 300 + random() * 2_500);
      if ((await ended(child)).signal === 'SIGKILL') kills += 1;
      clearTimeout(timer);
    }
    let { code, stderr } = await volley(args, { cwd });
    // The run was killed between an intent and the create call, so only the user can find out
    // whether the batch exists.
    const isUnknown = code === 4;
    if (isUnknown) ({ code, stderr } = await volley([...args, '--resubmit'], { cwd }));
    expect(code, stderr).toBe(0);
    const records = recordsIn(readFileSync(join(cwd, 'out.jsonl'), 'utf8'));

    const usual = await startBatchVendor();
    const realtime = folder({ 'volley.yaml': manifestOn(usual.url, type) });
    expect((await volley(ARGS, { cwd: realtime })).code).toBe(0);
    const expected = recordsIn(readFileSync(join(realtime, 'out.jsonl'), 'utf8'));
    expect(records.map(whatItSays)).toEqual(expected.map(whatItSays));
    expect(records.length).toBe(ROWS);

    const batched = records.filter(({ mode }) => mode === 'batch');
    expect(batched.length).toBeGreaterThanOrEqual(ROWS * 0.85);
    expect(new Set(batched.map(({ cost_usd: usd }) => usd))).toEqual(new Set([0.00003]));
    expect(new Set(expected.map(({ cost_usd: usd }) => usd))).toEqual(new Set([0.00006]));

    expect([...vendor.inBatches.values()].filter((count) => count > 1)).toEqual([]);
    const inBoth = [...vendor.billed].filter(
      ([prompt, count]) => vendor.inBatches.has(prompt) && count > 1,
    );
    expect(inBoth).toEqual([]);
    // Leftover rows are sent in realtime, and each kill may cost the requests in flight.
    const twice = [...vendor.billed.values()].filter((count) => count > 1).length;
    expect(twice).toBeLessThanOrEqual(kills * 64);
    process.stderr.write(
      `${type}: ${ROWS} rows, ${kills} kills, ${vendor.batches()} batches, ${batched.length} rows in batches, ${vendor.singles()} in realtime, ${twice} of these paid twice${isUnknown ? ', --resubmit was needed' : ''}\n`,
    );
  },
  120_000 + KILLS * 10_000 + ROWS * 20,
);

function whatItSays({ id, status, output, usage }: ResultRecord) {
  return { id, status, output, usage };
}
