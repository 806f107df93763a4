import type { Limits } from '../../src/manifest/manifest.ts';
import type { JournalMode } from '../../src/journal/open-results.ts';
import type { SelectionRules } from '../../src/plan/select-tasks.ts';
import type { Learned } from '../../src/outcome/learned-limits.ts';
import { createDice, type Dice } from './dice.ts';
import { createHiddenLimits, type HiddenLimits } from './hidden-limits.ts';
import { entriesOf, expanded, type ExpandedTask, type SimulatedEntry } from './entries.ts';
import { createPart, partOf } from './part.ts';
import { besieged } from './siege.ts';
import { editTasks, firstTasks, withIdTaken, withTwin } from './tasks.ts';
import { calm, createWeather, type Weather } from './weather.ts';

/**
 * A whole story, derived only from its seed: one volley, its runs, and everything that happens to
 * them.
 */
export interface Scenario {
  readonly seed: number;
  /**
   * Whether the story is about how a lane copes with a server that refuses many requests at once,
   * or all of them for a while.
   */
  readonly isBesieged: boolean;
  readonly lanes: readonly SimulatedLane[];
  readonly maxConcurrent: number;
  readonly maxCostUsd: number | undefined;
  readonly maxTaskCostUsd: number | undefined;
  /** What was learned about limits before the story, right or wrong, by lane. */
  readonly hints: ReadonlyMap<string, Learned>;
  readonly lives: readonly Life[];
}

export interface SimulatedLane {
  /** `provider/model`. */
  readonly name: string;
  readonly provider: 'alpha' | 'beta';
  readonly model: string;
  readonly limits: Limits;
  /** What the lane's server allows, whether declared or not. */
  readonly hidden: HiddenLimits | undefined;
}

/** One run of the program, from its start to its end or its death. */
export interface Life {
  /** The entries of its manifest. */
  readonly entries: readonly SimulatedEntry[];
  /** The selected part; undefined for all tasks. */
  readonly selection: SelectionRules | undefined;
  /** The selected tasks that the entries expand to. */
  readonly tasks: readonly ExpandedTask[];
  /**
   * The tasks that are not selected: nothing is sent for them, and their records in the file are
   * kept.
   */
  readonly leftOut: readonly ExpandedTask[];
  readonly isLast: boolean;
  readonly mode: JournalMode;
  readonly failFast: boolean;
  readonly timeoutMs: number | undefined;
  readonly retryDelayMs: number | undefined;
  readonly weather: ReadonlyMap<string, Weather>;
  readonly disk: DiskTrouble;
  readonly crash: Crash | undefined;
  readonly stop: Stop | undefined;
  readonly wallJumps: ReadonlyArray<{ readonly atMs: number; readonly byMs: number }>;
  /** How long the reader of the events takes for each one, if any time. */
  readonly readerMs: number;
}

export interface DiskTrouble {
  readonly syncMs: readonly [low: number, high: number];
  readonly shortWrites: boolean;
  /**
   * How many more bytes the disk has room for than the files contain, and when there is plenty of
   * room again, if ever.
   */
  readonly full?: { readonly afterBytes: number; readonly freedAfterMs: number | undefined };
  /** Operations of this kind fail, this many in a row. */
  readonly failing?: {
    readonly kind: 'write' | 'sync' | 'truncate' | 'rename' | 'create' | 'syncFolder';
    readonly skip: number;
    readonly times: number;
  };
}

/**
 * When the machine stops. `after`: whether the disk is as a killed process leaves it, or as a power
 * cut does.
 */
export interface Crash {
  readonly at: 'byte' | 'operation' | 'time' | 'request' | 'answer';
  /** A count from 0, or milliseconds. */
  readonly value: number;
  readonly after: 'kill' | 'power cut';
}

/** What the user does. `leave`: the reader of the events stops reading. */
export interface Stop {
  readonly kind: 'drain' | 'abort' | 'drain then abort' | 'leave';
  readonly atMs: number;
}

