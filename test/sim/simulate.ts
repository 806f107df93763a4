import { VirtualClock } from '../support/virtual-clock.ts';
import { SimulatedDisk } from '../support/simulated-disk.ts';
import type { Learned } from '../../src/outcome/learned-limits.ts';
import { playBatchStory, playDeadlineStory } from './batch-story.ts';
import { playCacheStory } from './cache-story.ts';
import { createDice } from './dice.ts';
import { checkEnd } from './end-oracle.ts';
import { PATH, playLife, type LifeEnd } from './life.ts';
import { createMemory, type Memory } from './memory.ts';
import { shareOf } from './part.ts';
import { NO_RESULTS, readResultsFile, type ResultsFile } from './results-file.ts';
import { createScenario, type Life, type Scenario } from './scenario.ts';
import { createTimers } from './timers.ts';
import { createWatch, type Violation, type Watch } from './watch.ts';
import { checkWindows } from './window-oracle.ts';

export interface SimulationReport {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly counts: SimulationCounts;
}

export interface SimulationCounts {
  readonly lives: number;
  readonly crashes: number;
  readonly requests: number;
  /** How many answers were paid for again because of a crash. */
  readonly paidTwice: number;
  /** How many runs in batches had a deadline, and how many of these were late. */
  readonly deadlines: number;
  readonly late: number;
  /** Numbers of requests by the fault that they met. */
  readonly faults: Readonly<Record<string, number>>;
}

/** Plays the story of a seed to its end and returns every promise that was broken. */
export async function simulate(
  seed: number,
  {
    log = () => undefined,
    hasMore = true,
  }: {
    readonly log?: (line: string) => void;
    /** Whether some seeds also play a story about caching or batches, which loads manifests. */
    readonly hasMore?: boolean;
  } = {},
): Promise<SimulationReport> {
  const scenario = createScenario(seed);
  const story: Story = {
    scenario,
    memory: createMemory(scenario),
    log,
    learned: new Map(scenario.hints),
    disk: new SimulatedDisk(),
    left: NO_RESULTS,
    epochMs: Date.UTC(2026, 0, 1),
    counts: { lives: 0, crashes: 0, requests: 0, paidTwice: 0, faults: {} },
  };
  for (const life of scenario.lives) {
    const violations = await playNext(story, life);
    // After a broken promise, the rest of the story proves nothing.
    if (violations.length > 0)
      return { seed, violations, counts: { ...story.counts, deadlines: 0, late: 0 } };
  }
  const has = (name: string, share: number): boolean =>
    hasMore && createDice(seed, `has a ${name} story`).chance(share);
  const { violations, deadlines, late } = has('deadline', DEADLINE_STORIES)
    ? await playDeadlineStory(seed)
    : { violations: [], deadlines: 0, late: 0 };
  return {
    seed,
    violations: [
      ...(has('cache', CACHE_STORIES) ? await playCacheStory(seed) : []),
      ...(has('batch', BATCH_STORIES) ? await playBatchStory(seed) : []),
      ...violations,
    ],
    counts: { ...story.counts, deadlines, late },
  };
}

/**
 * The shares of the seeds that also play a story about caching, or about crashes and deadlines of
 * batches.
 */
const CACHE_STORIES = 0.05;
const BATCH_STORIES = 0.03;
const DEADLINE_STORIES = 0.02;

/** What continues from one life to the next. */
interface Story {
  readonly scenario: Scenario;
  readonly memory: Memory;
  readonly log: (line: string) => void;
  readonly learned: Map<string, Learned>;
  disk: SimulatedDisk;
  /** The results file as the last life left it. */
  left: ResultsFile;
  epochMs: number;
  readonly counts: {
    lives: number;
    crashes: number;
    requests: number;
    paidTwice: number;
    readonly faults: Record<string, number>;
  };
}

