import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLedger } from '../../src/money/budget-ledger.ts';
import type { AttemptOutcome } from '../../src/providers/provider.ts';
import { completeUsage } from '../../src/providers/missing-usage.ts';
import { reportedUsage } from '../../src/providers/usage.ts';
import { createBudgetGate } from '../../src/money/budget-wait.ts';
import { createWorld, requestOf, task } from './world.ts';

const CAP_USD = 40;
const TOKENS_A_MINUTE = 60;
const MINUTE_MS = 60_000;

/** A dollar for each output token. */
const PRICE = {
  base: { input: 0, output: 1e6, cacheRead: 0, cacheWrite: 0, cacheWriteLong: 0 },
  tiers: [],
  factors: {},
};

/** How a server might report a number of output tokens, or fail to. */
const SHAPES: ReadonlyArray<(output: number) => unknown> = [
  (output) => ({ prompt_tokens: 1, completion_tokens: output }),
  (output) => ({ input_tokens: '1', output_tokens: String(output) }),
  (output) => ({ prompt_tokens: 1, total_tokens: 1 + output }),
  (output) => ({ promptTokenCount: 1, candidatesTokenCount: output }),
  (output) => ({ prompt_tokens: 1, completion_tokens: output - 0.5 }),
  () => undefined,
  () => null,
  () => ({}),
  () => ({ prompt_tokens: 1 }),
  () => ({ prompt_tokens: null, completion_tokens: null }),
  () => ({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }),
  () => ({ prompt_tokens: -1, completion_tokens: -1, total_tokens: -1 }),
  () => ({ prompt_tokens: 1, completion_tokens: 'some' }),
  () => ({ prompt_tokens: 1, completion_tokens: 1e18 }),
];

interface Answer {
  /** Output tokens that the server charges. */
  readonly output: number;
  /** How many of these are shown as text: one token per four characters. */
  readonly shown: number;
  readonly shape: (output: number) => unknown;
}

/** Hidden reasoning is charged too. */
const answers = (hidden: boolean): fc.Arbitrary<readonly Answer[]> =>
  fc.array(
    fc
      .record({
        output: fc.integer({ min: 1, max: 10 }),
        share: fc.double({ min: 0.1, max: 1, noNaN: true }),
        shape: fc.constantFrom(...SHAPES),
      })
      .map(({ output, share, shape }) => ({
        output,
        shown: hidden ? Math.max(1, Math.floor(output * share)) : output,
        shape,
      })),
    { minLength: 1, maxLength: 40 },
  );

test('no budget is exceeded, whatever servers report or leave out', async () => {
  await fc.assert(
    fc.asyncProperty(answers(true), fc.integer({ min: 1, max: 8 }), async (all, slots) => {
      const ledger = createLedger({ maxCostUsd: CAP_USD, maxTaskCostUsd: undefined });
      const { charged, world } = await sendAll(all, {
        limits: { concurrency: { start: slots, max: slots } },
        options: {
          worstCase: (request, { retries }) => ({
            attemptUsd: request.parameters.maxTokens ?? Infinity,
            attempts: 1 + retries,
          }),
          budget: createBudgetGate(ledger),
        },
      });
      const chargedUsd = charged.reduce((sum, { output }) => sum + output, 0);
      expect(chargedUsd).toBeLessThanOrEqual(CAP_USD);
      expect(ledger.state().spentUsd).toBeLessThanOrEqual(CAP_USD);
      const toldUsd = world.outcomes.map(
        (each) => (each.costUsd ?? 0) + (each.possiblyPaidUsd ?? 0),
      );
      expect(toldUsd.reduce((sum, usd) => sum + usd, 0)).toBeGreaterThanOrEqual(chargedUsd);
    }),
  );
});

test('no token limit is exceeded, whatever servers report or leave out', async () => {
  await fc.assert(
    fc.asyncProperty(answers(false), async (all) => {
      const { charged } = await sendAll(all, { limits: { otpm: TOKENS_A_MINUTE } });
      expect(charged).toHaveLength(all.length);
      for (const { atMs } of charged) {
        const window = charged.filter((each) => each.atMs >= atMs && each.atMs < atMs + MINUTE_MS);
        const tokens = window.reduce((sum, { output }) => sum + output, 0);
        // The scheduler can only expect requests in flight to be as long as earlier answers.
        expect(tokens).toBeLessThanOrEqual(TOKENS_A_MINUTE + IN_FLIGHT * MOST);
      }
    }),
  );
});

const MOST = 10;
const IN_FLIGHT = 1;

async function sendAll(
  all: readonly Answer[],
  {
    limits,
    options = {},
  }: {
    readonly limits: Parameters<ReturnType<typeof createWorld>['lane']>[0]['limits'];
    readonly options?: Parameters<ReturnType<typeof createWorld>['run']>[1];
  },
) {
  const world = createWorld();
  const charged: Array<{ readonly atMs: number; readonly output: number }> = [];
  const tasks = all.map((_, index) =>
    task(`t${index}`, { index, parameters: { maxTokens: MOST } }),
  );
  const provider = world.provider(({ prompt, atMs }) => {
    const answer = all[Number(prompt.slice(1))];
    const asked = tasks[Number(prompt.slice(1))];
    if (!answer || !asked) throw new Error(`nobody asked ${prompt}`);
    charged.push({ atMs, output: answer.output });
    return answeredAs(answer, requestOf(asked));
  });
  const concurrency = { start: IN_FLIGHT, max: IN_FLIGHT };
  const lane = world.lane({ tasks, provider, limits: { concurrency, ...limits } });
  await world.run([{ ...lane, price: PRICE }], options);
  return { world, charged };
}

function answeredAs(
  { output, shown, shape }: Answer,
  request: ReturnType<typeof requestOf>,
): AttemptOutcome {
  const text = 'abcd'.repeat(shown);
  const reported = reportedUsage({ usage: shape(output) });
  const usage = completeUsage(reported, { request, text, reasoning: '', isFull: false });
  return {
    kind: 'answered',
    answer: { text, finishReason: 'stop', usage, requestId: undefined },
  };
}
