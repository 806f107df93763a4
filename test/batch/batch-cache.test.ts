import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startBatchVendor, type VendorFaults } from '../support/batch-vendor.ts';
import { folder, recordsIn, volley } from '../support/cli.ts';
import { play } from './play.ts';
import { HURRIED } from './hurried.ts';

const PRICE = { input: 1, output: 5, cache_read: 0.1, cache_write: 1.25, batch: 0.5 };
const LONG = Array.from({ length: 400 }, () => 'Be kind, be fair and say it all.').join(' ');

function manifestOn(
  url: string,
  { type = 'anthropic', rows = 30, system = LONG, more = {}, run = {} } = {},
) {
  return {
    providers: { local: { type, base_url: `${url}/v1`, batch: true } },
    run: { mode: 'batch', ...run },
    prices: { 'local/small': PRICE },
    tasks: [
      {
        id: 'q',
        model: 'local/small',
        max_tokens: 10,
        max_retries: 0,
        for_each: Array.from({ length: rows }, (_, at) => `row ${at}`),
        system,
        prompt: '{{ item }}',
        ...more,
      },
    ],
  };
}

async function played(faults: VendorFaults, options: Parameters<typeof manifestOn>[1] = {}) {
  const vendor = await startBatchVendor({ epochMs: () => HURRIED.epochMs(), ...faults });
  const file = join(folder(), 'out.jsonl');
  const { summary, said } = await play(JSON.stringify(manifestOn(vendor.url, options)), file);
  const creates = vendor.seen.filter(({ url }) => /^POST .*(?:batches|files)$/.test(url));
  return {
    summary,
    said,
    records: recordsIn(readFileSync(file, 'utf8')),
    singles: vendor.singles(),
    /** For each batch: how many rows it has, and how many of them are marked. */
    batches: creates
      .filter(({ text }) => text.includes('custom_id'))
      .map(({ text }) => [count(text, '"custom_id"'), count(text, '"ttl":"1h"')]),
  };
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

test('one row goes first and writes the prefix that all others read, if that costs less', async () => {
  const { batches, records, summary } = await played({ caching: 'between_batches' });
  expect(batches).toEqual([
    [1, 1],
    [29, 29],
  ]);
  expect(records.filter(({ usage }) => (usage?.cache_read_tokens ?? 0) > 2_000).length).toBe(29);
  expect(records.filter(({ usage }) => (usage?.cache_write_tokens ?? 0) > 2_000).length).toBe(1);
  expect(summary?.cache_saved_usd).toBeGreaterThan(0.02);
  expect(summary?.batch_saved_usd).toBeGreaterThan(0);
});

test('a plan and a simulation show the price with caching, which the run then pays', async () => {
  const vendor = await startBatchVendor({ caching: 'between_batches' });
  const manifest = manifestOn(vendor.url);
  const cwd = folder({ 'volley.yaml': JSON.stringify(manifest) });
  const planned = await volley(['plan', '--json'], { cwd });
  const { total, modes } = JSON.parse(planned.stdout);
  expect(total.cost_usd.expected).toBe(modes.batch_usd);
  expect(total.uncached_cost_usd).toBeGreaterThan(4 * modes.batch_usd);
  expect(total.cost_usd.ceiling).toBeGreaterThan(1.9 * total.uncached_cost_usd);
  expect([modes.batch_ms.low, modes.batch_ms.high]).toEqual([
    3_600_000,
    90_000_000 + total.duration_ms,
  ]);
  const text = (await volley(['plan'], { cwd })).stdout;
  expect(text).toMatch(/^realtime +\$\S+ +\S+\nbatch +\$\S+ +usually within 1h, at most 25h/mu);
  const markdown = (await volley(['plan', '--format', 'markdown'], { cwd })).stdout;
  expect(markdown).toMatch(/^\| batch \| \$\S+ \| usually within 1h, at most 25h/mu);
  // With one seed in ten, the simulated server fails the row that goes first, and caching with it.
  const simulated = await volley(['run', '--simulate', '--seed', '7', '--json', '-o', 'x.jsonl'], {
    cwd,
  });
  const { summary: expected } = JSON.parse(simulated.stdout);
  expect(expected).toMatchObject({ succeeded: 30, attempts: 30, highest_concurrency: 0 });
  expect(expected.cost_usd).toBeCloseTo(modes.batch_usd, 4);
  expect(expected.duration_ms).toBeLessThan(2 * 3_700_000);
  const { summary } = await played({ caching: 'between_batches' });
  expect(summary?.cost_usd).toBeGreaterThan(0.7 * modes.batch_usd);
  expect(summary?.cost_usd).toBeLessThan(1.3 * modes.batch_usd);
});

describe('nothing is marked', () => {
  test.each<[string, VendorFaults, Parameters<typeof manifestOn>[1], number[][]]>([
    ['if the shared prefix is too short to be cached', {}, { system: 'Be brief.' }, [[30, 0]]],
    ['if too few rows share a prefix', {}, { rows: 10 }, [[10, 0]]],
    ['if the manifest says so', {}, { more: { prompt_cache: 'off' } }, [[30, 0]]],
    [
      'for minutes, because a batch may take longer',
      {},
      { more: { prompt_cache: '5m' } },
      [[30, 0]],
    ],
    ['before an early deadline', {}, { run: { mode: 'auto', deadline: '2h' } }, [[30, 0]]],
    ["in OpenAI's wire format", {}, { type: 'openai' }, [[30, 0]]],
    [
      'after a prefix was not written',
      { caching: 'never' },
      {},
      [
        [1, 1],
        [29, 0],
      ],
    ],
    [
      'if the server refuses the marks',
      { caching: 'refused' },
      {},
      [
        [1, 1],
        [30, 0],
      ],
    ],
    [
      'after the row that goes first is not answered',
      { caching: 'between_batches', fateOf: (_, batch) => (batch === 0 ? 'expired' : 'answered') },
      {},
      [
        [1, 1],
        [29, 0],
      ],
    ],
  ])('%s', async (_, faults, options, expected) => {
    const { batches, records } = await played(faults, options);
    expect(batches).toEqual(expected);
    expect(records.every(({ status }) => status === 'succeeded')).toBe(true);
  });
});
