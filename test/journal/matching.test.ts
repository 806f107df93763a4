import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlannedTask } from '../../src/journal/match-records.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import { SimulatedDisk } from '../support/simulated-disk.ts';
import {
  fingerprint,
  jsonl,
  movedIn,
  open,
  parsed,
  PATH,
  planned,
  succeeded,
  unsuccessful,
  work,
} from './records.ts';

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const content = fc.constantFrom('x', 'y', 'z');
const index = fc.nat({ max: 9 });
const FORMER = '~old-00000000';
/** The id of a task, or an id that a task had before. */
const answerId = fc.oneof(
  { weight: 5, arbitrary: id },
  { weight: 1, arbitrary: id.map((task) => `${task}${FORMER}`) },
);
const answer = fc.tuple(answerId, index, content).map((parts) => succeeded(...parts));
const status = fc.constantFrom('failed', 'canceled', 'skipped');
const other = fc.tuple(status, id, index, content).map((parts) => unsuccessful(...parts));
/**
 * Each line has its own request id, to distinguish it from other lines that are otherwise the same.
 */
const anyFile = fc
  .array(fc.oneof(answer, other), { maxLength: 10 })
  .map((records) => records.map((record, at) => ({ ...record, request_id: `req-${at}` })));
const upTo5 = fc.nat({ max: 5 });
const anyMode = fc.constantFrom('resume' as const, 'retry-failed' as const);
const anyPlan = fc
  .uniqueArray(fc.tuple(id, content), { selector: ([id]) => id })
  .map((tasks) => tasks.map(([id, content], index) => planned(id, index, content)));

