import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import type { Task } from '../../src/plan/task.ts';
import type { Resumption } from '../../src/run/resume.ts';
import { chooseSome } from '../../src/run/choose-some.ts';
import { task } from '../schedule/world.ts';

/** A plan of so many tasks of each template, the first of the lane `p/a`, the second of `p/b`, … */
function planOf(...sizes: readonly number[]): Pick<Plan, 'tasks' | 'total'> {
  const tasks = sizes.flatMap((size, at): Task[] => {
    const { template } = task(`t${at}`, { lane: `p/${'abc'[at]}` });
    return Array.from({ length: size }, () => ({ ...task('x'), template }));
  });
  return {
    total: tasks.length,
    async *tasks() {
      for (const [index, each] of tasks.entries()) yield { ...each, index };
    },
  };
}

function taskAt(index: number): Task {
  return { ...task('x'), index };
}

async function chosenOf(
  plan: ReturnType<typeof planOf>,
  count: number,
): Promise<readonly number[]> {
  const chosen = await chooseSome(plan, { count, seed: 1 });
  return Array.from({ length: plan.total }, (_, index) => index).filter((index) =>
    chosen.sends(taskAt(index)),
  );
}

describe('some of the tasks', () => {
  it('are as many as were asked for, or all there are', async () => {
    expect(await chosenOf(planOf(100), 7)).toHaveLength(7);
    expect(await chosenOf(planOf(5), 7)).toEqual([0, 1, 2, 3, 4]);
  });

  it('are of each template its share, and one at least', async () => {
    const { toSend, left } = await chooseSome(planOf(900, 90, 1), { count: 12, seed: 1 });
    expect([...toSend]).toEqual([
      ['p/a', 10],
      ['p/b', 1],
      ['p/c', 1],
    ]);
    expect(left).toBe(979);
  });

  it('are of the largest templates when there are not enough for all', async () => {
    expect((await chooseSome(planOf(2, 90, 5), { count: 2, seed: 1 })).toSend).toEqual(
      new Map([
        ['p/a', 0],
        ['p/b', 1],
        ['p/c', 1],
      ]),
    );
  });

  it('are chosen by chance, the same each time', async () => {
    const chosen = await chosenOf(planOf(10_000), 500);
    expect(await chosenOf(planOf(10_000), 500)).toEqual(chosen);
    const mean = chosen.reduce((sum, index) => sum + index, 0) / chosen.length;
    expect(mean).toBeGreaterThan(4500);
    expect(mean).toBeLessThan(5500);
  });

  it('are among those that an earlier run left to send', async () => {
    const earlier: Resumption = {
      kept: 8,
      left: 0,
      toSend: new Map([['p/a', 2]]),
      toSendOfEntry: new Map([['a', 2]]),
      sends: ({ index }) => index >= 8,
      fateOf: ({ index }) => (index >= 8 ? 'send' : 'keep'),
      recordOf: () => Promise.reject(new Error('not asked for')),
      decide: () => Promise.resolve({ kind: 'send' }),
      fromElsewhere: { unsealed: 0, foreign: 0, mayGrow: false },
      coversAll: () => true,
    };
    const chosen = await chooseSome(planOf(10), { count: 5, seed: 1 }, earlier);
    expect(chosen).toMatchObject({ kept: 8, left: 0 });
    expect(chosen.coversAll()).toBe(false);
    expect(chosen.fateOf(taskAt(7))).toBe('keep');
    expect([7, 8].map((index) => chosen.sends(taskAt(index)))).toEqual([false, true]);
  });
});
