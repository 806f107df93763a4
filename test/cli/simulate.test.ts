import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { simulationIn } from '../support/check-schema.ts';
import { folder, volley } from '../support/cli.ts';

const MANIFEST = {
  defaults: { model: 'anthropic/claude-haiku-5-5', max_tokens: 300 },
  providers: { anthropic: { limits: { rpm: 30, otpm: '10k', concurrency: 8 } } },
  prices: { 'anthropic/claude-haiku-5-5': { input: 1, output: 10 } },
  tasks: [
    {
      id: 'many',
      for_each: Array.from({ length: 600 }, (_, at) => at),
      prompt: 'Number {{ item }}',
    },
  ],
};

/** A provider with failures and answers of any length. */
const FLAKY = {
  providers: {
    play: {
      type: 'mock',
      limits: { rpm: 30 },
      mock: {
        latency: ['100ms', '9s'],
        errors: [429, 500, 503, 529].map((status) => ({ status, rate: 0.05 })),
      },
    },
  },
  defaults: { model: 'play/x' },
};

/** Makes the command exit with code 99 if anything asks for a connection. */
const OFFLINE = {
  NO_NETWORK: '1',
  ANTHROPIC_API_KEY: 'sk-ant-0123456789',
};

function rehearse(flags: readonly string[], parts: object = {}) {
  const cwd = folder({ 'volley.yaml': JSON.stringify({ ...MANIFEST, ...parts }) });
  return volley(['run', 'volley.yaml', '--simulate', ...flags], { cwd, env: OFFLINE });
}

describe('a simulation', () => {
  it('simulates twenty minutes in seconds, without a connection', async () => {
    const run = await rehearse([]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    // The limit is 30 per minute.
    expect(run.stdout).toMatch(/^Volley complete: 600\/600 succeeded in (?:19|20)m /);
    expect(run.stdout).toContain('\n  Cost      $0.61\n');
    expect(run.stdout).not.toContain('429');
    expect(run.stdout).toMatch(/\nRequests: 600, at most 8 at once\nSimulation of /);
    expect(run.stdout).toMatch(/ \(seed 1\)\. Nothing was sent\.\n$/);
  });

  it('is the same for the same seed, and different for another seed', async () => {
    const [first, again, other] = await Promise.all(
      ['5', '5', '6'].map((seed) => rehearse(['--json', '--seed', seed], FLAKY)),
    );
    assert(first && again && other);
    expect(first.stdout).toBe(again.stdout);
    expect(first.stdout).not.toBe(other.stdout);
    const { seed, summary, pauses } = simulationIn(first.stdout);
    expect(seed).toBe(5);
    expect(summary.tasks).toBe(600);
    expect(summary.retries).toBeGreaterThan(90);
    expect(summary.rate_limited).toBeGreaterThan(10);
    expect(pauses.count).toBeGreaterThan(10);
  });

  it('ends as the run would: a budget stops it with code 3', async () => {
    const run = await rehearse(['--max-cost-usd', '0.2', '--max-retries', '0', '--json']);
    expect(run.code).toBe(3);
    const { summary } = simulationIn(run.stdout);
    expect(summary).toMatchObject({ stopped_by: 'budget' });
    expect(summary.cost_usd).toBeLessThanOrEqual(0.2);
    expect(summary.cost_usd).toBeGreaterThan(0.15);
  });

  it('ends as the run would: a permanent failure gives code 1', async () => {
    const run = await rehearse(['--max-retries', '0'], {
      providers: { play: { type: 'mock', mock: { errors: [{ status: 500, rate: 1 }] } } },
      defaults: { model: 'play/x' },
      tasks: ['a'],
    });
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('made up by the rehearsal');
  });

  it('writes no results', async () => {
    const cwd = folder({ 'volley.yaml': JSON.stringify({ ...MANIFEST, output: 'out.jsonl' }) });
    const run = await volley(['run', 'volley.yaml', '--simulate'], { cwd });
    expect(run.code).toBe(0);
    expect(existsSync(join(cwd, 'out.jsonl'))).toBe(false);
  });

  it('simulates a mock with its own settings', async () => {
    const mock = { type: 'mock', mock: { latency: '10s', output_tokens: 7 } };
    const run = await rehearse(['--json'], {
      providers: { play: mock },
      defaults: { model: 'play/x' },
      tasks: ['a'],
    });
    const { summary } = simulationIn(run.stdout);
    expect(summary).toMatchObject({ duration_ms: 10_000, usage: { output_tokens: 7 } });
  });

  it('invents answers that match their schema', async () => {
    const schema = {
      type: 'object',
      properties: { good: { type: 'boolean' } },
      required: ['good'],
    };
    const run = await rehearse(['--json'], { tasks: [{ prompt: 'a', schema }] });
    const { summary } = simulationIn(run.stdout);
    expect(summary).toMatchObject({ succeeded: 1, retries: 0 });
  });
});
