import { getEventListeners } from 'node:events';
import type { Failure } from '../../src/errors/failure.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { openJournal } from '../../src/journal/journal.ts';
import type { JournalMode } from '../../src/journal/open-results.ts';
import { sleep } from '../../src/ports/clock.ts';
import type { AttemptFailure } from '../../src/providers/provider.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import type { Summary } from '../../src/results/summary.ts';
import { prepareRun, type PreparedRun } from '../../src/run/prepare-run.ts';
import type { LearnedFor } from '../../src/run/learned-store.ts';
import { underClock } from '../../src/forecast/rehearse.ts';
import { decideTasks, type Resumption } from '../../src/run/resume.ts';
import { startRun } from '../../src/run/run.ts';
import type { Learned } from '../../src/outcome/learned-limits.ts';
import type { VirtualClock } from '../support/virtual-clock.ts';
import type { DiskFaults, SimulatedDisk } from '../support/simulated-disk.ts';
import type { Dice } from './dice.ts';
import { createHiddenLimiter, steady, type HiddenLimiter } from './hidden-limits.ts';
import { HOSTS, manifestOf, noFiles } from './manifest.ts';
import type { Memory } from './memory.ts';
import { createNetwork } from './network.ts';
import type { Timers } from './timers.ts';
import type { Life, Scenario } from './scenario.ts';
import type { Watch } from './watch.ts';

export const PATH = '/runs/results.jsonl';

/** How a life ended, as far as the program itself could know. */
export type LifeEnd =
  /** `summary` is undefined if the reader stopped reading events before it came. */
  | {
      readonly kind: 'ended';
      readonly summary: Summary | undefined;
      readonly finished: readonly ResultRecord[];
      readonly stoppedLanes: StoppedLanes;
      readonly unsaved: readonly ResultRecord[];
      readonly notRewritten: string | undefined;
      readonly resumption: Resumption;
    }
  /** The journal could not be opened, or the run ended with an error: a disk that fails. */
  | { readonly kind: 'refused'; readonly error: unknown }
  | {
      readonly kind: 'failed';
      readonly error: unknown;
      readonly summary: Summary | undefined;
      readonly unsaved: readonly ResultRecord[];
    }
  | { readonly kind: 'crashed' };

/** Lanes that were left, by name. */
export type StoppedLanes = ReadonlyMap<
  string,
  { readonly toldMs: number; readonly failure: Failure | AttemptFailure }
>;

/** The parts of one life. */
export interface Stage {
  readonly scenario: Scenario;
  readonly life: Life;
  readonly mode: JournalMode;
  readonly clock: VirtualClock;
  /** Timers of the world itself, to distinguish them from those that the run leaves behind. */
  readonly timers: Timers;
  readonly disk: SimulatedDisk;
  readonly watch: Watch;
  readonly dice: Dice;
  /**
   * Is notified of the decision for each task, and of each record as soon as the journal reports it
   * as durable.
   */
  readonly memory: Memory;
  /** What earlier lives learned about limits, by lane: the content of the user's cache folder. */
  readonly learned: Map<string, Learned>;
}

/**
 * A bound on saving records that the disk refused, and on requests in flight after such a refusal.
 */
const GRACE_MS = 7_000;
/** A run of ten tasks never takes this many steps unless it is caught in a loop. */
const MAX_STEPS = 30_000;

/** Plays one life on the virtual clock. Rejects if it does not end within `withinMs`. */
export async function playLife(stage: Stage, withinMs: number): Promise<LifeEnd> {
  const { clock, timers, disk, life } = stage;
  const crashed = new Promise<LifeEnd>((resolve) => {
    set(disk.faults, { onStop: () => resolve({ kind: 'crashed' }) });
  });
  troubleDisk(stage);
  for (const { atMs, byMs } of life.wallJumps) timers.after(atMs, () => clock.jumpWall(byMs));
  const { crash } = life;
  if (crash?.at === 'byte') disk.faults.crashAtByte = crash.value;
  if (crash?.at === 'operation') disk.faults.crashAtOperation = crash.value;
  if (crash?.at === 'time') timers.after(crash.value, () => disk.stop());
  return clock.runWithin(Promise.race([crashed, live(stage)]), { withinMs, maxSteps: MAX_STEPS });
}

