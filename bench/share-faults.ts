import type { TestRedis } from '../test/support/redis.ts';
import { volley, volleyWith } from './clients/volley.ts';
import { total } from './report/pacing-report.ts';
import type { Scenario } from './scenarios.ts';
import { TICK_MS } from './server/server-plan.ts';
import { runTrial } from './trial.ts';

const PROCESSES = 4;
const KILL = { seconds: 30, atMs: 12_000 };
const OUTAGE = { seconds: 110, fromMs: 20_000, untilMs: 45_000, rowsEach: 225 };
const LIMITS = { rps: 10, rpm: 600 };

/** How long the other processes leave the share of a process unused when one of four is killed. */
export async function killOne(scenario: Scenario, redis: TestRedis): Promise<string> {
  let killedMs = NaN;
  let startedMs = NaN;
  const { report } = await runTrial(
    scenario,
    { name: 'volley', client: volley },
    {
      seconds: KILL.seconds,
      seed: 1,
      processes: PROCESSES,
      installed: {},
      share: redis.url,
      during(running) {
        startedMs = performance.now();
        setTimeout(() => {
          killedMs = performance.now() - startedMs;
          running[0]?.kill();
        }, KILL.atMs);
      },
    },
  );
  // The window begins with the first request, a little after the processes start.
  const killTick = Math.floor(killedMs / TICK_MS);
  const perSecond = (from: number, ticks: number): number =>
    total(report.accepted.slice(from, from + ticks)) / ((ticks * TICK_MS) / 1_000);
  const before = perSecond(killTick - 50, 40);
  const last = report.accepted.length - 30;
  let backAt = killTick;
  while (backAt < last && perSecond(backAt, 30) < 0.95 * before) backAt += 1;
  const within =
    backAt < last ? `within ${(((backAt - killTick) * TICK_MS) / 1_000).toFixed(1)} s` : 'not';
  return (
    `${scenario.title}: \`kill -9\` of one of ${PROCESSES} processes; the others use its share ${within} ` +
    `(${before.toFixed(0)} requests per second before, ${perSecond(last - 50, 80).toFixed(0)} at the end)`
  );
}

/** What the server saw of a declared limit while Redis was killed and restarted empty. */
export async function loseStore(redis: TestRedis): Promise<string> {
  const scenario: Scenario = {
    name: 'declared',
    title: 'declared limits',
    limits: JSON.stringify(LIMITS),
    requestsPerSecond: LIMITS.rps,
    server: { wire: 'chat', announces: false, retryAfter: false, buckets: [] },
  };
  const { report, results } = await runTrial(
    scenario,
    { name: 'volley', client: volleyWith(LIMITS) },
    {
      seconds: OUTAGE.seconds,
      seed: 1,
      processes: PROCESSES,
      installed: {},
      share: redis.url,
      rows: OUTAGE.rowsEach,
      during() {
        setTimeout(() => void redis.kill(), OUTAGE.fromMs);
        setTimeout(() => void redis.start(), OUTAGE.untilMs);
      },
    },
  );
  const { accepted } = report;
  const most = (ticks: number): number =>
    Math.max(...accepted.map((_, from) => total(accepted.slice(from, from + ticks))));
  const during = accepted.slice(OUTAGE.fromMs / TICK_MS, OUTAGE.untilMs / TICK_MS);
  const succeeded = results.flat().filter((line) => line.includes('"status":"succeeded"')).length;
  const rows = PROCESSES * OUTAGE.rowsEach;
  return (
    `Redis killed at ${OUTAGE.fromMs / 1_000} s and started empty at ${OUTAGE.untilMs / 1_000} s, ` +
    `${PROCESSES} processes, ${scenario.limits}: ${succeeded} of ${rows} tasks succeeded with ` +
    `${total(accepted)} requests; at most ${most(60_000 / TICK_MS)} in any minute and ` +
    `${most(1_000 / TICK_MS)} in any second; ` +
    `${(total(during) / (during.length / 10)).toFixed(1)} per second without Redis; ` +
    `longest pause ${(longestPause(accepted) * TICK_MS) / 1_000} s`
  );
}

/** Counts ticks without a request, before the last request. */
function longestPause(accepted: readonly number[]): number {
  let longest = 0;
  let pause = 0;
  for (const count of accepted) {
    if (count > 0) longest = Math.max(longest, pause);
    pause = count > 0 ? 0 : pause + 1;
  }
  return longest;
}
