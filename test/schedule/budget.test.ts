import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLedger, type LedgerOptions } from '../../src/money/budget-ledger.ts';
import type { AttemptOutcome } from '../../src/providers/provider.ts';
import { createBudgetGate } from '../../src/money/budget-wait.ts';
import type { WorstCaseOf } from '../../src/money/worst-case.ts';
import type { LaneConfig, ScheduleOptions } from '../../src/schedule/run-context.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { answered, createWorld, failed, failureOf, REFUSED, task, type Script } from './world.ts';
import { NO_USAGE } from '../../src/providers/usage-fields.ts';
import { scaled } from '../support/scale.ts';

/** A dollar for each output token, so that costs can be read off: `max_tokens: 3` is at most $3. */
const PRICE = {
  base: { input: 0, output: 1e6, cacheRead: 0, cacheWrite: 0, cacheWriteLong: 0 },
  tiers: [],
  factors: {},
};

const worstCase: WorstCaseOf = (request, { retries }) => ({
  attemptUsd: request.parameters.maxTokens ?? Infinity,
  attempts: 1 + retries,
});

function money(options: Partial<LedgerOptions>): Pick<ScheduleOptions, 'worstCase' | 'budget'> & {
  readonly ledger: ReturnType<typeof createLedger>;
} {
  const ledger = createLedger({ maxCostUsd: undefined, maxTaskCostUsd: undefined, ...options });
  return { worstCase, budget: createBudgetGate(ledger), ledger };
}

function priced(lane: LaneConfig): LaneConfig {
  return { ...lane, price: PRICE };
}

function* tasksUpTo(maxTokens: readonly number[], { maxRetries = 0, lane = 'p/m' } = {}) {
  for (const [index, each] of maxTokens.entries()) {
    yield task(`t${index + 1}`, { index, lane, maxRetries, parameters: { maxTokens: each } });
  }
}

describe('the cost of a task', () => {
  it('is the sum over its attempts that reported tokens, each priced on its own', async () => {
    const world = createWorld();
    const provider = world.provider(({ attempt }) =>
      attempt === 1
        ? failed({ usage: { ...NO_USAGE, outputTokens: 2 } })
        : answered({ inputTokens: 0, outputTokens: 3 }),
    );
    await world.run([priced(world.lane({ tasks: tasksUpTo([5], { maxRetries: 1 }), provider }))]);
    expect(world.outcomes[0]).toMatchObject({ costUsd: 5, cacheSavedUsd: 0, possiblyPaidUsd: 0 });
  });

  it('is unknown, not zero, if the price is unknown', async () => {
    const world = createWorld();
    const provider = world.provider(() => answered({ outputTokens: 3 }));
    await world.run([world.lane({ tasks: 1, provider })]);
    expect(world.outcomes[0]).toMatchObject({ costUsd: null, cacheSavedUsd: null });
  });

  it('counts an attempt that may have been charged separately, at its highest possible cost', async () => {
    const world = createWorld();
    const provider = world.provider(({ attempt }) =>
      attempt === 1
        ? failed({ code: 'TIMEOUT', possiblyPaid: true })
        : answered({ inputTokens: 0, outputTokens: 3 }),
    );
    const lane = priced(world.lane({ tasks: tasksUpTo([5], { maxRetries: 1 }), provider }));
    await world.run([lane], { worstCase });
    expect(world.outcomes[0]).toMatchObject({ costUsd: 3, possiblyPaidUsd: 5 });
  });
});