describe('for any file and any manifest', () => {
  it('each task gets an answer to its content while there are any: first its own, then a spare one', async () => {
    await fc.assert(
      fc.asyncProperty(anyFile, anyPlan, async (file, plan) => {
        const disk = new SimulatedDisk();
        disk.put(PATH, jsonl(...file));
        const journal = await open(disk);
        for (const task of plan) journal.expect(task);
        const decided = plan.map((task) => ({ task, decision: journal.decide(task) }));
        const kept = decided.flatMap(({ task, decision }) =>
          decision.kind === 'keep' ? [{ task, line: decision.line }] : [],
        );
        expect(new Set(kept.map(({ line }) => line)).size).toBe(kept.length);
        for (const { task, line } of kept) {
          expect(file[line]).toMatchObject({
            status: 'succeeded',
            fingerprint: task.fingerprints[0],
          });
          const own = file.some((record) => isAnswerTo(task, record) && taskOf(record) === task.id);
          if (own) expect(file[line]).toSatisfy((record) => taskOf(record) === task.id);
        }
        for (const { task, decision } of decided) {
          if (decision.kind !== 'run') continue;
          const like = file[decision.like ?? -1];
          const isAnswered = file.some((record) => isAnswerTo(task, record));
          expect(like !== undefined && isAnswerTo(task, like)).toBe(isAnswered);
        }
        for (const each of ['x', 'y', 'z'].map(fingerprint)) {
          const wanted = plan.filter((task) => task.fingerprints[0] === each).length;
          const there = file.filter(
            (record) => record.status === 'succeeded' && record.fingerprint === each,
          ).length;
          const given = kept.filter(({ task }) => task.fingerprints[0] === each).length;
          expect(given).toBe(Math.min(wanted, there));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('deciding a task alone has the same result as deciding it after all were announced', async () => {
    await fc.assert(
      fc.asyncProperty(anyFile, anyPlan, anyMode, async (file, plan, mode) => {
        const disk = new SimulatedDisk();
        disk.put(PATH, jsonl(...file));
        const early = await open(disk.afterKill(), mode);
        const alone = plan.map((task) => early.decideAlone(task));
        const late = await open(disk.afterKill(), mode);
        for (const task of plan) late.expect(task);
        for (const [at, task] of plan.entries()) {
          expect(alone[at] ?? early.decide(task)).toEqual(late.decide(task));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("a task is decided immediately if no other task's record has its content", async () => {
    const disk = new SimulatedDisk();
    disk.put(PATH, jsonl(succeeded('a'), unsuccessful('failed', 'b'), succeeded('c', 2, 'old')));
    const journal = await open(disk);
    const decided = ['a', 'b', 'c', 'd'].map((id, at) => journal.decideAlone(planned(id, at)));
    expect(decided).toEqual([
      { kind: 'keep', line: 0 },
      { kind: 'run', reason: 'failed' },
      { kind: 'run', reason: 'changed' },
      { kind: 'run', reason: 'new' },
    ]);
    expect(journal.decideAlone(planned('other', 4, 'a'))).toBeUndefined();
  });

  it('the file has one record per task in order at the end, loses none, and a second resume does nothing', async () => {
    await fc.assert(
      fc.asyncProperty(anyFile, anyPlan, async (file, plan) => {
        const disk = new SimulatedDisk();
        disk.put(PATH, jsonl(...file));
        const journal = await open(disk);
        const { length: sent } = await work(journal, plan);
        const end = await journal.close({ covered: 'whole' });
        const records = parsed(disk.text(PATH));
        expect(records).toMatchObject(
          plan
            .toSorted((one, other) => one.index - other.index)
            .map(({ id, index, fingerprints: [fingerprint] }) => {
              return { status: 'succeeded', id, index, fingerprint };
            }),
        );
        expect(records).toHaveLength(plan.length);
        // Records that are gone from the file are in the companion.
        const moved = movedIn(disk);
        const requests = [...records, ...moved].map(({ request_id }) => request_id);
        for (const record of file) expect(requests).toContain(record.request_id);
        expect(moved.every(({ id }) => !id.includes('~'))).toBe(true);
        expect(end.removed).toBeLessThanOrEqual(moved.length);
        const before = disk.bytes(PATH);
        const again = await open(disk);
        // A budget covers all runs together, so the cost of dropped records must still be known.
        const beforeUsd = file.reduce((sum, record) => sum + (record.cost_usd ?? 0), 0);
        expect(again.found?.spentUsd).toBe(beforeUsd + sent * 0.5);
        expect(await work(again, plan)).toEqual([]);
        await again.close({ covered: 'whole' });
        expect(disk.bytes(PATH)).toEqual(before);
      }),
      { numRuns: 200 },
    );
  });

  it('running in two parts and then as a whole costs no more than running once', async () => {
    await fc.assert(
      fc.asyncProperty(anyFile, anyPlan, upTo5, async (file, plan, from) => {
        const disk = new SimulatedDisk();
        disk.put(PATH, jsonl(...file));
        const atOnce = await work(await open(disk.afterKill()), plan);
        const sent: string[] = [];
        const [first, second] = [plan.slice(from), plan.slice(0, from)];
        for (const part of [first, second, plan]) {
          const journal = await open(disk);
          for (const task of plan) if (!part.includes(task)) journal.expect(task);
          sent.push(...(await work(journal, part)));
          await journal.close({ covered: part === plan ? 'whole' : 'part' });
        }
        expect(sent.length).toBe(atOnce.length);
        const records = parsed(disk.text(PATH));
        expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
      }),
      { numRuns: 200 },
    );
  });

  it('no answer that may still be needed is lost if the run is interrupted', async () => {
    await fc.assert(
      fc.asyncProperty(anyFile, anyPlan, upTo5, upTo5, async (file, plan, looked, decided) => {
        const wouldSend = async (disk: SimulatedDisk): Promise<number> => {
          const journal = await open(disk.afterKill());
          return (await work(journal, plan)).length;
        };
        const disk = new SimulatedDisk();
        disk.put(PATH, jsonl(...file));
        const before = await wouldSend(disk);
        const journal = await open(disk);
        const told = plan.slice(0, looked);
        const undecided = told.filter((task) => journal.decideAlone(task) === undefined);
        // The second pass begins when all tasks have been through the first one.
        if (told.length === plan.length) {
          for (const task of undecided.slice(0, decided)) journal.decide(task);
        }
        await journal.close({ covered: 'part' });
        expect(await wouldSend(disk)).toBe(before);
      }),
      { numRuns: 200 },
    );
  });
});

function isAnswerTo(task: PlannedTask, record: ReturnType<typeof succeeded>): boolean {
  return record.status === 'succeeded' && record.fingerprint === task.fingerprints[0];
}

/** The task that an answer belongs to, or belonged to. */
function taskOf({ id }: Pick<ResultRecord, 'id'>): string {
  return id.replace(/~.*/, '');
}
