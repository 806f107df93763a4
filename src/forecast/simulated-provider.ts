import { tokenCounting } from '../providers/what-limits-count.ts';
import type { Limits, Manifest } from '../manifest/manifest.ts';
import type { TokenEstimator } from '../money/token-ranges.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { Clock } from '../ports/clock.ts';
import { memoized } from '../ports/memoized.ts';
import type { Random } from '../ports/random.ts';
import { drawnStatus, fakeAttempt, fakeContext, fakeRefusal } from '../providers/fake-attempt.ts';
import { generateValue } from '../plan/value-for-schema.ts';
import type { BatchApi } from '../providers/batch-api.ts';
import { createMockBatches } from '../providers/mock-batches.ts';
import type { AttemptOutcome, Provider, Usage } from '../providers/provider.ts';
import { estimatedUsage } from '../providers/missing-usage.ts';
import type { ResolvedProvider } from '../providers/resolve-providers.ts';
import { usedLoad } from '../pace/tokens-per-limit.ts';
import type { CacheRules } from '../prefix/cache-rules.ts';
import type { CacheMarks } from '../prefix/cache-marks.ts';
import { expectedAnswers, FIRST_TOKEN_MS } from './expected-answers.ts';
import { createSimulatedCache, type SimulatedCache } from './simulated-cache.ts';
import { createSimulatedLimits } from './simulated-limits.ts';

export interface SimulationParts {
  readonly manifest: Manifest;
  readonly limitsOf: (model: string) => Limits;
  /** How a model's requests are cached; undefined: not at all. */
  readonly rulesOf: (model: string) => CacheRules | undefined;
  readonly estimator: TokenEstimator;
  readonly clock: Clock;
  readonly random: Random;
}

/** Simulates a provider: answers as expected, and enforces the declared limits. */
export function createSimulatedProvider(
  { name, host, type, hasBatches = false }: ResolvedProvider,
  { manifest, limitsOf, rulesOf, estimator, clock, random }: SimulationParts,
): Provider {
  const { mock } = manifest.providers.get(name) ?? {};
  const { errors = [], missingUsage = 0 } = mock ?? {};
  const newCache = (model: string): SimulatedCache | undefined => {
    const rules = rulesOf(model);
    return rules && createSimulatedCache(rules);
  };
  const cacheOf = memoized(newCache);
  const limitsFor = memoized((model: string) => createSimulatedLimits(limitsOf(model)));
  const answersWith = memoized((parameters: PromptRequest['parameters']) =>
    expectedAnswers(manifest, { model: { provider: name, model: '' }, parameters }, undefined),
  );

  /** Batches have their own cache. A batch reads only what earlier batches wrote. */
  function simulatedBatches(): BatchApi {
    const batchCacheOf = memoized(newCache);
    const marksOf = new Map<string, CacheMarks | undefined>();
    let written: Array<() => void> = [];
    const { durationMs, expired } = mock?.batch ?? { durationMs: ASSUMED_BATCH_MS, expired: 0 };
    const api = createMockBatches({
      settings: {
        seed: Math.floor(random() * 2 ** 32),
        batch: { durationMs, expired },
      },
      clock,
      answer(request, customId) {
        const cache = batchCacheOf(request.model.model);
        const inputTokens = estimator.ofRequest(request).expected;
        const sent = { inputTokens, marks: marksOf.get(customId), nowMs: clock.now() };
        const looked = sent.marks && cache?.look(request, sent);
        if (looked) written.push(looked.arrived);
        const input = looked?.input ?? { ...NOTHING_CACHED, inputTokens };
        const { outputTokens } = answersWith(request.parameters).draw(random);
        return answered(request, { ...input, outputTokens, reasoningTokens: 0 }, random);
      },
    });
    return {
      ...api,
      rowOf(customId, request, marks) {
        marksOf.set(customId, marks);
        return api.rowOf(customId, request);
      },
      create(...sent) {
        for (const arrive of written) arrive();
        written = [];
        return api.create(...sent);
      },
    };
  }

  return {
    name,
    host,
    batches: hasBatches ? simulatedBatches() : undefined,
    close: () => Promise.resolve(),
    async send(request, { timeoutMs, signal, marks }) {
      const context = fakeContext({ provider: name, model: request.model.model, host }, clock);
      const server = limitsFor(request.model.model);
      const expected = answersWith(request.parameters);
      const drawn = expected.draw(random);
      const isCall = marks?.isOnlyWritten === true;
      const latencyMs = isCall ? Math.min(drawn.latencyMs, FIRST_TOKEN_MS) : drawn.latencyMs;
      const status = drawnStatus(errors, random);
      const inputTokens = estimator.ofRequest(request).expected;
      const nowMs = clock.now();
      const looked = cacheOf(request.model.model)?.look(request, { inputTokens, marks, nowMs });
      const usage: Usage = {
        ...(looked?.input ?? { ...NOTHING_CACHED, inputTokens }),
        outputTokens: isCall ? 0 : drawn.outputTokens,
        reasoningTokens: 0,
      };
      const load = usedLoad(usage, tokenCounting(type));
      const waitMs = server.refuse(load, clock.now());
      const made = { context, madeUpBy: 'rehearsal' } as const;
      if (waitMs !== undefined) {
        return fakeRefusal({ ...made, status: 429, retryAfterMs: waitMs });
      }
      const outcome = await fakeAttempt({
        ...made,
        clock,
        timeoutMs,
        signal,
        latencyMs,
        status,
        retryAfterMs: () => (status === 429 ? 500 + 1_500 * random() : undefined),
        answer() {
          looked?.arrived();
          const isMissing = missingUsage > 0 && random() < missingUsage;
          return answered(request, isMissing ? undefined : usage, random);
        },
      });
      server.released();
      return outcome;
    },
  };
}

/** Most batches end within an hour, some much sooner. */
const ASSUMED_BATCH_MS = { min: 60_000, max: 3_600_000 };

const NOTHING_CACHED = { cacheReadTokens: 0, cacheWriteTokens: 0, cacheWriteLongTokens: 0 };

function answered(
  request: PromptRequest,
  reported: Usage | undefined,
  random: Random,
): AttemptOutcome {
  const { schema } = request;
  const text = schema ? JSON.stringify(generateValue(schema.json, random)) : '(rehearsed)';
  const usage = reported ?? estimatedUsage(request, text);
  const answer = { text, finishReason: 'stop', usage, requestId: undefined } as const;
  return { kind: 'answered', answer };
}