describe('a budget for the run', () => {
  it('stops before the task that it does not cover, and keeps what was paid', async () => {
    const world = createWorld();
    const provider = world.provider(() => answered({ inputTokens: 0, outputTokens: 4 }));
    const { ledger, ...options } = money({ maxCostUsd: 10 });
    const totals = await world.run(
      [priced(world.lane({ tasks: tasksUpTo([4, 4, 4, 4]), provider }))],
      options,
    );
    expect(totals.stoppedBy).toEqual({
      kind: 'budget',
      message: 'the next attempt may cost up to $4.00, but only $2.00 of the budget is left',
    });
    expect(world.outcomes.map(({ task: { id }, costUsd }) => [id, costUsd])).toEqual([
      ['t1', 4],
      ['t2', 4],
    ]);
    expect(ledger.state()).toMatchObject({ spentUsd: 8, reservedUsd: 0 });
  });

  it('lets a task wait for the money that another task returns', async () => {
    const world = createWorld();
    const provider = world.provider(() => answered({ inputTokens: 0, outputTokens: 1 }));
    const lane = priced(world.lane({ tasks: tasksUpTo([6, 6, 6]), provider }));
    const totals = await world.run([lane], money({ maxCostUsd: 10 }));
    expect(totals.stoppedBy).toBeUndefined();
    // Two are never in flight at once, because each reserves 6 of 10.
    expect(world.calls.map(({ atMs }) => atMs)).toEqual([0, 100, 200]);
  });

  it('counts what earlier runs spent', async () => {
    const world = createWorld();
    const provider = world.provider(() => answered({ inputTokens: 0, outputTokens: 4 }));
    const lane = priced(world.lane({ tasks: tasksUpTo([4, 4]), provider }));
    const totals = await world.run([lane], money({ maxCostUsd: 10, spentUsd: 7 }));
    expect(totals.stoppedBy?.kind).toBe('budget');
    expect(world.calls).toEqual([]);
  });

  it('makes a lane wait only if its own task is too expensive at the moment', async () => {
    const world = createWorld();
    const dear = world.provider(() => answered({ inputTokens: 0, outputTokens: 1 }), {
      name: 'dear',
      latencyMs: () => 1_000,
    });
    const cheap = world.provider(() => answered({ inputTokens: 0, outputTokens: 1 }), {
      name: 'cheap',
    });
    const totals = await world.run(
      [
        priced(world.lane({ tasks: tasksUpTo([9, 9], { lane: 'dear/m' }), provider: dear })),
        priced(world.lane({ tasks: tasksUpTo([1, 1, 1], { lane: 'cheap/m' }), provider: cheap })),
      ],
      { ...money({ maxCostUsd: 14 }) },
    );
    expect(totals.stoppedBy).toBeUndefined();
    const sent = world.calls.map(({ lane, atMs }) => [lane, atMs]);
    expect(sent.filter(([lane]) => lane === 'cheap/m')).toEqual([
      ['cheap/m', 0],
      ['cheap/m', 0],
      ['cheap/m', 0],
    ]);
    expect(sent.filter(([lane]) => lane === 'dear/m')).toEqual([
      ['dear/m', 0],
      ['dear/m', 1_000],
    ]);
  });

  it('does not send an attempt that the reserved money does not cover', async () => {
    const world = createWorld();
    const provider = world.provider(() => failed({ code: 'TIMEOUT', possiblyPaid: true }));
    const lane = priced(world.lane({ tasks: tasksUpTo([4], { maxRetries: 3 }), provider }));
    await world.run([lane], money({ maxCostUsd: 9 }));
    expect(world.calls).toHaveLength(2);
    expect(failureOf(world.outcomes[0])).toMatchObject({
      code: 'TIMEOUT',
      hint: 'the budget reserved for this task does not cover another attempt',
    });
  });

  it('does not count an attempt that cost nothing', async () => {
    const world = createWorld();
    const provider = world.provider(({ attempt }) =>
      attempt < 4 ? failed(REFUSED) : answered({ inputTokens: 0, outputTokens: 4 }),
    );
    const lane = priced(world.lane({ tasks: tasksUpTo([4], { maxRetries: 1 }), provider }));
    await world.run([lane], money({ maxCostUsd: 4 }));
    expect(world.outcomes[0]).toMatchObject({ attempts: 4, costUsd: 4 });
  });

  it('returns what it reserved for a task that was never sent', async () => {
    const world = createWorld();
    const provider = world.provider(() => answered({ inputTokens: 0, outputTokens: 1 }));
    const lane = priced(world.lane({ tasks: tasksUpTo([4, 4, 4]), provider, limits: { rpm: 1 } }));
    const { ledger, ...options } = money({ maxCostUsd: 100 });
    world.clock.after(1_000, () => world.drain.abort());
    const totals = await world.run([lane], options);
    expect(totals.stoppedBy?.kind).toBe('interrupted');
    expect(ledger.state()).toMatchObject({ spentUsd: 1, reservedUsd: 0 });
  });

  it('ends a task whose model paused its turn, because the next turn has no limit', async () => {
    const world = createWorld();
    const paused: AttemptOutcome = {
      kind: 'incomplete',
      continuation: { messages: [] },
      usage: { ...NO_USAGE, outputTokens: 2 },
    };
    const provider = world.provider(() => paused);
    const lane = priced(world.lane({ tasks: tasksUpTo([4], { maxRetries: 3 }), provider }));
    const { ledger, ...options } = money({ maxCostUsd: 100 });
    await world.run([lane], options);
    expect(world.calls).toHaveLength(1);
    expect(failureOf(world.outcomes[0])).toMatchObject({
      code: 'BUDGET',
      message: 'the model paused its turn, and the cost of continuing has no upper bound',
    });
    expect(ledger.state().spentUsd).toBe(2);
  });
});

