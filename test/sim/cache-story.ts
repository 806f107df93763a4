import { play, type Played } from '../support/caching-play.ts';
import { SimulatedDisk } from '../support/simulated-disk.ts';
import type { VendorCall } from '../support/cache-vendor.ts';
import { createDice, type Dice } from './dice.ts';
import type { Violation } from './watch.ts';

/**
 * One volley whose tasks start with the same text, in one or two runs, against a server with a
 * cache.
 */
interface CacheStory {
  readonly kind: 'anthropic' | 'openai';
  /** The number of tasks for each context. */
  readonly contexts: readonly number[];
  /** Where the contexts are. */
  readonly place: 'system' | 'prompt';
  readonly concurrency: number;
  readonly restMs: number;
  readonly neverHits: boolean;
  readonly refusesWarmUps: boolean;
  /** The share of the requests that fail without being charged. */
  readonly failing: number;
  readonly maxCostUsd: number | undefined;
  /** When the first run is stopped; undefined if there is only one run. */
  readonly stoppedAtMs: number | undefined;
  readonly latencyMs: readonly [number, number];
}

const CONTEXT_TOKENS = 3_000;
const PRICES = {
  anthropic: { model: 'anthropic/claude-opus-4-8', input: 5, output: 25, read: 0.1 },
  openai: { model: 'openai/gpt-5.6', input: 5, output: 25, read: 0.1 },
};
const OUTPUT_TOKENS = 20;
const MOST_WRITES_IN_VAIN = 5;

function createCacheStory(seed: number): CacheStory {
  const dice = createDice(seed, 'cache');
  const contexts = Array.from({ length: dice.pick([1, 1, 2, 4, 6]) }, () =>
    dice.pick([1, 1, 2, 3, 8, 45]),
  );
  const tasks = contexts.reduce((sum, each) => sum + each, 0);
  return {
    kind: dice.pick(['anthropic', 'openai'] as const),
    contexts,
    place: dice.pick(['system', 'prompt'] as const),
    concurrency: dice.pick([1, 4, 60]),
    restMs: dice.pick([0, 0, 0, 2_000]),
    neverHits: dice.chance(0.15),
    refusesWarmUps: dice.chance(0.15),
    failing: dice.pick([0, 0, 0.1, 0.5]),
    maxCostUsd: dice.chance(0.4) ? (dice.pick([1, 3, 10, 25, 50]) * tasks) / 3_000 : undefined,
    stoppedAtMs: dice.chance(0.4) ? dice.between(100, 4_000) : undefined,
    latencyMs: dice.pick([
      [500, 500],
      [200, 2_000],
    ] as const),
  };
}

/** Plays the story of a seed and returns every promise about caching that was broken. */
export async function playCacheStory(seed: number): Promise<readonly Violation[]> {
  const story = createCacheStory(seed);
  const violations: Violation[] = [];
  const report = (message: string): void => void violations.push({ oracle: 'cache', message });
  const disk = new SimulatedDisk();
  let spentUsd = 0;
  for (const run of story.stoppedAtMs === undefined ? [0] : [0, 1]) {
    const dice = createDice(seed, `cache run ${run}`);
    const isStopped = run === 0 && story.stoppedAtMs !== undefined;
    const played = await playRun(story, { disk, dice, isFirst: run === 0, isStopped }).catch(
      (error: unknown) => report(error instanceof Error ? error.message : String(error)),
    );
    if (!played) break;
    if (!isClose(played.spentBeforeUsd, spentUsd)) {
      report(`the run takes ${played.spentBeforeUsd} USD for spent before, it is ${spentUsd}`);
    }
    spentUsd += check(story, played, report);
    if (story.maxCostUsd !== undefined && spentUsd > story.maxCostUsd + 1e-9) {
      report(`${spentUsd} USD were spent of ${story.maxCostUsd}`);
    }
  }
  return violations;
}

interface RunParts {
  readonly disk: SimulatedDisk;
  readonly dice: Dice;
  readonly isFirst: boolean;
  readonly isStopped: boolean;
}

function playRun(story: CacheStory, { disk, dice, isFirst, isStopped }: RunParts): Promise<Played> {
  const [low, high] = story.latencyMs;
  return play(manifestOf(story), {
    disk,
    mode: isFirst ? 'new' : 'resume',
    drainAfterMs: isStopped ? story.stoppedAtMs : undefined,
    files: Object.fromEntries(story.contexts.map((_, at) => [`c${at}.txt`, contextOf(at)])),
    vendor: {
      kind: story.kind,
      restMs: story.restMs,
      neverHits: story.neverHits,
      refusesWarmUps: story.refusesWarmUps,
      failsWith: () => (dice.chance(story.failing) ? dice.pick([429, 500, 529]) : undefined),
      latencyMs: () => dice.between(low, high),
      outputTokens: OUTPUT_TOKENS,
    },
  });
}

