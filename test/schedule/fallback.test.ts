import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLedger } from '../../src/money/budget-ledger.ts';
import type { Task } from '../../src/plan/task.ts';
import { seededRandom } from '../../src/ports/random.ts';
import type { AttemptFailure } from '../../src/providers/provider.ts';
import { createBudgetGate } from '../../src/money/budget-wait.ts';
import type { WorstCaseOf } from '../../src/money/worst-case.ts';
import type { LaneConfig } from '../../src/schedule/run-context.ts';
import {
  answered,
  BAD_KEY,
  createWorld,
  failed,
  failureOf,
  REFUSED,
  task,
  usage,
  type Script,
  type World,
} from './world.ts';

const QUOTA: Partial<AttemptFailure> = {
  code: 'QUOTA_EXHAUSTED',
  httpStatus: 402,
  retryable: false,
  reach: 'provider',
};
const OVERLOADED: Partial<AttemptFailure> = { code: 'OVERLOADED', httpStatus: 529 };
const NOT_SAID: Partial<AttemptFailure> = {
  code: 'REFUSED',
  retryable: false,
  usage: usage({ outputTokens: 2 }),
};
const BAD_REQUEST: Partial<AttemptFailure> = { code: 'BAD_REQUEST', retryable: false };

/**
 * A lane for each script: `a/m`, `b/m` and `c/m`. Tasks start at `a/m` unless they name another
 * lane.
 */
function lanesOf(
  world: World,
  scripts: Readonly<Record<string, Script>>,
  tasks: readonly Task[],
): readonly LaneConfig[] {
  return Object.entries(scripts).map(([name, script]) => {
    const own = tasks.filter(({ template }) => template.model.provider === name);
    const hasFallbacks = own.some(({ template }) => template.fallbacks);
    return world.lane({ tasks: own, provider: world.provider(script, { name }), hasFallbacks });
  });
}

function count(tasks: number, fallbacks: readonly string[] = ['b/m']): readonly Task[] {
  return Array.from({ length: tasks }, (_, index) =>
    task(`t${index + 1}`, { index, lane: 'a/m', fallbacks, maxRetries: 1 }),
  );
}

const fine: Script = () => answered();

describe('a task with a list of models', () => {
  test.each([
    ['refuses', NOT_SAID, 1],
    ['is out of quota', QUOTA, 1],
    ['is still overloaded after all retries', OVERLOADED, 2],
    ['keeps refusing because of a limit', REFUSED, 10],
  ])('continues with the next model if one %s', async (_name, failure, attempts) => {
    const world = createWorld();
    const lanes = lanesOf(world, { a: () => failed(failure), b: fine }, count(1));
    const totals = await world.run(lanes);
    expect(world.outcomes).toMatchObject([
      {
        result: { status: 'succeeded' },
        model: { provider: 'b', model: 'm' },
        attempts: attempts + 1,
        tried: [
          { model: { provider: 'a', model: 'm' }, attempts, failure: { code: failure.code } },
        ],
      },
    ]);
    expect(world.calls.map(({ lane }) => lane)).toEqual([...Array(attempts).fill('a/m'), 'b/m']);
    expect(totals.stoppedBy).toBeUndefined();
  });

  test.each([
    ['its request is wrong', BAD_REQUEST],
    ['the key is wrong', BAD_KEY],
  ])('ends if %s: no other model is asked', async (_name, failure) => {
    const world = createWorld();
    await world.run(lanesOf(world, { a: () => failed(failure), b: fine }, count(1)));
    expect(failureOf(world.outcomes[0])?.code).toBe(failure.code);
    expect(world.outcomes[0]).toMatchObject({ tried: [], attempts: 1 });
  });

  test('fails with the failure of the last model', async () => {
    const world = createWorld();
    const scripts = {
      a: () => failed(NOT_SAID),
      b: () => failed(OVERLOADED),
      c: () => failed({ ...NOT_SAID, message: 'c will not' }),
    };
    await world.run(lanesOf(world, scripts, count(1, ['b/m', 'c/m'])));
    expect(failureOf(world.outcomes[0])?.message).toBe('c will not');
    expect(world.outcomes[0]).toMatchObject({
      attempts: 4,
      tried: [{ attempts: 1 }, { attempts: 2, failure: { code: 'OVERLOADED' } }],
    });
  });

  test('gets all of its retries with each model', async () => {
    const world = createWorld();
    const scripts: Record<string, Script> = {
      a: () => failed(OVERLOADED),
      b: ({ attempt }) => (attempt === 1 ? failed(OVERLOADED) : answered()),
    };
    await world.run(lanesOf(world, scripts, count(1)));
    expect(world.outcomes).toMatchObject([{ result: { status: 'succeeded' }, attempts: 4 }]);
  });
});