describe('a server that bills more than expected', () => {
  it('is believed, so more is reserved for its next tasks', async () => {
    const world = createWorld();
    const provider = world.provider(() => answered({ inputTokens: 0, outputTokens: 10 }));
    const lane = world.lane({
      tasks: tasksUpTo([1, 1, 1, 1, 1]),
      provider,
      limits: { concurrency: { start: 1, max: 1 } },
    });
    const { ledger, ...options } = money({ maxCostUsd: 39 });
    const totals = await world.run([priced(lane)], options);
    expect(totals.stoppedBy).toMatchObject({
      message: 'the next attempt may cost up to $10.00, but only $9.00 of the budget is left',
    });
    expect(ledger.state().spentUsd).toBe(30);
  });
});

describe('a budget for each task', () => {
  it('fails a task if one attempt is too expensive, and continues', async () => {
    const world = createWorld();
    const provider = world.provider(() => answered({ inputTokens: 0, outputTokens: 1 }));
    const lane = priced(world.lane({ tasks: tasksUpTo([2, 8, 2]), provider }));
    const totals = await world.run([lane], money({ maxTaskCostUsd: 5 }));
    expect(totals.stoppedBy).toBeUndefined();
    expect(world.calls.map(({ prompt }) => prompt)).toEqual(['t1', 't3']);
    expect(failureOf(world.outcomes.find((each) => each.task.id === 't2'))).toEqual({
      code: 'BUDGET',
      message: 'one attempt may cost up to $8.00, but `max_task_cost_usd` is $5.00',
      retryable: false,
      hint: 'lower `max_tokens`, shorten the prompt or its context, or raise `budget.max_task_cost_usd`',
    });
  });

  it('allows only as many retries as it covers', async () => {
    const world = createWorld();
    const provider = world.provider(() => failed({ code: 'TIMEOUT', possiblyPaid: true }));
    const lane = priced(world.lane({ tasks: tasksUpTo([2], { maxRetries: 9 }), provider }));
    await world.run([lane], money({ maxTaskCostUsd: 7 }));
    expect(world.calls).toHaveLength(3);
  });
});

describe('forty requests in flight under a cap', () => {
  it.each([1, 2, 3, 4, 5])(
    'together spend at most the cap and at least 92% of it, seed %i',
    async (seed) => {
      const { spent, totals, highest } = await storm({
        seed,
        cap: 2_000,
        lanes: 1,
        tasks: 3_000,
        maxTokens: () => 5,
        maxRetries: 3,
        faults: 0,
        limits: { concurrency: { start: 40, max: 40 } },
      });
      expect(totals.stoppedBy?.kind).toBe('budget');
      expect(highest).toBe(40);
      expect(spent).toBeLessThanOrEqual(2_000);
      expect(spent).toBeGreaterThanOrEqual(0.92 * 2_000);
    },
  );
});

