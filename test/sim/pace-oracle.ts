import { PATIENCE_MS } from './attempt-rules.ts';
import type { LifeEnd } from './life.ts';
import type { EndedLife } from './end-oracle.ts';
import type { Life, Scenario, SimulatedLane } from './scenario.ts';
import type { Call } from './watch.ts';

/**
 * Where nothing but limits that nobody declared is in the way, every task gets through, and not much
 * later than the server's rate and latency make it.
 */
export function checkPace(
  ended: EndedLife,
  { finished }: Extract<LifeEnd, { kind: 'ended' }>,
): void {
  const { scenario, life, watch } = ended;
  for (const lane of scenario.lanes) {
    if (!lane.hidden) continue;
    const calls = watch.calls.filter((call) => call.lane === lane.name);
    for (const task of life.tasks.filter((each) => each.lane === lane.name)) {
      const record = finished.find(({ id }) => id === task.id);
      if (record?.error?.code !== 'RATE_LIMITED' || task.maxRetries === 0) continue;
      const waitsMs = calls.filter(({ content }) => content === task.content).map(askedMs);
      if (Math.max(...waitsMs) > Math.max(task.timeoutMs, PATIENCE_MS)) continue;
      watch.report('pace', `${task.id} is given up after ${waitsMs.length} refusals`);
    }
    if (isHeldUp(lane, ended) || calls.some(timedOut)) continue;
    const admitted = calls.filter(({ fault }) => !fault.name.startsWith('limit-')).length;
    const lastMs = Math.max(0, ...calls.map(({ atMs }) => atMs));
    // Servers that count what they refuse have to be left alone for a while.
    const [times, plusMs] = lane.hidden.refusalsCount ? [4, 240_000] : [2, 60_000];
    const startMs = watch.needsEndedMs(lane.name);
    if (lastMs > startMs + times * admitted * eachTakesMs(lane, scenario, life) + plusMs) {
      watch.report('pace', `${lane.name} sends its last of ${admitted} only at ${lastMs} ms`);
    }
  }
}

/** By a limit that is declared, a rate learned when it was another, or another lane's money. */
function isHeldUp({ name, limits }: SimulatedLane, { scenario, begunWith }: EndedLife): boolean {
  if (Object.keys(limits).some((limit) => limit !== 'concurrency')) return true;
  return begunWith.get(name)?.found.rpm !== undefined || scenario.maxCostUsd !== undefined;
}

/** What one request takes of the server's rate and of the slots. */
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

/** A server slower than its task's `timeout` costs a retry's wait each time. */
function timedOut({ outcome }: Call): boolean {
  return outcome?.kind === 'failed' && outcome.failure.code === 'TIMEOUT';
}

function askedMs({ outcome }: Call): number {
  return (outcome?.kind === 'failed' && outcome.failure.retryAfterMs) || 0;
}
