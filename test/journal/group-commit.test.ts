import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimulatedDisk } from '../support/simulated-disk.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { jsonl, open, parsed, PATH, succeeded } from './records.ts';

const RECORDS = Array.from({ length: 6 }, (_, index) => succeeded(`t-${index}`, index));

describe('appending', () => {
  it('writes records that arrive during a sync together with the next sync', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk, 'new');
    const gates: Array<() => void> = [];
    disk.faults.beforeSync = () => new Promise((resolve) => gates.push(resolve));
    const done: string[] = [];
    const append = (at: number): Promise<unknown> => {
      const record = RECORDS[at] ?? succeeded('none');
      return journal.append(record).then(() => done.push(record.id));
    };
    const first = append(0);
    await settled();
    const others = Promise.all([append(1), append(2), append(3)]);
    await settled();
    expect(gates).toHaveLength(1);
    expect(done).toEqual([]);
    gates[0]?.();
    await first;
    await settled();
    expect(done).toEqual(['t-0']);
    expect(gates).toHaveLength(2);
    gates[1]?.();
    await others;
    expect(done).toEqual(['t-0', 't-1', 't-2', 't-3']);
    expect(disk.syncs).toBe(2);
  });

  it('writes whole lines even if the disk accepts a few bytes at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.integer({ min: 1, max: 700 })), async (sizes) => {
        const disk = new SimulatedDisk({ takes: () => sizes.next().value ?? 1 });
        const journal = await open(disk, 'new');
        await Promise.all(RECORDS.map((record) => journal.append(record)));
        expect(disk.text(PATH)).toBe(jsonl(...RECORDS));
      }),
      { numRuns: 50 },
    );
  });

  it('gives up on a disk that accepts nothing, and says so', async () => {
    const journal = await open(new SimulatedDisk({ takes: () => 0 }), 'new');
    await expect(journal.append(succeeded('a'))).rejects.toMatchObject({ exitCode: 74 });
  });

  it('keeps an answer that contains a line separator on one line', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk, 'new');
    const record = { ...succeeded('a'), output: '\u2028"}\n{"v":1\r\u0000##[x]' };
    await journal.append(record);
    expect(disk.text(PATH)?.split(/[\n\r\u2028\u0000]/)).toHaveLength(2);
    expect(parsed(disk.text(PATH))).toEqual([record]);
  });
});

describe('a full disk', () => {
  const line = jsonl(succeeded('t-1', 1)).length;

  it('leaves only whole lines and keeps every record, whichever byte was the last to fit', async () => {
    for (let room = 0; room < line; room++) {
      const disk = new SimulatedDisk();
      const journal = await open(disk, 'new');
      await journal.append(succeeded('t-0', 0));
      disk.faults.capacityBytes = line + room;
      const one = journal.append(succeeded('t-1', 1));
      const other = journal.append(succeeded('t-2', 2));
      await expect(one).rejects.toMatchObject({
        message: `cannot write \`${PATH}\`: no space left on the disk (ENOSPC); 2 results are not saved`,
        hint: 'make room, then run again with `--resume`: what is saved is not sent again',
        exitCode: 74,
      });
      await expect(other).rejects.toMatchObject({ exitCode: 74 });
      expect(disk.text(PATH)).toBe(jsonl(succeeded('t-0', 0)));
      const end = await journal.close({ covered: 'part' });
      expect(end.unsaved.map(({ id }) => id)).toEqual(['t-1', 't-2']);
    }
  });

  it('rejects later records immediately, without trying', async () => {
    const disk = new SimulatedDisk({ capacityBytes: 0 });
    const journal = await open(disk, 'new');
    await expect(journal.append(succeeded('a'))).rejects.toThrow('1 result is not saved');
    const before = disk.operations;
    await expect(journal.append(succeeded('b'))).rejects.toThrow('2 results are not saved');
    expect(disk.operations).toBe(before);
  });

  it('is tried again until the grace period ends; records saved by then are in order', async () => {
    const disk = new SimulatedDisk({ capacityBytes: line });
    const clock = new VirtualClock();
    const journal = await openJournal(PATH, { mode: 'new', disk, clock });
    const results = await Promise.allSettled(RECORDS.map((record) => journal.append(record)));
    expect(results.map(({ status }) => status)).toEqual(RECORDS.map(() => 'rejected'));
    clock.after(5000, () => (disk.faults.capacityBytes = Infinity));
    expect(await clock.run(journal.drain(60_000))).toEqual([]);
    expect(clock.now()).toBeGreaterThanOrEqual(5000);
    expect(disk.text(PATH)).toBe(jsonl(...RECORDS));
    expect(clock.pendingTimers).toBe(0);
    await journal.append(succeeded('after', 6));
    expect(parsed(disk.text(PATH))).toHaveLength(7);
  });

  it('leaves `drain` to return the unsaved records when the grace period ends', async () => {
    const disk = new SimulatedDisk({ capacityBytes: 0 });
    const clock = new VirtualClock();
    const journal = await openJournal(PATH, { mode: 'new', disk, clock });
    await expect(journal.append(succeeded('a'))).rejects.toMatchObject({ exitCode: 74 });
    expect(await clock.run(journal.drain(7000))).toEqual([succeeded('a')]);
    expect(clock.now()).toBe(7000);
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not delay the end by hanging', async () => {
    const disk = new SimulatedDisk({ capacityBytes: 0 });
    const clock = new VirtualClock();
    const journal = await openJournal(PATH, { mode: 'new', disk, clock });
    await expect(journal.append(succeeded('a'))).rejects.toMatchObject({ exitCode: 74 });
    disk.faults.capacityBytes = Infinity;
    disk.faults.beforeSync = () => new Promise(() => undefined);
    expect(await clock.run(journal.drain(7000))).toEqual([succeeded('a')]);
  });

  it('leaves no partial line if the grace period ends during an attempt', async () => {
    const disk = new SimulatedDisk({ capacityBytes: line + 20 });
    const clock = new VirtualClock();
    const journal = await openJournal(PATH, { mode: 'new', disk, clock });
    await journal.append(succeeded('t-0', 0));
    await expect(journal.append(succeeded('t-1', 1))).rejects.toMatchObject({ exitCode: 74 });
    // Cutting off the partial line takes until after the grace period.
    disk.faults.beforeTruncate = () =>
      new Promise((resolve) => clock.after(7000 - clock.now() + 500, resolve));
    const unsaved = await clock.run(
      journal.drain(7000).then(() => journal.close({ covered: 'part' })),
    );
    expect(unsaved.unsaved).toEqual([succeeded('t-1', 1)]);
    expect(disk.text(PATH)).toBe(jsonl(succeeded('t-0', 0)));
  });

  it('does not prevent saving records that arrived during the retries', async () => {
    const disk = new SimulatedDisk({ capacityBytes: 0 });
    const clock = new VirtualClock();
    const journal = await openJournal(PATH, { mode: 'new', disk, clock });
    await expect(journal.append(succeeded('t-0', 0))).rejects.toMatchObject({ exitCode: 74 });
    let late: Promise<unknown> | undefined;
    disk.faults.capacityBytes = Infinity;
    disk.faults.beforeSync = async () => {
      late ??= expect(journal.append(succeeded('t-1', 1))).rejects.toMatchObject({ exitCode: 74 });
    };
    expect(await clock.run(journal.drain(7000))).toEqual([]);
    await late;
    expect(disk.text(PATH)).toBe(jsonl(succeeded('t-0', 0), succeeded('t-1', 1)));
  });
});

