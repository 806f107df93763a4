import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom, type Random } from '../../src/ports/random.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import { MachineStopped, SimulatedDisk, type DiskFaults } from '../support/simulated-disk.ts';
import {
  failed,
  jsonl,
  movedIn,
  open,
  parsed,
  PATH,
  planned,
  succeeded,
  tornIn,
} from './records.ts';
import { scaled } from '../support/scale.ts';

const PLAN = Array.from({ length: 4 }, (_, index) => planned(`t-${index}`, index));
/**
 * What an earlier run left: a success under an old id, a superseded failure, and the record of a
 * removed task.
 */
const BEFORE = jsonl(succeeded('old', 9, 't-0'), failed('t-1', 1), succeeded('gone', 5));

type Append = (record: ResultRecord) => Promise<void>;

/** A way in which a disk or a writer is broken. The oracle below must notice it. */
interface Broken {
  readonly faults?: DiskFaults;
  /** Wraps the journal's `append`. */
  readonly append?: (append: Append) => Append;
}

/**
 * Runs the plan on a machine that stops at some point, then again on what is left of its disk,
 * until a run ends. Returns what is wrong: an answer that was reported durable but is gone or was
 * paid for again, a file that cannot be resumed, or a task that does not have exactly one record.
 */
async function violations(
  crash: DiskFaults,
  options: {
    readonly after: 'kill' | 'power cut';
    readonly random: Random;
    readonly broken?: Broken;
  },
): Promise<readonly string[]> {
  const { broken = {}, random } = options;
  let disk = new SimulatedDisk({ ...crash, ...broken.faults });
  disk.put(PATH, BEFORE);
  const durable = new Set(['t-0']);
  const wrong: string[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await run(disk, { durable, wrong, broken });
      break;
    } catch (error) {
      if (!disk.stopped) return [...wrong, `cannot resume: ${String(error)}`];
    }
    // The resumed run crashes at the same place, too.
    const next = { ...(attempt === 0 ? crash : {}), ...broken.faults };
    disk = options.after === 'kill' ? disk.afterKill(next) : disk.afterPowerCut(random, next);
  }
  const ids = states(disk.text(PATH));
  const expected = PLAN.map(({ id }) => `${id} succeeded`);
  if (!hasMoved(disk, 'gone')) wrong.push('a removed answer is lost');
  if (ids.join() !== expected.join()) wrong.push(`the file ends with ${ids.join()}`);
  return wrong;
}

function hasMoved(disk: SimulatedDisk, moved: string): boolean {
  try {
    return movedIn(disk).some(({ id }) => id === moved);
  } catch {
    return false;
  }
}

function states(text: string | undefined): string[] {
  try {
    return parsed(text).map(({ id, status }) => `${id} ${status}`);
  } catch {
    return ['a line that is not JSON'];
  }
}

async function run(
  disk: SimulatedDisk,
  {
    durable,
    wrong,
    broken,
  }: { readonly durable: Set<string>; readonly wrong: string[]; readonly broken: Broken },
): Promise<void> {
  const journal = await open(disk);
  const honest: Append = (record) => journal.append(record);
  const append = broken.append?.(honest) ?? honest;
  for (const task of PLAN) journal.expect(task);
  const toSend = PLAN.filter((task) => journal.decide(task).kind === 'run');
  for (const { id } of toSend) if (durable.has(id)) wrong.push(`${id} is paid for again`);
  // Appends two records at a time, so that batches contain more than one.
  for (let at = 0; at < toSend.length; at += 2) {
    const pair = toSend.slice(at, at + 2);
    await Promise.all(
      pair.map(async ({ id, index }) => {
        await append(succeeded(id, index));
        durable.add(id);
      }),
    );
  }
  await journal.close({ covered: 'whole' });
  // A failed rewrite is not an error of the run, but a machine that stopped during it is.
  if (disk.stopped) throw new MachineStopped();
}

/** The number of bytes and operations of a run without a crash. */
async function lengthOfRun(): Promise<{ bytes: number; operations: number }> {
  const disk = new SimulatedDisk();
  disk.put(PATH, BEFORE);
  await run(disk, { durable: new Set(), wrong: [], broken: {} });
  return { bytes: disk.bytesWritten, operations: disk.operations };
}

/**
 * The first violations found. All bytes between two operations are alike, so it is enough to try
 * some of them.
 */