/** The last life has a healthy disk and no crash or stop, so the story has an end. */
export function createScenario(seed: number): Scenario {
  const dice = createDice(seed, 'scenario');
  const lanes = createLanes(dice).map((lane) =>
    withHidden(lane, createDice(seed, `hidden ${lane.name}`)),
  );
  const names = lanes.map(({ name }) => name);
  const hasBudget = dice.chance(0.35);
  const lives: Life[] = [];
  const isBesieged = createDice(seed, 'siege').chance(0.012);
  const isCrowded = isBesieged || createDice(seed, 'crowd').chance(0.03);
  let tasks = firstTasks(dice, { lanes: names, isCrowded });
  const twin = createDice(seed, 'twin');
  if (!isCrowded && twin.chance(0.15)) tasks = withTwin(tasks, twin);
  const count = dice.pick([1, 2, 2, 2, 3]);
  for (let at = 0; at < count; at += 1) {
    if (at > 0) tasks = editTasks(tasks, names, dice);
    const isLast = at === count - 1;
    const taking = createDice(seed, `id taken ${at}`);
    const isCutShort = at > 0 && !isLast && taking.chance(0.4);
    if (isCutShort) tasks = withIdTaken(tasks, taking);
    const entries = entriesOf(tasks, { seed, life: at });
    const made = createLife(dice, { entries, names, isFirst: at === 0, isLast });
    const life = isCutShort ? cutShort(made, taking) : made;
    const isPart = !isLast && createDice(seed, `part ${at}`).chance(at === 0 ? 0.15 : 0.5);
    lives.push(isPart ? inPart(life, createDice(seed, `part of ${at}`)) : life);
  }
  const story: Scenario = {
    seed,
    isBesieged: false,
    lanes,
    maxConcurrent: dice.pick([1, 2, 3, 64, 64]),
    maxCostUsd: hasBudget ? dice.between(4, 60) / 1_000 : undefined,
    maxTaskCostUsd: hasBudget && dice.chance(0.3) ? dice.between(4, 40) / 1_000 : undefined,
    hints: createHints(createDice(seed, 'hints'), names),
    lives,
  };
  return isBesieged ? besieged(story) : story;
}

type DeclaredLane = Omit<SimulatedLane, 'hidden'>;

function createLanes(dice: Dice): DeclaredLane[] {
  const all = [
    { provider: 'alpha', model: 'a1' },
    { provider: 'alpha', model: 'a2' },
    { provider: 'beta', model: 'b1' },
  ] as const;
  return dice
    .shuffled(all)
    .slice(0, dice.pick([1, 2, 2, 3]))
    .map((lane) => ({
      ...lane,
      name: `${lane.provider}/${lane.model}`,
      limits: createLimits(dice),
    }));
}

/** A hint that is a day old may be about another tier of the account. */
function createHints(dice: Dice, names: readonly string[]): Map<string, Learned> {
  const hinted = names.filter(() => dice.chance(0.1));
  return new Map(
    hinted.map((name) => {
      const taken = dice.pick([1, 3, 500]);
      const found = {
        concurrency: { taken, ...(dice.chance(0.5) && { refused: taken + 1 }) },
        ...(dice.chance(0.5) && { rpm: dice.pick([30, 600, 60_000]) }),
      };
      return [name, { announced: {}, found }];
    }),
  );
}

/** Some servers have undeclared limits, or limits other than the declared ones. */
function withHidden(lane: DeclaredLane, dice: Dice): SimulatedLane {
  const hidden = dice.chance(0.35) ? createHiddenLimits(dice, lane.provider) : undefined;
  return { ...lane, ...(hidden && dice.chance(0.7) && { limits: {} }), hidden };
}

function createLimits(dice: Dice): Limits {
  const start = dice.between(1, 4);
  return {
    ...(dice.chance(0.8) && { concurrency: { start, max: start + dice.pick([0, 0, 3]) } }),
    ...(dice.chance(0.15) && { rps: dice.pick([0.5, 1, 2, 4]) }),
    ...(dice.chance(0.2) && { rpm: dice.between(1, 12) }),
    ...(dice.chance(0.05) && { rpd: dice.between(2, 8) }),
    ...(dice.chance(0.12) && { itpm: dice.between(15, 80) }),
    ...(dice.chance(0.12) && { otpm: dice.between(30, 300) }),
    ...(dice.chance(0.08) && { tpm: dice.between(60, 400) }),
  };
}