describe('a sync that fails', () => {
  it('loses no record waiting for the next one, and writes none twice', async () => {
    const disk = new SimulatedDisk();
    const clock = new VirtualClock();
    const journal = await openJournal(PATH, { mode: 'new', disk, clock });
    let waiting: Promise<unknown> | undefined;
    disk.faults.beforeSync = async () => {
      waiting ??= expect(journal.append(succeeded('b', 1))).rejects.toMatchObject({ exitCode: 74 });
    };
    let failures = 1;
    disk.faults.fail = ({ kind }) => (kind === 'sync' && failures-- > 0 ? 'EIO' : undefined);
    await expect(journal.append(succeeded('a'))).rejects.toMatchObject({ exitCode: 74 });
    await waiting;
    expect(await clock.run(journal.drain(7000))).toEqual([]);
    await journal.append(succeeded('c', 2));
    const all = [succeeded('a'), succeeded('b', 1), succeeded('c', 2)];
    expect(disk.text(PATH)).toBe(jsonl(...all));
  });

  it('is not trusted if it succeeds later: the lines are written again', async () => {
    const disk = new SimulatedDisk();
    const clock = new VirtualClock();
    const journal = await openJournal(PATH, { mode: 'new', disk, clock });
    let failures = 2;
    disk.faults.fail = ({ kind }) => (kind === 'sync' && failures-- > 0 ? 'EIO' : undefined);
    await expect(journal.append(succeeded('a'))).rejects.toThrow('the disk reports an error (EIO)');
    expect(await clock.run(journal.drain(7000))).toEqual([]);
    for (const seed of [0, 0.3, 0.99]) {
      expect(disk.afterPowerCut(() => seed).text(PATH)).toBe(jsonl(succeeded('a')));
    }
  });

  it('leaves no partial line even if the file cannot be truncated at first', async () => {
    const disk = new SimulatedDisk();
    const clock = new VirtualClock();
    const journal = await openJournal(PATH, { mode: 'new', disk, clock });
    await journal.append(succeeded('t-0', 0));
    disk.faults.capacityBytes = jsonl(succeeded('t-0', 0)).length + 20;
    let failures = 3;
    disk.faults.fail = ({ kind }) => (kind === 'truncate' && failures-- > 0 ? 'EIO' : undefined);
    await expect(journal.append(succeeded('t-1', 1))).rejects.toMatchObject({ exitCode: 74 });
    disk.faults.capacityBytes = Infinity;
    expect(await clock.run(journal.drain(7000))).toEqual([]);
    expect(disk.text(PATH)).toBe(jsonl(succeeded('t-0', 0), succeeded('t-1', 1)));
  });
});

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
