import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/ports/system-clock.ts';
import { createVendor, type VendorOptions } from '../support/cache-vendor.ts';
import { folder, recordsIn, volley } from '../support/cli.ts';
import { providerOn, served, WITH_KEY } from './served.ts';

const CONTEXT = 'The rules of the house say so. '.repeat(1_000);
const PRICES = { 'local/claude-opus-4-8': { input: 5, output: 25, cache_read: 0.5 } };

/** A server on the loopback that caches as Anthropic does, and a manifest on it. */
async function onVendor(
  tasks: number,
  { vendor: options, ...more }: { vendor?: Partial<VendorOptions>; budget?: object } = {},
) {
  const vendor = createVendor({
    kind: 'anthropic',
    clock: systemClock,
    latencyMs: () => 40,
    ...options,
  });
  const server = await served({
    respond: async ({ path, body }) => {
      const { status, body: answer, headers } = await vendor.answer(path, body);
      return { kind: 'reply', status, body: JSON.stringify(answer), ...(headers && { headers }) };
    },
  });
  const cwd = folder({
    'context.txt': CONTEXT,
    'volley.yaml': JSON.stringify({
      context: [{ file: 'context.txt' }],
      defaults: { model: 'local/claude-opus-4-8', max_tokens: 200 },
      providers: { local: providerOn(server, 'anthropic') },
      prices: PRICES,
      ...more,
      tasks: [
        {
          id: 'q',
          for_each: Array.from({ length: tasks }, (_, at) => at),
          prompt: 'Question {{ item }}?',
        },
      ],
    }),
  });
  return { vendor, cwd };
}

describe('a context that tasks share', () => {
  it('is written by one warm-up call, which counts in the results file, the summary and a resume', async () => {
    const { vendor, cwd } = await onVendor(60);
    const options = { ...WITH_KEY, cwd };
    const args = ['run', 'volley.yaml', '-o', 'r.jsonl', '--summary-file', 's.json'];
    const run = await volley([...args, '--first', '50'], options);
    expect(run.code).toBe(0);
    const [call, ...others] = vendor.calls;
    expect(call).toMatchObject({ isWarmUp: true, readTokens: 0 });
    expect(others.every(({ readTokens }) => readTokens === call?.writtenTokens)).toBe(true);
    expect(run.stderr).toMatch(
      /Cache {5}98% of shared tokens read · saved \$1\.\d+ · 1 warm-up call/,
    );
    const summary = JSON.parse(readFileSync(join(cwd, 's.json'), 'utf8'));
    const records = recordsIn(readFileSync(join(cwd, 'r.jsonl'), 'utf8'));
    const inRecords = records.reduce((sum, { cost_usd: cost }) => sum + (cost ?? NaN), 0);
    expect(summary.warm_ups).toBe(1);
    expect(summary.cost_usd).toBeCloseTo(inRecords + summary.warm_ups_usd, 9);
    const companion = readFileSync(join(cwd, 'r.jsonl.volley'), 'utf8');
    expect(JSON.parse(companion)).toMatchObject({
      kind: 'warm_up',
      lane: 'local/claude-opus-4-8',
      cost_usd: summary.warm_ups_usd,
    });

    const resumed = await volley([...args, '--resume'], options);
    expect(resumed.code).toBe(0);
    const all = summary.cost_usd + JSON.parse(readFileSync(join(cwd, 's.json'), 'utf8')).cost_usd;
    expect(resumed.stderr).toContain(`$${all.toFixed(2)} for all runs into this file`);
  });

  it('is no longer cached if nothing is read from the cache, and the end of the run says so', async () => {
    const { vendor, cwd } = await onVendor(12, { vendor: { neverHits: true } });
    const run = await volley(['run', 'volley.yaml'], { ...WITH_KEY, cwd });
    expect(run.code).toBe(0);
    expect(vendor.calls.filter(({ writtenTokens }) => writtenTokens > 0)).toHaveLength(3);
    expect(run.stderr).toContain('nothing was read from the cache, so the rest was not cached');
  });

  it('costs what the plan and the simulation say', async () => {
    const { cwd } = await onVendor(50);
    const options = { ...WITH_KEY, cwd };
    const plan = await volley(['plan', 'volley.yaml', '--json'], options);
    const { expected } = JSON.parse(plan.stdout).total.cost_usd;
    const rehearsed = await volley(['run', 'volley.yaml', '--simulate', '--json'], options);
    expect(JSON.parse(rehearsed.stdout).summary.cost_usd / expected).toBeCloseTo(1, 2);
    const text = await volley(['plan', 'volley.yaml'], options);
    expect(text.stdout).toMatch(
      /Caching what tasks share saves \$\d\.\d+: without it, \$\d\.\d+\./,
    );
  });
});