function manifestOf({ kind, contexts, place, concurrency, maxCostUsd }: CacheStory): string {
  const { model } = PRICES[kind];
  const api = kind === 'openai' ? ', api: responses' : '';
  const entries = contexts.map(
    (tasks, at) => `  - id: t${at}
    for_each: [${Array.from({ length: tasks }, (_, row) => row).join(', ')}]
    ${place === 'system' ? `system: { file: c${at}.txt }` : ''}
    prompt: |
      ${place === 'prompt' ? contextOf(at) : ''}
      Question {{ item }} about book ${at}?`,
  );
  const price = `{ input: ${PRICES[kind].input}, output: ${PRICES[kind].output}, cache_read: ${PRICES[kind].input * PRICES[kind].read} }`;
  return `
defaults: { model: ${model}, max_tokens: ${OUTPUT_TOKENS}, max_retries: 6 }
providers: { ${kind}: { base_url: "http://127.0.0.1:1"${api}, limits: { concurrency: ${concurrency} } } }
prices: { ${model}: ${price} }
${maxCostUsd === undefined ? '' : `budget: { max_cost_usd: ${maxCostUsd} }`}
tasks:
${entries.join('\n')}
`;
}

function contextOf(at: number): string {
  const line = `Book ${at} says that the house has rules, and that they are kept. `;
  return line.repeat(Math.ceil((CONTEXT_TOKENS * 4) / line.length)).slice(0, CONTEXT_TOKENS * 4);
}

/** Compares one run with the promises; returns what the server charged. */
function check(
  story: CacheStory,
  { summary, vendor }: Played,
  report: (message: string) => void,
): number {
  const { calls } = vendor;
  const price = PRICES[story.kind];
  const bill = calls.reduce((sum, { inputTokens, writtenTokens, readTokens, outputTokens }) => {
    const input = inputTokens + 1.25 * writtenTokens + price.read * readTokens;
    return sum + (price.input * input + price.output * outputTokens) / 1e6;
  }, 0);
  if (!isClose(summary.cost_usd ?? 0, bill)) {
    report(`the summary says ${summary.cost_usd} USD, the server charged ${bill}`);
  }
  if (summary.stopped_by === null && summary.succeeded !== summary.tasks && story.failing === 0) {
    report(`only ${summary.succeeded} of ${summary.tasks} tasks succeeded`);
  }
  const written = calls.filter(({ writtenTokens }) => writtenTokens > 0);
  if (story.neverHits && written.length > MOST_WRITES_IN_VAIN) {
    report(`${written.length} requests were written and never read`);
  }
  const isCut = story.stoppedAtMs !== undefined || story.failing > 0;
  if (!isCut && calls.length > 0 && calls.every(({ isWarmUp }) => isWarmUp)) {
    report('nothing came after a warm-up call');
  }
  for (const [at, tasks] of story.contexts.entries()) {
    const own = calls.filter(({ body }) => JSON.stringify(body).includes(`Book ${at} says`));
    checkContext(own, { story, tasks, report: (message) => report(`context ${at}: ${message}`) });
  }
  return bill;
}

function checkContext(
  calls: readonly VendorCall[],
  context: {
    readonly story: CacheStory;
    readonly tasks: number;
    readonly report: (message: string) => void;
  },
): void {
  const { story, tasks, report } = context;
  const writes = calls.filter(({ writtenTokens }) => writtenTokens > 0);
  const warmUps = calls.filter(({ isWarmUp }) => isWarmUp);
  if (tasks === 1 && writes.length > 0) report('it was written although one task has it');
  if (warmUps.length > 0 && tasks < 3) report('a warm-up call was made for next to nobody');
  const mostWrites = story.neverHits ? MOST_WRITES_IN_VAIN : story.restMs > 0 ? 2 : 1;
  const writing = warmUps.filter(({ writtenTokens }) => writtenTokens > 0);
  if (writing.length > mostWrites) report(`${writing.length} warm-up calls wrote it`);
  if (writes.length > mostWrites) report(`it was written ${writes.length} times`);
  const isWhole = story.stoppedAtMs === undefined && story.maxCostUsd === undefined;
  const inFull = calls.filter(({ readTokens, writtenTokens }) => readTokens + writtenTokens === 0);
  if (isWhole && tasks > 1 && !story.neverHits && story.failing === 0 && inFull.length > 0) {
    report(`${inFull.length} requests neither read nor wrote it`);
  }
  const [leader] = writes;
  if (!leader) return;
  const raced = calls.filter(
    (call) =>
      call !== leader && call.startedMs >= leader.startedMs && call.startedMs < leader.endedMs,
  );
  // A request that is sent again holds money that others may be waiting for, so it does not wait,
  // and pays the full price.
  if (story.maxCostUsd !== undefined && story.failing > 0) return;
  if (raced.length > 0) report(`${raced.length} requests did not wait for it to be written`);
}

function isClose(one: number, other: number): boolean {
  return Math.abs(one - other) < 1e-9;
}
