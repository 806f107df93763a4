import { underClock } from '../../src/forecast/rehearse.ts';
import { realtimeEstimate } from '../../src/forecast/realtime-estimate.ts';
import type { PreparedRun } from '../../src/run/prepare-run.ts';
import { playPrepared, preparedFrom, type Played } from '../batch/play.ts';
import { SimulatedDisk } from '../support/simulated-disk.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { BatchWorld, PRICE, type BatchWeather } from './batch-world.ts';
import { createDice, type Dice } from './dice.ts';
import type { Violation } from './watch.ts';

const FILE = '/runs/results.jsonl';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function taskOf(id: string, count: number, needs?: string): object {
  return {
    id,
    model: 'world/small',
    max_tokens: 10,
    max_retries: 8,
    for_each: Array.from({ length: count }, (_, at) => `${id} ${at}`),
    prompt: '{{ item }}',
    ...(needs && { needs: [needs] }),
  };
}

/** Prompts of 1 to 40 tasks: of one entry, or also of a second one that waits for the first. */
function manifestText(dice: Dice, run: object, more: object = {}): string {
  const count = dice.between(1, 40);
  return JSON.stringify({
    providers: { world: { type: 'mock', limits: { rpm: dice.pick([2, 10, 60]) } } },
    prices: { 'world/small': PRICE },
    batch: { leftovers: dice.pick(['realtime', 'batch']), min_rows: dice.pick([1, 5]) },
    run,
    tasks: [
      taskOf('one', count),
      ...(dice.chance(0.3) ? [taskOf('two', dice.between(1, 20), 'one')] : []),
    ],
    ...more,
  });
}

function weatherOf(seed: number, dice: Dice): BatchWeather {
  const neverFrom = dice.pick([0, 0.1, 0.5, 1]);
  return {
    seed,
    hasNames: dice.chance(0.5),
    durationMs: (n) => {
      const each = createDice(seed, `duration ${n}`);
      return each.chance(neverFrom) ? Infinity : each.between(60_000, each.pick([HOUR_MS, DAY_MS]));
    },
    lostRows: dice.pick([0, 0.1, 0.5]),
    lostCreates: dice.pick([0, 0.2, 0.5]),
    failedCalls: dice.pick([0, 0.02, 0.2]),
  };
}

/**
 * Plays runs with crashes between any two steps, resumed until all tasks are done; returns every
 * promise that was broken.
 */
export async function playBatchStory(seed: number): Promise<readonly Violation[]> {
  return (await brokenIn(seed)).map(asViolation);
}

