import { isRefusal, PATIENCE_MS } from './attempt-rules.ts';
import type { LifeEnd } from './life.ts';
import type { EndedLife } from './end-oracle.ts';
import { isOut } from './hidden-limits.ts';
import type { Life, Scenario, SimulatedLane } from './scenario.ts';
import type { Call } from './watch.ts';

/**
 * If nothing but undeclared limits is in the way, every task must succeed, and not much later than
 * the server's rate and latency imply.
 */
export function checkPace(
  ended: EndedLife,
  { finished }: Extract<LifeEnd, { kind: 'ended' }>,
): void {
  const { scenario, life, watch } = ended;
  for (const lane of scenario.lanes) {
    const calls = watch.calls.filter((call) => call.lane === lane.name);
    if (!mayBeLeft(calls)) {
      for (const task of life.tasks.filter((each) => each.lane === lane.name)) {
        const record = finished.find(({ id }) => id === task.id);
        if (record?.error?.code !== 'RATE_LIMITED' || task.maxRetries === 0) continue;
        watch.report('pace', `${task.id} is given up after ${record.attempts} attempts`);
      }
    }
    if (!lane.hidden || isHeldUp(lane, ended)) continue;
    const admitted = calls.filter(({ fault }) => !fault.name.startsWith('limit-')).length;
    if (scenario.isBesieged && !isOut(lane.hidden)) checkRefusals(lane, ended, admitted);
    const lastMs = Math.max(0, ...calls.map(({ atMs }) => atMs));
    const startMs = Math.max(watch.needsEndedMs(lane.name), seenToEndMs(lane, scenario));
    const sendsMs = admitted * eachTakesMs(lane, scenario, life);
    const timeoutsMs = calls.filter(timedOut).length * TIMEOUT_COSTS_MS;
    const { times, plusMs } = patienceWith(lane, scenario);
    if (lastMs > startMs + times * sendsMs + timeoutsMs + plusMs) {
      watch.report('pace', `${lane.name} sends its last of ${admitted} only at ${lastMs} ms`);
    }
  }
}

/**
 * Whether a server requests waits that are longer than tasks wait, or has accepted nothing for ten
 * minutes.
 */
function mayBeLeft(calls: readonly Call[]): boolean {
  if (calls.some(asksTooLong)) return true;
  const lastAdmitted = calls.findLastIndex(({ outcome }) => !isRefusal(outcome));
  const refused = calls.slice(lastAdmitted + 1);
  const lastsMs = (refused.at(-1)?.atMs ?? 0) - (refused[0]?.endMs ?? 0);
  return lastsMs >= SHUT_MS && roundsOf(refused) >= SHUT_ROUNDS;
}

/** How often a server was asked: requests in flight at the same time count as one. */
function roundsOf(refused: readonly Call[]): number {
  let [rounds, latestMs] = [0, -Infinity];
  for (const { atMs, endMs } of refused.toSorted((one, other) => one.endMs - other.endMs)) {
    if (atMs >= latestMs) rounds += 1;
    latestMs = endMs;
  }
  return rounds;
}

function asksTooLong(call: Call): boolean {
  return askedMs(call) > Math.max(call.timeoutMs, PATIENCE_MS);
}

const SHUT_MS = 595_000;
const SHUT_ROUNDS = 10;

/**
 * A server that accepts only so many requests at once refuses the first burst, then only the few
 * that find out whether it now accepts more. A hidden rate refuses more, because it takes as long
 * as an answer to notice it. Exceeding it again and again would cause far more refusals.
 */
function checkRefusals(
  { name, hidden }: SimulatedLane,
  { life, watch }: EndedLife,
  admitted: number,
): void {
  const refused = watch.calls.length - admitted;
  // If some answers take far longer than others, it is harder to tell what was too much.
  const isEven = (life.weather.get(name)?.latencyMs[1] ?? 0) < 100;
  const ofCrowd = isEven ? 10 + admitted / 12 : 16 + admitted / 4;
  // Until the first refusal, each of the eight answers to the first requests lets four others be
  // sent.
  const most = hidden?.concurrency === undefined ? 61 + admitted * 1.25 : ofCrowd;
  if (refused > most)
    watch.report('pace', `${name} has ${refused} refused and ${admitted} admitted`);
}

/** When it must be known that a server accepts requests again: it is asked less and less often. */
function seenToEndMs({ hidden }: SimulatedLane, { isBesieged }: Scenario): number {
  if (!hidden || !isBesieged) return 0;
  return Math.max(0, ...[...hidden.outages, ...hidden.storms].map(({ toMs }) => (toMs * 4) / 3));
}

function patienceWith({ hidden }: SimulatedLane, { isBesieged }: Scenario) {
  // Servers that count refused requests have to be left alone for a while.
  if (hidden?.refusalsCount) return { times: 4, plusMs: 240_000 };
  return { times: 2, plusMs: isBesieged ? 20_000 : 60_000 };
}

/**
 * What it costs if a server is slower than its task's `timeout`: the timeout, and the wait before a
 * retry.
 */
const TIMEOUT_COSTS_MS = 75_000;

/**
 * Whether a lane is delayed by a declared limit, by a rate that was learned when it was different,
 * or by another lane's money.
 */
function isHeldUp({ name, limits }: SimulatedLane, { scenario, begunWith }: EndedLife): boolean {
  if (Object.keys(limits).some((limit) => limit !== 'concurrency')) return true;
  return begunWith.get(name)?.found.rpm !== undefined || scenario.maxCostUsd !== undefined;
}

/** How long each request occupies the server's rate and the slots. */
function eachTakesMs({ name, limits, hidden }: SimulatedLane, scenario: Scenario, life: Life) {
  const { buckets, changes = [], concurrency = Infinity, latencyMedianMs = 0 } = hidden ?? {};
  const factor = Math.min(1, ...changes.map((change) => change.factor));
  const perMinute = (buckets?.requests?.perMinute ?? Infinity) * factor;
  const slots = Math.min(
    concurrency,
    scenario.maxConcurrent,
    limits.concurrency?.max ?? Infinity,
    8,
  );
  const latencyMs = latencyMedianMs + (life.weather.get(name)?.latencyMs[1] ?? 0);
  const slotMs = latencyMs + 2 * life.disk.syncMs[1] + life.readerMs + 20;
  return 60_000 / perMinute + slotMs / Math.floor(Math.max(1, slots * factor));
}

function timedOut({ outcome }: Call): boolean {
  return outcome?.kind === 'failed' && outcome.failure.code === 'TIMEOUT';
}

function askedMs({ outcome }: Call): number {
  return (outcome?.kind === 'failed' && outcome.failure.retryAfterMs) || 0;
}