describe('whatever the schedule', () => {
  it('no run spends more than its cap, and no task more than its own', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.nat(),
          cap: fc.integer({ min: 0, max: 120 }),
          taskCap: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
          lanes: fc.integer({ min: 1, max: 3 }),
          tasks: fc.integer({ min: 1, max: 30 }),
          maxRetries: fc.integer({ min: 0, max: 4 }),
          spentBefore: fc.integer({ min: 0, max: 30 }),
          drainAtMs: fc.option(fc.integer({ min: 0, max: 3_000 }), { nil: undefined }),
          abortAtMs: fc.option(fc.integer({ min: 0, max: 3_000 }), { nil: undefined }),
        }),
        async (parts) => {
          const { spent, ledger, perTask } = await storm(parts);
          expect(parts.spentBefore + spent).toBeLessThanOrEqual(
            Math.max(parts.cap, parts.spentBefore),
          );
          expect(Math.max(0, ...perTask.values())).toBeLessThanOrEqual(parts.taskCap ?? Infinity);
          expect(ledger.state()).toMatchObject({ reservedUsd: 0, overrunUsd: 0 });
          expect(ledger.state().spentUsd).toBeGreaterThanOrEqual(parts.spentBefore + spent);
        },
      ),
      { numRuns: scaled(300, 1_500) },
    );
  }, 120_000);
});

interface Storm {
  readonly seed: number;
  readonly cap: number;
  readonly taskCap?: number | undefined;
  readonly lanes: number;
  readonly tasks: number;
  readonly maxTokens?: (random: () => number) => number;
  readonly maxRetries: number;
  /** 0: every request is answered. */
  readonly faults?: 0;
  readonly spentBefore?: number;
  readonly drainAtMs?: number | undefined;
  readonly abortAtMs?: number | undefined;
  readonly limits?: Parameters<ReturnType<typeof createWorld>['lane']>[0]['limits'];
}

/**
 * Servers that charge for everything they received, whatever they report: for answers, for
 * timeouts, and for requests that were abandoned. `spent` is the true cost, which Volley never sees
 * in full.
 */
async function storm(parts: Storm) {
  const { seed, cap, lanes, tasks, maxRetries } = parts;
  const maxTokens = parts.maxTokens ?? ((draw) => 1 + Math.floor(draw() * 12));
  const random = seededRandom(seed);
  const world = createWorld({ random });
  const perTask = new Map<string, number>();
  let spent = 0;
  const script: Script = ({ prompt, lane }) => {
    const most = Number(prompt.split(':')[1]);
    const draw = parts.faults === 0 ? 1 : random();
    if (draw < 0.1) return failed(REFUSED);
    if (draw < 0.15) return failed({ code: 'NETWORK', possiblyPaid: false });
    const usd = 1 + Math.floor(random() * most);
    spent += usd;
    perTask.set(`${lane} ${prompt}`, (perTask.get(`${lane} ${prompt}`) ?? 0) + usd);
    if (draw < 0.25) return failed({ code: 'TIMEOUT', possiblyPaid: true });
    const usage = { ...NO_USAGE, outputTokens: usd };
    if (draw < 0.3) return failed({ code: 'BAD_RESPONSE', possiblyPaid: true, usage });
    if (draw < 0.35) return failed({ code: 'TRUNCATED', retryable: false, usage });
    return answered(usage);
  };
  const { ledger, ...options } = money({
    maxCostUsd: cap,
    maxTaskCostUsd: parts.taskCap,
    spentUsd: parts.spentBefore ?? 0,
  });
  const made = Array.from({ length: lanes }, (_, number) => {
    const name = `p${number}`;
    const provider = world.provider(script, { name, latencyMs: () => 50 + random() * 500 });
    return priced(
      world.lane({
        provider,
        limits: parts.limits ?? {},
        tasks: Array.from({ length: tasks }, (_task, index) => {
          const most = maxTokens(random);
          const parameters = { maxTokens: most };
          return task(`t${index}:${most}`, { index, lane: `${name}/m`, maxRetries, parameters });
        }),
      }),
    );
  });
  if (parts.drainAtMs !== undefined) world.clock.after(parts.drainAtMs, () => world.drain.abort());
  if (parts.abortAtMs !== undefined) world.clock.after(parts.abortAtMs, () => world.abort.abort());
  const totals = await world.run(made, { ...options, retryDelayMs: 20 });
  return { spent, totals, ledger, perTask, highest: world.highest() };
}