async function brokenIn(seed: number): Promise<readonly string[]> {
  const dice = createDice(seed, 'batches');
  const maxCostUsd = dice.chance(0.3) ? 10 : undefined;
  const more = maxCostUsd === undefined ? {} : { budget: { max_cost_usd: maxCostUsd } };
  const text = manifestText(dice, { mode: 'batch' }, more);
  const prepared = await preparedFrom(text, FILE);
  const world = new BatchWorld(weatherOf(seed, dice));
  const crashes = dice.pick([0, 1, 2, 4]);
  let disk = new SimulatedDisk();
  let epochMs = Date.UTC(2026, 0, 1);
  let resubmits = false;
  for (let life = 0; ; life += 1) {
    if (life > crashes + 6) return [...world.violations, 'the story does not end'];
    const clock = new VirtualClock({ epochMs });
    const isCrashing = life < crashes;
    const crash = crashAt(isCrashing ? dice : undefined, { clock, disk, world });
    const run = playPrepared(underClock(prepared, clock), FILE, {
      clock,
      disk,
      random: dice.random,
      resubmits,
      detaches: isCrashing && dice.chance(0.2),
      makeProvider: ({ name }) => world.provider(name),
    });
    resubmits = false;
    const played = await clock.runWithin(Promise.race([crash.crashed, run]), {
      withinMs: 30 * DAY_MS,
      maxSteps: 1_000_000,
    });
    crash.cancel();
    epochMs = clock.epochMs() + dice.between(0, HOUR_MS);
    const isLocked = disk.isLocked && played !== 'crashed';
    if (isLocked) world.violations.push('the lock is left behind');
    if (played !== 'crashed' && clock.pendingTimers > 0)
      world.violations.push('timers are left behind');
    disk = dice.chance(0.5) ? disk.afterKill() : disk.afterPowerCut(dice.random);
    if (world.violations.length > 0) return world.violations;
    if (maxCostUsd !== undefined && world.costUsd > maxCostUsd + 1e-9)
      return ['the budget is exceeded'];
    if (played === 'crashed' || played.summary?.stopped_by === 'detached') continue;
    if (played.error !== undefined) {
      // Of two simultaneous creates, one request and one response were lost: only the rows tell the
      // batches apart.
      const isOthers = textOf(played.error).includes('contains none of the rows');
      if (isOthers && !world.hasNames) return [];
      if (!textOf(played.error).includes('it is unknown whether')) return [textOf(played.error)];
      // The user looks at the provider's console. Batches that exist but cannot be distinguished
      // are left to the user.
      if (unknownChunks(disk).some((name) => world.wasCreated(name))) return [];
      resubmits = true;
      continue;
    }
    return checkEnd(played, { disk, prepared });
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

/** The chunks whose outcome is not in the companion. */
function unknownChunks(disk: SimulatedDisk): readonly string[] {
  const open = new Set<string>();
  for (const line of linesOf(disk, `${FILE}.volley`)) {
    if (line.step === 'intended') open.add(line.chunk);
    else open.delete(line.chunk);
  }
  return [...open];
}

function linesOf(disk: SimulatedDisk, name: string) {
  const lines = Buffer.from(disk.bytes(name) ?? [])
    .toString('utf8')
    .split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

/** Resolves when the machine stops: at an operation of the disk, at a call, or at a time. */
function crashAt(
  dice: Dice | undefined,
  {
    clock,
    disk,
    world,
  }: { readonly clock: VirtualClock; readonly disk: SimulatedDisk; readonly world: BatchWorld },
): { readonly crashed: Promise<'crashed'>; readonly cancel: () => void } {
  world.clock = clock;
  world.isStopped = () => disk.stopped;
  world.onCall = () => undefined;
  let cancel: (() => void) | undefined;
  const crashed = new Promise<'crashed'>((resolve) => {
    disk.faults.onStop = () => resolve('crashed');
    if (!dice) return;
    const at = dice.pick(['operation', 'call', 'time']);
    const stepAt = dice.between(0, 60);
    if (at === 'operation') disk.faults.crashAtOperation = stepAt;
    if (at === 'time')
      cancel = clock.after(dice.between(0, dice.pick([5_000, HOUR_MS, DAY_MS])), () => disk.stop());
    let steps = 0;
    if (at === 'call') world.onCall = () => void (steps++ === stepAt && disk.stop());
  });
  return { crashed, cancel: () => cancel?.() };
}

function checkEnd(
  { summary }: Played,
  { disk, prepared }: { readonly disk: SimulatedDisk; readonly prepared: PreparedRun },
): readonly string[] {
  const records = linesOf(disk, FILE);
  const ids = new Set(records.map(({ id }) => id));
  const wrong = records.filter(({ id, key, status, output, mode, batch_id: batchId }) => {
    const prompt = key ?? id;
    return (
      status !== 'succeeded' ||
      output !== `answer to ${prompt}` ||
      (mode === 'batch') !== (batchId !== undefined)
    );
  });
  return [
    ...(summary?.stopped_by === null ? [] : [`the run stopped: ${summary?.stopped_by}`]),
    ...(records.length === prepared.plan.total && ids.size === records.length
      ? []
      : [`${records.length} records of ${prepared.plan.total} tasks`]),
    ...(summary?.batches_pending === undefined ? [] : ['batches are left behind']),
    ...wrong.map((record) => `a record is wrong: ${JSON.stringify(record)}`),
  ];
}

export interface DeadlineEnd {
  readonly violations: readonly Violation[];
  /** 1 if the run used batches at first. */
  readonly deadlines: number;
  /** 1 if the run ended after its deadline. */
  readonly late: number;
}

/**
 * A run in mode `auto` with a deadline that realtime alone could meet, and the same run in
 * realtime. The first costs no more than the second, and is late by at most a twentieth of its
 * time.
 */
export async function playDeadlineStory(seed: number): Promise<DeadlineEnd> {
  const dice = createDice(seed, 'deadline');
  const text = manifestText(dice, { mode: 'auto', deadline: '1h' });
  const auto = await preparedFrom(text, FILE);
  const realtime = await preparedFrom(
    text.replace('"mode":"auto","deadline":"1h"', '"mode":"realtime"'),
    FILE,
  );
  const realtimeMs = await realtimeEstimate(auto, undefined);
  const afterMs = dice.between(Math.ceil(15 * 60_000 + 2 * realtimeMs(1)), DAY_MS);
  const weather = { ...weatherOf(seed, dice), failedCalls: 0.02 };
  const { world, tookMs, problems } = await playOnce(auto, {
    seed,
    weather,
    deadline: { afterMs, realtimeMs },
  });
  const alone = await playOnce(realtime, { seed, weather });
  const lateMs = tookMs - afterMs;
  const broken = [
    ...world.violations,
    ...problems,
    ...(lateMs > afterMs / 20 ? [`it is ${lateMs} ms late`] : []),
    ...(world.costUsd > alone.world.costUsd + 1e-9 ? ['it costs more than in realtime'] : []),
  ];
  return {
    violations: broken.map(asViolation),
    deadlines: world.batches.length > 0 ? 1 : 0,
    late: lateMs > 0 ? 1 : 0,
  };
}

function asViolation(message: string): Violation {
  return { oracle: 'batch', message };
}

async function playOnce(
  prepared: PreparedRun,
  {
    seed,
    weather,
    deadline,
  }: {
    readonly seed: number;
    readonly weather: BatchWeather;
    readonly deadline?: {
      readonly afterMs: number;
      readonly realtimeMs: (share: number) => number;
    };
  },
): Promise<{
  readonly world: BatchWorld;
  readonly tookMs: number;
  readonly problems: readonly string[];
}> {
  const clock = new VirtualClock({ epochMs: Date.UTC(2026, 0, 1) });
  const disk = new SimulatedDisk();
  const world = new BatchWorld({ ...weather, lostCreates: Math.min(weather.lostCreates, 0.02) });
  world.clock = clock;
  const run = playPrepared(underClock(prepared, clock), FILE, {
    clock,
    disk,
    random: createDice(seed, 'run').random,
    makeProvider: ({ name }) => world.provider(name),
    ...(deadline && {
      deadline: {
        atEpochMs: clock.epochMs() + deadline.afterMs,
        realtimeMs: deadline.realtimeMs,
        cancelMs: 600_000,
      },
    }),
  });
  const played = await clock.runWithin(run, { withinMs: 30 * DAY_MS, maxSteps: 1_000_000 });
  const isUnknown = textOf(played.error).includes('it is unknown whether');
  const problems = isUnknown
    ? []
    : [
        ...(played.error === undefined ? [] : [textOf(played.error)]),
        ...checkEnd(played, { disk, prepared }),
      ];
  return { world, tookMs: clock.now(), problems };
}