async function firstViolations(broken: Broken = {}): Promise<readonly string[]> {
  const { bytes, operations } = await lengthOfRun();
  const random = seededRandom(7);
  const crashes: DiskFaults[] = [];
  const step = scaled(31, 9);
  for (let at = 0; at <= bytes; at += step) crashes.push({ crashAtByte: at });
  for (let crashAtOperation = 0; crashAtOperation <= operations; crashAtOperation++) {
    crashes.push({ crashAtOperation }, { crashAtOperation });
  }
  for (const crash of crashes) {
    for (const after of ['power cut', 'kill'] as const) {
      const found = await violations(crash, { after, random, broken });
      if (found.length > 0) return found;
    }
  }
  return [];
}

describe('a crash', () => {
  it('anywhere in a line or between operations loses no answer that was reported durable', async () => {
    expect(await firstViolations()).toEqual([]);
  });

  it('anywhere loses no such answer even if writes are short', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.nat({ max: 4000 }),
        fc.integer({ min: 1, max: 900 }),
        async (seed, crashAtByte, most) => {
          const random = seededRandom(seed);
          const takes = (): number => 1 + Math.floor(random() * most);
          const after = random() < 0.5 ? 'kill' : 'power cut';
          expect(await violations({ crashAtByte, takes }, { after, random })).toEqual([]);
        },
      ),
      { numRuns: scaled(40, 100) },
    );
  });
});

describe('a power cut', () => {
  const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);
  const afterCuts = (disk: SimulatedDisk): readonly SimulatedDisk[] =>
    SEEDS.map((seed) => disk.afterPowerCut(seededRandom(seed)));

  it('loses no record that a killed run left unsynced and a resume kept', async () => {
    const disk = new SimulatedDisk();
    const killed = await open(disk, 'new');
    disk.faults.beforeSync = () => new Promise(() => undefined);
    void killed.append(succeeded('t-0', 0));
    await new Promise((resolve) => setImmediate(resolve));
    expect(afterCuts(disk).some((cut) => cut.text(PATH) !== disk.text(PATH))).toBe(true);
    const next = disk.afterKill();
    expect((await open(next)).decide(planned('t-0', 0)).kind).toBe('keep');
    for (const cut of afterCuts(next)) expect(cut.text(PATH)).toBe(jsonl(succeeded('t-0', 0)));
  });

  it('loses no saved torn end', async () => {
    const disk = new SimulatedDisk();
    disk.put(PATH, `${BEFORE}{"v":1,"id":"t`);
    await open(disk);
    for (const cut of afterCuts(disk)) {
      expect(tornIn(cut).toString()).toBe('{"v":1,"id":"t');
      expect(cut.text(PATH)).toBe(BEFORE);
    }
  });

  it('while a torn end is cut off leaves that end in one of the two files', async () => {
    const torn = '{"v":1,"id":"t';
    for (let crashAtOperation = 0; crashAtOperation < 15; crashAtOperation++) {
      const disk = new SimulatedDisk({ crashAtOperation });
      disk.put(PATH, BEFORE + torn);
      await open(disk).catch(() => undefined);
      for (const cut of afterCuts(disk)) {
        const places = [cut.text(PATH), `${BEFORE}${tornIn(cut).toString()}`];
        expect(places).toContain(BEFORE + torn);
      }
    }
  });

  it('after the end of a run loses neither the order of the file nor the records that moved', async () => {
    const disk = new SimulatedDisk();
    disk.put(PATH, BEFORE);
    await run(disk, { durable: new Set(), wrong: [], broken: {} });
    for (const cut of afterCuts(disk)) {
      expect(cut.text(PATH)).toBe(disk.text(PATH));
      expect(movedIn(cut)).toEqual(movedIn(disk));
    }
  });

  it('loses no new file that has a record', async () => {
    const disk = new SimulatedDisk();
    await (await open(disk, 'new')).append(succeeded('t-0', 0));
    for (const cut of afterCuts(disk)) expect(cut.text(PATH)).toBe(jsonl(succeeded('t-0', 0)));
  });
});

describe('the crash test notices', () => {
  it('a journal that does not sync', async () => {
    expect((await firstViolations({ faults: { syncLies: true } })).join()).toContain(
      'is paid for again',
    );
  });

  it('a journal that reports a record before it is written', async () => {
    expect((await firstViolations({ append: acknowledgeEarly })).join()).toContain(
      'is paid for again',
    );
  });

  it('a journal that does not cut off a torn end', async () => {
    expect((await firstViolations({ faults: { truncateLies: true } })).join()).toContain('is lost');
  });
});

function acknowledgeEarly(append: Append): Append {
  return async (record) => {
    append(record).catch(() => undefined);
  };
}