function createLife(
  dice: Dice,
  life: {
    readonly entries: readonly SimulatedEntry[];
    readonly names: readonly string[];
    readonly isFirst: boolean;
    readonly isLast: boolean;
  },
): Life {
  const { entries, names, isFirst, isLast } = life;
  return {
    entries,
    selection: undefined,
    tasks: expanded(entries),
    leftOut: [],
    isLast,
    mode: isFirst ? dice.pick(['new', 'new', 'resume']) : laterMode(dice, isLast),
    failFast: !isLast && dice.chance(0.07),
    timeoutMs: !isLast && dice.chance(0.15) ? dice.between(500, 90_000) : undefined,
    retryDelayMs: dice.chance(0.2) ? dice.between(1, 3_000) : undefined,
    weather: new Map(names.map((name) => [name, isLast ? calm(dice) : createWeather(dice)])),
    disk: isLast ? healthyDisk(dice) : createDisk(dice),
    crash: isLast || dice.chance(0.35) ? undefined : createCrash(dice),
    stop: isLast || dice.chance(0.85) ? undefined : createStop(dice),
    wallJumps: Array.from({ length: dice.pick([0, 0, 1, 3]) }, () => ({
      atMs: dice.between(0, 20_000),
      byMs: dice.pick([-1, 1]) * dice.pick([1_000, 3_600_000, 30 * 86_400_000]),
    })),
    readerMs: dice.chance(0.1) ? dice.between(1, 400) : 0,
  };
}

/** A life that its user stops while its first tasks are in flight. */
function cutShort(life: Life, dice: Dice): Life {
  return { ...life, crash: undefined, stop: { kind: 'drain', atMs: dice.between(0, 600) } };
}

function inPart(life: Life, dice: Dice): Life {
  const selection = createPart(dice, life.tasks);
  const tasks = partOf(life.tasks, selection);
  const leftOut = life.tasks.filter((task) => !tasks.includes(task));
  return { ...life, selection, tasks, leftOut };
}

function laterMode(dice: Dice, isLast: boolean): JournalMode {
  if (isLast || dice.chance(0.85)) return 'resume';
  return dice.chance(0.8) ? 'retry-failed' : 'overwrite';
}

function healthyDisk(dice: Dice): DiskTrouble {
  return { syncMs: dice.pick([AT_ONCE, USUAL]), shortWrites: dice.chance(0.2) };
}

type Milliseconds = readonly [low: number, high: number];

const AT_ONCE: Milliseconds = [0, 0];
const USUAL: Milliseconds = [1, 8];
const SLOW: Milliseconds = [0, 600];

function createDisk(dice: Dice): DiskTrouble {
  return {
    syncMs: dice.pick([AT_ONCE, USUAL, USUAL, SLOW]),
    shortWrites: dice.chance(0.2),
    ...(dice.chance(0.1) && {
      full: {
        afterBytes: dice.between(0, 4_000),
        freedAfterMs: dice.chance(0.5) ? dice.between(100, 20_000) : undefined,
      },
    }),
    ...(dice.chance(0.1) && {
      failing: {
        kind: dice.pick(['write', 'sync', 'sync', 'truncate', 'rename', 'create', 'syncFolder']),
        skip: dice.between(0, 5),
        times: dice.pick([1, 1, 2, 100]),
      },
    }),
  };
}

function createCrash(dice: Dice): Crash {
  const { at, most } = dice.pick(CRASHES);
  return { at, value: dice.between(0, most), after: dice.pick(['kill', 'power cut']) };
}

type CrashRange = { readonly at: Crash['at']; readonly most: number };

const CRASHES: readonly [CrashRange, ...CrashRange[]] = [
  { at: 'byte', most: 6_000 },
  { at: 'operation', most: 40 },
  { at: 'time', most: 20_000 },
  { at: 'request', most: 12 },
  { at: 'answer', most: 10 },
];

function createStop(dice: Dice): Stop {
  return {
    kind: dice.pick(['drain', 'drain', 'abort', 'drain then abort', 'leave']),
    atMs: dice.between(0, 8_000),
  };
}