describe('a lane that is out of quota', () => {
  test('passes on all of its tasks, including those that it never sent', async () => {
    const world = createWorld();
    const totals = await world.run(lanesOf(world, { a: () => failed(QUOTA), b: fine }, count(100)));
    expect(world.outcomes).toHaveLength(100);
    expect(world.outcomes.every(({ result }) => result.status === 'succeeded')).toBe(true);
    expect(world.calls.filter(({ lane }) => lane === 'a/m').length).toBeLessThan(20);
    expect(world.outcomes.at(-1)).toMatchObject({
      attempts: 1,
      tried: [{ attempts: 0, costUsd: 0 }],
    });
    expect(totals.stoppedBy).toBeUndefined();
  });

  test('counts each wait of a task once, in the lane where it waited', async () => {
    const world = createWorld();
    const one = { concurrency: { start: 1, max: 1 } };
    const scripts: Record<string, Script> = { a: () => failed(QUOTA), b: fine };
    const lanes = lanesOf(world, scripts, count(3)).map((lane) => ({ ...lane, limits: one }));
    await world.run(lanes);
    const waits = world.outcomes.map(({ task: { id }, waitedMs }) => [id, waitedMs]);
    // `t2` waits for `t1` in `a/m`, then `t1` waits for `t2` in `b/m`. While both are in memory,
    // there is no room for `t3`.
    expect(Object.fromEntries(waits)).toEqual({
      t1: { concurrency: 100 },
      t2: { concurrency: 100 },
      t3: { concurrency: 200, retry: 100 },
    });
  });

  test('does not start its tasks that have no other model, and reports the stop', async () => {
    const world = createWorld();
    const tasks = [...count(1), task('alone', { lane: 'a/m', index: 1 }), ...count(1).map(renamed)];
    const limits = { concurrency: { start: 1, max: 1 } };
    const [first, ...others] = lanesOf(world, { a: () => failed(QUOTA), b: fine }, tasks);
    const totals = await world.run([...(first ? [{ ...first, limits }] : []), ...others]);
    expect(world.outcomes.map((outcome) => outcome.task.id).toSorted()).toEqual(['t1', 'u1']);
    expect(totals.stoppedBy).toMatchObject({ kind: 'provider' });
  });

  test('gets no requests for tasks that come from other lanes', async () => {
    const world = createWorld();
    const scripts: Record<string, Script> = {
      a: () => failed(NOT_SAID),
      b: () => failed(QUOTA),
      c: fine,
    };
    const own = task('own', { lane: 'b/m', index: 50 });
    await world.run(lanesOf(world, scripts, [own, ...count(20, ['b/m', 'c/m'])]));
    const moved = world.outcomes.filter((outcome) => outcome.task.id !== 'own');
    expect(moved).toHaveLength(20);
    expect(moved.every(({ result }) => result.status === 'succeeded')).toBe(true);
    expect(world.calls.filter(({ lane }) => lane === 'b/m')).toHaveLength(1);
  });
});

function renamed(each: Task): Task {
  return { ...each, id: 'u1', index: 2 };
}

/** Each task is refused by the first model that it is sent to. */
const refuseFirst: Script = ({ prompt, lane }) =>
  prompt.startsWith(lane.charAt(0)) ? failed(NOT_SAID) : answered();

test('lanes that pass tasks to each other do not wait for each other forever', async () => {
  const world = createWorld();
  const there = Array.from({ length: 40 }, (_, index) =>
    task(`a${index}`, { index, lane: 'a/m', fallbacks: ['b/m'] }),
  );
  const back = Array.from({ length: 40 }, (_, index) =>
    task(`b${index}`, { index: 40 + index, lane: 'b/m', fallbacks: ['a/m'] }),
  );
  await world.run(lanesOf(world, { a: refuseFirst, b: refuseFirst }, [...there, ...back]), {
    maxConcurrent: 3,
  });
  expect(world.outcomes.filter(({ result }) => result.status === 'succeeded')).toHaveLength(80);
});

test('no task continues with another model once the run drains', async () => {
  const world = createWorld();
  const scripts: Record<string, Script> = {
    a: () => {
      world.drain.abort(new Error('interrupted'));
      return failed(NOT_SAID);
    },
    b: fine,
  };
  await world.run(lanesOf(world, scripts, count(5)));
  expect(world.calls.map(({ lane }) => lane)).not.toContain('b/m');
  expect(failureOf(world.outcomes[0])?.code).toBe('REFUSED');
});

/** A dollar for each output token. */
const PRICE = {
  base: { input: 0, output: 1e6, cacheRead: 0, cacheWrite: 0, cacheWriteLong: 0 },
  tiers: [],
  factors: {},
};

const worstCase: WorstCaseOf = (request, { retries }) => ({
  attemptUsd: request.parameters.maxTokens ?? Infinity,
  attempts: 1 + retries,
});

