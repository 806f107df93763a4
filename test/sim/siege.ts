import { SERVER } from '../pacing/virtual-server.ts';
import { createDice, type Dice } from './dice.ts';
import { expanded } from './entries.ts';
import type { HiddenLimits } from './hidden-limits.ts';
import type { Life, Scenario, SimulatedLane } from './scenario.ts';

/**
 * The same story in one life and one lane. The lane's server refuses many requests at once, or all
 * of them for a while. Nothing else delays the tasks, so the story shows how the lane copes.
 */
export function besieged({ seed, lanes: [lane], lives, ...story }: Scenario): Scenario {
  if (!lane) throw new Error(`no lane in the story of ${seed}`);
  const hidden = createSiege(createDice(seed, 'server under siege'), lane.provider);
  return {
    ...story,
    seed,
    isBesieged: true,
    lanes: [{ ...lane, limits: {}, hidden }],
    lives: lives.slice(-1).map((life) => onlyIn(lane, life)),
    maxConcurrent: 64,
    maxCostUsd: undefined,
    maxTaskCostUsd: undefined,
    hints: new Map(),
  };
}

/**
 * A rate that is not announced; or little concurrency, although the announced limits leave plenty
 * of room; or no room at all, at first or forever.
 */
function createSiege(dice: Dice, provider: SimulatedLane['provider']): HiddenLimits {
  if (dice.chance(0.35)) {
    const requests = { perMinute: 120, holdsS: 5 };
    return { ...SERVER, buckets: { requests }, refusalsCount: true, latencyMedianMs: 400 };
  }
  const server: HiddenLimits = {
    ...SERVER,
    buckets: { requests: { perMinute: 6_000, holdsS: 60 } },
    headers: provider === 'alpha' ? 'openai' : 'anthropic',
    latencyMedianMs: 400,
  };
  if (dice.chance(0.5)) return { ...server, concurrency: dice.between(2, 5) };
  const span = { fromMs: dice.between(0, 300), toMs: dice.between(2_000, 12_000) };
  if (dice.chance(0.2)) return { ...server, storms: [{ ...span, toMs: Infinity }] };
  return dice.chance(0.5) ? { ...server, outages: [span] } : { ...server, storms: [span] };
}

function onlyIn({ name }: SimulatedLane, life: Life): Life {
  const entries = life.entries.map((entry) => ({ ...entry, task: { ...entry.task, lane: name } }));
  return { ...life, entries, tasks: expanded(entries), retryDelayMs: undefined, readerMs: 0 };
}