/** Does what `volley run` does, from opening the results file to closing it. */
async function live(stage: Stage): Promise<LifeEnd> {
  const { scenario, life, mode, clock, disk, watch, memory } = stage;
  const planned = await clock.during(
    prepareRun(manifestOf(scenario, life), {
      files: noFiles,
      epochMs: clock.epochMs(),
      environment: {},
      allowHosts: HOSTS,
      selection: life.selection,
    }),
  );
  if (!planned.ok) throw new Error(`the manifest is refused: ${JSON.stringify(planned.findings)}`);
  let journal: Journal;
  try {
    journal = await openJournal(PATH, { mode, disk, clock });
  } catch (error) {
    if (disk.isLocked) watch.report('resume', 'the lock of a refused file is left behind');
    return { kind: 'refused', error };
  }
  const deciding = decideTasks(planned.prepared, {
    found: journal.found,
    expect: (task) => journal.expect(task),
    endDeciding: () => journal.endDeciding(),
    sealOf: (line) => journal.sealOf(line),
    reject: (line) => journal.reject(line),
    recordAt: (line) => journal.recordAt(line),
    decideAlone(task) {
      const decision = journal.decideAlone(task);
      if (decision) memory.decided(task.id, decision, watch);
      return decision;
    },
    decide(task) {
      const decision = journal.decide(task);
      memory.decided(task.id, decision, watch);
      return decision;
    },
  });
  // Real time passes in here, because signals are let in every few milliseconds.
  const resumption = await clock.during(deciding);
  memory.allDecided(resumption, watch);
  const run = await runWith(stage, {
    prepared: underClock(planned.prepared, clock),
    journal,
    resumption,
  });
  if (!run.summary) await journal.drain(GRACE_MS);
  const covered = resumption.coversAll() ? 'whole' : 'part';
  const { unsaved, notRewritten } = await journal.close({ covered });
  if (disk.isLocked) watch.report('resume', 'the lock is left behind');
  const { summary, error } = run;
  if (error) return { kind: 'failed', error: error.thrown, summary, unsaved };
  return { kind: 'ended', ...run, unsaved, notRewritten, resumption };
}

async function runWith(
  stage: Stage,
  run: {
    readonly prepared: PreparedRun;
    readonly journal: Journal;
    readonly resumption: Resumption;
  },
): Promise<{
  readonly summary: Summary | undefined;
  readonly finished: readonly ResultRecord[];
  readonly stoppedLanes: StoppedLanes;
  readonly error?: { readonly thrown: unknown };
}> {
  const { life, clock, timers, disk, watch, dice } = stage;
  const { journal } = run;
  const crashAt = (what: 'request' | 'answer') => (count: number) => {
    if (life.crash?.at === what && life.crash.value === count) disk.stop();
  };
  const user = createUser({ life, timers, watch });
  const finished: ResultRecord[] = [];
  const stoppedLanes = new Map<string, { toldMs: number; failure: Failure | AttemptFailure }>();
  let summary: Summary | undefined;
  if (life.timeoutMs !== undefined) timers.after(life.timeoutMs, () => watch.cut('the timeout'));
  try {
    const events = startRun(run.prepared, {
      clock,
      random: dice.random,
      wire: { send: () => Promise.reject(new Error('not this way')), close: async () => undefined },
      makeProvider: createNetwork({
        clock,
        timers,
        dice,
        weather: life.weather,
        hidden: hiddenLimiters(stage),
        watch,
        isStopped: () => disk.stopped,
        onRequest: crashAt('request'),
        onAnswer: crashAt('answer'),
      }),
      ...(life.retryDelayMs === undefined ? {} : { retryDelayMs: life.retryDelayMs }),
      ...(journal.found && { spentUsd: journal.found.spentUsd }),
      drain: user.drain,
      signal: user.abort,
      resumption: run.resumption,
      learning: {
        of: (lane) => stage.learned.get(nameOf(lane)),
        async keep(found) {
          for (const lane of found) stage.learned.set(nameOf(lane), lane.learned);
        },
      },
      keep: (record) => keepRecord(record, journal, stage),
      keepAgain: () => journal.drain(GRACE_MS),
      graceAfterKeepFailureMs: GRACE_MS,
    });
    for await (const event of events) {
      if (event.type === 'task_finished') finished.push(event.record);
      if (event.type === 'lane_stopped') {
        stoppedLanes.set(event.lane, { toldMs: clock.now(), failure: event.failure });
      }
      if (event.type === 'run_finished') summary = event.summary;
      // A reader that is still there learns what could not be saved.
      else if (user.hasLeft()) {
        watch.halted('the reader left');
        break;
      }
      if (life.readerMs > 0) await sleep(clock, life.readerMs);
    }
  } catch (thrown) {
    return { summary, finished, stoppedLanes, error: { thrown } };
  } finally {
    user.checkForgotten();
  }
  return { summary, finished, stoppedLanes };
}