async function playNext(story: Story, life: Life): Promise<readonly Violation[]> {
  const { scenario, memory, learned, disk, counts, log } = story;
  counts.lives += 1;
  const dice = createDice(scenario.seed, `life ${counts.lives}`);
  const clock = new VirtualClock({ epochMs: story.epochMs });
  const timers = createTimers(clock);
  if (createDice(scenario.seed, `before ${counts.lives}`).chance(0.05)) dropLineBreak(disk);
  const before = readResultsFile(disk, PATH, story.left);
  const mode = memory.begin(before, life);
  log(`── life ${counts.lives} of ${scenario.lives.length}: ${mode}, ${shown(life)}`);
  const share = shareOf(scenario, life);
  const watch = createWatch({
    scenario: share,
    life,
    clock,
    firstSerial: counts.requests + 1,
    isAnswered: (content) => memory.isAnswered(content),
    isKept: (id) => memory.keptIds().has(id),
    log,
  });
  const begunWith = new Map(learned);
  const stage = { scenario, life, mode, clock, timers, disk, watch, memory, learned, dice };
  const end = await playLife(stage, longestMs(scenario, life)).catch((error: unknown): LifeEnd => {
    watch.report('ends', error instanceof Error ? error.message : String(error));
    return { kind: 'crashed' };
  });
  timers.cancelAll();
  log(`── ${end.kind} at ${clock.now()} ms`);

  const written = readResultsFile(disk, PATH, before);
  const cutsPower = end.kind === 'crashed' ? life.crash?.after === 'power cut' : dice.chance(0.3);
  story.disk = cutsPower ? disk.afterPowerCut(dice.random) : disk.afterKill();
  const isDiskWell = !life.disk.full && !life.disk.failing;
  if (end.kind === 'refused' && isDiskWell) {
    watch.report('resume', `the results file is refused: ${String(end.error)}`);
  }
  if (end.kind === 'failed' && isDiskWell) {
    watch.report('ends', `the run failed: ${String(end.error)}`);
  }
  if (end.kind !== 'crashed' && end.kind !== 'refused' && mode !== 'overwrite') {
    checkKeptAside(before, written, watch);
  }
  if (end.kind === 'ended' || end.kind === 'failed') {
    const keptIds = memory.keptIds();
    const [endedMs, timersLeft] = [clock.now(), clock.pendingTimers];
    checkEnd({
      scenario,
      life,
      watch,
      end,
      file: written,
      keptIds,
      endedMs,
      timersLeft,
      begunWith,
    });
  }
  checkWindows(share.lanes, watch);
  story.left = readResultsFile(story.disk, PATH, written);
  memory.end({ end, file: story.left, watch });
  count(story, end, watch);
  story.epochMs = clock.epochMs() + dice.between(0, 3_600_000);
  return watch.violations;
}

/** Bytes that were cut off the end of the file must have been saved. */
function checkKeptAside({ bytes, torn }: ResultsFile, after: ResultsFile, watch: Watch): void {
  if (!bytes || torn.length === 0) return;
  const cut = Buffer.from(after.cutOff).subarray(-torn.length);
  if (!cut.equals(torn)) watch.report('kept', `${torn.length} bytes were cut off and are nowhere`);
}

/**
 * Removes the last line break, like an editor, or like a write that was cut off one byte before its
 * end.
 */
function dropLineBreak(disk: SimulatedDisk): void {
  const bytes = disk.bytes(PATH);
  if (bytes?.at(-1) === 10) disk.put(PATH, bytes.subarray(0, -1));
}

function count({ counts }: Story, end: LifeEnd, watch: Watch): void {
  counts.requests += watch.calls.length;
  for (const { fault } of watch.calls)
    counts.faults[fault.name] = (counts.faults[fault.name] ?? 0) + 1;
  if (end.kind !== 'crashed') return;
  counts.crashes += 1;
  counts.paidTwice += watch.atRisk().length;
}

/**
 * Longer than any run may take in the worst case: every attempt, wait and pause takes as long as
 * possible.
 */
function longestMs(scenario: Scenario, life: Life): number {
  const longestSpanMs = Math.max(
    0,
    ...scenario.lanes.map(({ limits }) => {
      if (limits.rpd !== undefined) return 90_000_000;
      const minutes = limits.rpm ?? limits.itpm ?? limits.otpm ?? limits.tpm;
      return minutes === undefined ? 3_000 : 63_000;
    }),
  );
  const attempts = life.tasks.reduce((sum, { maxRetries }) => sum + maxRetries + 20, 0);
  const timeoutMs = Math.max(0, ...life.tasks.map((task) => task.timeoutMs));
  const parts = life.selection?.shard?.of ?? 1;
  const eachMs = timeoutMs * 1.1 + 140_000 + longestSpanMs * parts + 4 * life.disk.syncMs[1];
  return attempts * (eachMs + 4 * life.readerMs) + 100_000;
}

function shown({ tasks, leftOut, crash, stop, disk }: Life): string {
  return JSON.stringify({ tasks: idsOf(tasks), leftOut: idsOf(leftOut), crash, stop, disk });
}

function idsOf(tasks: Life['tasks']): readonly string[] {
  return tasks.map(({ id }) => id);
}