function budget(maxCostUsd?: number, maxTaskCostUsd?: number) {
  const ledger = createLedger({ maxCostUsd, maxTaskCostUsd });
  return { ledger, worstCase, budget: createBudgetGate(ledger) };
}

function paid(tasks: number): readonly Task[] {
  return Array.from({ length: tasks }, (_, index) =>
    task(`t${index + 1}`, {
      index,
      lane: 'a/m',
      fallbacks: ['b/m'],
      maxRetries: 0,
      parameters: { maxTokens: 4 },
    }),
  );
}

describe('money', () => {
  const scripts: Record<string, Script> = {
    a: () => failed(NOT_SAID),
    b: () => answered({ inputTokens: 0, outputTokens: 3 }),
  };

  test('is added up across all models, each at its own price', async () => {
    const world = createWorld();
    const [a, b] = lanesOf(world, scripts, paid(1));
    const double = { ...PRICE, base: { ...PRICE.base, output: 2e6 } };
    if (!a || !b) throw new Error('no lanes');
    await world.run([
      { ...a, price: PRICE },
      { ...b, price: double },
    ]);
    expect(world.outcomes).toMatchObject([{ costUsd: 2 + 6, tried: [{ costUsd: 2 }] }]);
  });

  test('is reserved again for each model, so that the budget is not exceeded', async () => {
    const { ledger, ...options } = budget(10);
    const world = createWorld();
    const lanes = lanesOf(world, scripts, paid(5)).map((lane) => ({ ...lane, price: PRICE }));
    const totals = await world.run(lanes, options);
    expect(ledger.state()).toMatchObject({ reservedUsd: 0, overrunUsd: 0 });
    expect(ledger.state().spentUsd).toBeLessThanOrEqual(10);
    expect(totals.stoppedBy?.kind).toBe('budget');
  });

  test('has one limit per task, for all of its models together', async () => {
    const { ledger: _ledger, ...options } = budget(undefined, 5);
    const world = createWorld();
    const lanes = lanesOf(world, scripts, paid(1)).map((lane) => ({ ...lane, price: PRICE }));
    await world.run(lanes, options);
    // 2 of 5 dollars are spent, and an attempt may cost 4.
    expect(failureOf(world.outcomes[0])).toMatchObject({ code: 'BUDGET' });
    expect(world.calls.map(({ lane }) => lane)).toEqual(['a/m']);
  });
});

test('whatever happens, a task ends at most once, and exactly once unless the run stops', async () => {
  const faults = [QUOTA, OVERLOADED, NOT_SAID, BAD_REQUEST, BAD_KEY, {}];
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.integer(),
        faults: fc.constantFrom(0.05, 0.3, 0.9),
        tasks: fc.array(fc.shuffledSubarray(['a/m', 'b/m', 'c/m'], { minLength: 1 }), {
          maxLength: 40,
        }),
        maxConcurrent: fc.integer({ min: 1, max: 10 }),
        maxCostUsd: fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }),
      }),
      async (plan) => {
        const random = seededRandom(plan.seed);
        const world = createWorld({ seed: plan.seed });
        const script: Script = () => {
          if (random() >= plan.faults) return answered({ inputTokens: 0 });
          return failed(faults[Math.floor(random() * faults.length)]);
        };
        const tasks = plan.tasks.map(([lane = '', ...fallbacks], index) =>
          task(`t${index}`, {
            index,
            lane,
            ...(fallbacks.length > 0 && { fallbacks }),
            maxRetries: 1,
            parameters: { maxTokens: 4 },
          }),
        );
        const { ledger, ...options } = budget(plan.maxCostUsd);
        const lanes = lanesOf(world, { a: script, b: script, c: script }, tasks);
        const totals = await world.run(
          lanes.map((lane) => ({ ...lane, price: PRICE })),
          { ...options, maxConcurrent: plan.maxConcurrent },
        );
        const ids = world.outcomes.map((outcome) => outcome.task.id);
        expect(new Set(ids).size).toBe(ids.length);
        if (!totals.stoppedBy) expect(ids).toHaveLength(tasks.length);
        for (const { task: ended, model, tried, attempts } of world.outcomes) {
          const models = [ended.template.model, ...(ended.template.fallbacks ?? [])];
          expect(models).toContain(model);
          expect(world.calls.filter(({ prompt }) => prompt === ended.id)).toHaveLength(attempts);
          expect(new Set([model, ...tried.map((each) => each.model)]).size).toBe(tried.length + 1);
        }
        expect(ledger.state()).toMatchObject({ reservedUsd: 0 });
        expect(ledger.state().spentUsd).toBeLessThanOrEqual(plan.maxCostUsd ?? Infinity);
        expect(world.clock.pendingTimers).toBe(0);
      },
    ),
    { numRuns: 300 },
  );
});
