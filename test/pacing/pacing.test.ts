import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drive } from './drive.ts';
import { measure, spread, type Measured } from './measure.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { SERVER } from './virtual-server.ts';

const SEEDS = 12;

function scenarioNamed(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (!found) throw new Error(`no scenario \`${name}\``);
  return found;
}

function medians(runs: readonly Measured[]): { steady: number; waste: number } {
  return {
    steady: spread(
      runs.map((run) => run.steady),
      'higher',
    ).median,
    waste: spread(
      runs.map((run) => run.waste),
      'lower',
    ).median,
  };
}

/**
 * The least share of the ceiling in steady state, and the most refusals per 100 admitted requests.
 */
const TARGETS: ReadonlyArray<readonly [name: string, steady: number, waste: number]> = [
  ['announced rpm', 0.97, 1],
  ['announced rpm, stamped at the answer', 0.97, 1],
  ['announced rpm, stamped at the answer, far away', 0.97, 1],
  ['announced rpm, bucket of 0.1 s', 0.97, 1],
  ['announced tpm binds', 0.97, 1],
  ['announced tpm, stamped at the answer', 0.97, 1],
  ['anthropic, input binds', 0.97, 1],
  ['anthropic, output binds', 0.97, 1],
  ['anthropic, output binds, answers of 3 s', 0.97, 1],
  ['anthropic, output binds, answers of 8 s', 0.9, 1],
  ['halved at 10 s, announced', 0.97, 2],
  ['halved at 10 s, hidden', 0.97, 2],
  ['halved at 10 s, hidden, retry-after', 0.97, 2],
  ['announced rpm, over a jittery network', 0.97, 1],
  ['nothing announced, over a jittery network', 0.95, 2],
  ['halved at 10 s, headers stay as they were', 0.97, 2],
  ['hidden cap of 40, rate headers shown', 0.92, 2],
  ['hidden cap of 40, no headers', 0.85, 2],
  ['hidden cap of 40, retry-after only', 0.85, 2],
  ['nothing announced', 0.97, 2],
  ['nothing announced, bucket of 0.1 s', 0.85, 2],
  ['nothing announced, bucket of 10 s', 0.97, 2],
  ['retry-after only', 0.97, 2],
  ['refusals count', 0.95, 2],
  ['refusals count, nothing announced', 0.95, 2],
  ['refusals count, announced', 0.95, 2],
  ['outage of 4 s', 0.9, 3],
  ['outage of 4 s, nothing announced', 0.9, 3],
  ['storm of 30 s', 0.9, 2],
  ['bursty minute buckets, announced', 0.97, 1],
  ['bursty minute buckets, hidden', 0.9, 2],
  ['two on one key, announced', 0.95, 2],
  ['two on one key, hidden', 0.95, 2],
  ['four on one key, hidden', 0.95, 2],
  ['two on one cap of 40', 0.8, 2],
  ['lying headers', 0.9, 2],
  ['declared twice too high, hidden', 0.97, 2],
  ['5 a minute, hidden', 0.97, 40],
  ['50 a minute, retry-after', 0.97, 5],
  ['cap halved at 20 s, hidden', 0.85, 2],
  ['stall of 3 s, hidden', 0.9, 2],
  ['stall of 3 s, hidden cap of 40', 0.75, 2],
  ['doubled at 20 s, hidden', 0.97, 2],
];

test('every scenario has a target', () => {
  expect(TARGETS.map(([name]) => name).toSorted()).toEqual(
    SCENARIOS.map(({ name }) => name).toSorted(),
  );
});

test.each(TARGETS)(
  '%s: at least %d of the ceiling, at most %d refused in 100',
  (name, ...target) => {
    const runs = Array.from({ length: SEEDS }, (_, seed) => measure(scenarioNamed(name), seed + 1));
    const { steady, waste } = medians(runs);
    expect({ steady, isEnough: steady >= target[0] }).toEqual({ steady, isEnough: true });
    expect({ waste, isLittle: waste <= target[1] }).toEqual({ waste, isLittle: true });
    for (const { driven } of runs) expect(driven.excess).toBeLessThanOrEqual(0);
  },
);

describe('whatever the server', () => {
  const servers = fc.record({
    seed: fc.integer({ min: 1, max: 1e9 }),
    perMinute: fc.integer({ min: 30, max: 12_000 }),
    holdsS: fc.constantFrom(0.1, 1, 10),
    concurrency: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
    headers: fc.constantFrom('openai', 'anthropic', 'none', 'lying'),
    stamps: fc.constantFrom('admission', 'answer'),
    retryAfter: fc.boolean(),
    refusalsCount: fc.boolean(),
    latencyMedianMs: fc.integer({ min: 5, max: 5_000 }),
  } as const);

  test('a declared limit holds in every window, and so does the concurrency', () => {
    fc.assert(
      fc.property(servers, fc.integer({ min: 1, max: 50 }), (options, rps) => {
        const { seed, perMinute, holdsS, ...server } = options;
        const sentMs: number[] = [];
        const { excess } = drive({
          seed,
          durationMs: 5_000,
          limits: { rps, concurrency: { start: 4, max: 20 } },
          server: { ...SERVER, ...server, buckets: { requests: { perMinute, holdsS } } },
          onSend: ({ inFlight }, nowMs) => {
            sentMs.push(nowMs);
            expect(inFlight).toBeLessThanOrEqual(20);
          },
        });
        expect(excess).toBeLessThanOrEqual(0);
        for (const [index, atMs] of sentMs.entries()) {
          const first = sentMs[index - rps];
          if (first !== undefined) expect(atMs - first).toBeGreaterThanOrEqual(1_000);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('after half a minute of refusals, a lane recovers within another half minute', () => {
    const usual = servers.filter(
      ({ headers, perMinute, holdsS, concurrency = 200, latencyMedianMs }) =>
        headers !== 'lying' &&
        perMinute >= 300 &&
        holdsS > 0.1 &&
        concurrency >= 8 &&
        latencyMedianMs >= 50 &&
        latencyMedianMs < 2_000,
    );
    fc.assert(
      fc.property(usual, (options) => {
        const { seed, perMinute, holdsS, ...server } = options;
        const driven = drive({
          seed,
          durationMs: 105_000,
          server: {
            ...SERVER,
            ...server,
            buckets: { requests: { perMinute, holdsS } },
            storms: [{ fromMs: 5_000, toMs: 35_000 }],
          },
        });
        const perTurnMs = options.latencyMedianMs * 1.1 + 3;
        const atOnce = options.concurrency ?? 200;
        const possible = 40_000 * Math.min(perMinute / 60_000, atOnce / perTurnMs);
        const after = driven.server.admitted.filter((atMs) => atMs >= 65_000).length;
        expect(after).toBeGreaterThanOrEqual(Math.floor(possible / 4));
      }),
      // How far a run gets depends on chance, so the test always uses the same servers.
      { numRuns: 300, seed: 1 },
    );
  });
});