function hiddenLimiters({ scenario, life, clock }: Stage): ReadonlyMap<string, HiddenLimiter> {
  const isSteady = life.isLast && !scenario.isBesieged;
  return new Map(
    scenario.lanes.flatMap(({ name, hidden }) =>
      hidden
        ? [[name, createHiddenLimiter(isSteady ? steady(hidden) : hidden, clock)] as const]
        : [],
    ),
  );
}

function nameOf({ provider, model }: LearnedFor): string {
  return `${provider.name}/${model}`;
}

async function keepRecord(
  record: ResultRecord,
  journal: Journal,
  { watch, memory, timers }: Stage,
): Promise<void> {
  watch.keeping(record);
  try {
    await journal.append(record);
  } catch (error) {
    watch.halted('a record could not be kept');
    timers.after(GRACE_MS, () => watch.cut('the grace'));
    throw error;
  }
  watch.kept(record);
  memory.kept(record);
}

function createUser({ life, timers, watch }: Pick<Stage, 'life' | 'timers' | 'watch'>): {
  readonly drain: AbortSignal;
  readonly abort: AbortSignal;
  hasLeft(): boolean;
  /** Once the run has ended, nothing in it may still listen to the user. */
  checkForgotten(): void;
} {
  const drain = new AbortController();
  const abort = new AbortController();
  let left = false;
  const { stop } = life;
  if (stop) {
    timers.after(stop.atMs, () => {
      if (stop.kind === 'leave') left = true;
      else if (stop.kind === 'abort') watch.cut("the user's abort");
      else watch.halted(`the user's ${stop.kind}`);
      if (stop.kind.startsWith('drain')) drain.abort(new Error('interrupted'));
      if (stop.kind === 'abort') abort.abort(new Error('interrupted'));
    });
    if (stop.kind === 'drain then abort') {
      timers.after(stop.atMs + 500, () => {
        watch.cut("the user's second signal");
        abort.abort(new Error('interrupted twice'));
      });
    }
  }
  return {
    drain: drain.signal,
    abort: abort.signal,
    hasLeft: () => left,
    checkForgotten() {
      const listeners = [drain, abort].flatMap(({ signal }) => getEventListeners(signal, 'abort'));
      if (listeners.length > 0) watch.report('slots', 'the run still listens to the user');
    },
  };
}

function troubleDisk({ life, timers, disk, dice }: Stage): void {
  const { syncMs, shortWrites, full, failing } = life.disk;
  const { faults } = disk;
  const [low, high] = syncMs;
  if (high > 0) {
    set(faults, {
      beforeSync: () => new Promise((resolve) => timers.after(dice.between(low, high), resolve)),
    });
  }
  if (shortWrites) set(faults, { takes: (offered) => dice.between(1, offered) });
  if (full) {
    const used = disk.list().reduce((sum, name) => sum + (disk.bytes(name)?.length ?? 0), 0);
    faults.capacityBytes = used + full.afterBytes;
    if (full.freedAfterMs !== undefined) {
      timers.after(full.freedAfterMs, () => delete faults.capacityBytes);
    }
  }
  if (failing) {
    let seen = 0;
    set(faults, {
      fail({ kind }) {
        if (kind !== failing.kind) return undefined;
        seen += 1;
        return seen > failing.skip && seen <= failing.skip + failing.times ? 'EIO' : undefined;
      },
    });
  }
}

/**
 * Used instead of `faults.fail = () => …`: V8 takes such a function for a long-lived method and
 * keeps the whole story with it until the next full collection.
 */
function set(faults: DiskFaults, changes: DiskFaults): void {
  Object.assign(faults, changes);
}
