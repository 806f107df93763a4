import { DEFAULT_MOCK } from '../manifest/build-providers.ts';
import type { MockSettings } from '../manifest/manifest.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { Redactor } from '../errors/redact.ts';
import type { Clock } from '../ports/clock.ts';
import { seededRandom, type Random } from '../ports/random.ts';
import { between, drawnStatus, fakeAttempt, fakeContext } from './fake-attempt.ts';
import { generateValue } from '../plan/value-for-schema.ts';
import { createMockBatches, hash } from './mock-batches.ts';
import { canceledFailure } from './network-failures.ts';
import type { AttemptOutcome, Provider, Usage } from './provider.ts';
import { estimatedUsage } from './missing-usage.ts';

/**
 * A provider without a network. Its answers depend only on its seed and the request, not on the
 * order of requests; failures also depend on the number of attempts. It has no limits of its own;
 * declared limits apply as for any other.
 */
export function createMockProvider(options: {
  readonly name: string;
  readonly settings?: MockSettings | undefined;
  readonly clock: Clock;
  readonly hasBatches?: boolean | undefined;
  /** Its answers quote the prompt, which may contain a secret. Default: nothing is redacted. */
  readonly redact?: Redactor | undefined;
}): Provider {
  const { name, clock, redact = (text: string) => text } = options;
  const settings = options.settings ?? DEFAULT_MOCK;
  const cachedContexts = new Set<number>();
  /** The number of failed attempts so far, for requests that have not been answered. */
  const failures = new Map<number, number>();
  function batchAnswer(request: PromptRequest): AttemptOutcome {
    const content = hash([settings.seed, contentOf(request)]);
    const random = seededRandom(content);
    // A live answer draws its latency first. Drawing here too keeps the two answers the same.
    random();
    return answered(request, settings, { random, cachedContexts, id: content, redact });
  }

  return {
    name,
    host: 'mock',
    batches:
      options.hasBatches === true
        ? createMockBatches({ settings, clock, answer: batchAnswer })
        : undefined,
    async send(request, { timeoutMs, signal }) {
      if (signal.aborted) return { kind: 'failed', failure: canceledFailure({ sent: false }) };
      const content = hash([settings.seed, contentOf(request)]);
      const earlier = failures.get(content) ?? 0;
      const status = drawnStatus(settings.errors, seededRandom(hash([content, earlier, 'error'])));
      const random = seededRandom(content);
      return fakeAttempt({
        clock,
        timeoutMs,
        signal,
        context: fakeContext({ provider: name, model: request.model.model, host: 'mock' }, clock),
        madeUpBy: 'mock',
        latencyMs: between(settings.latencyMs, random),
        status,
        retryAfterMs() {
          failures.set(content, earlier + 1);
          return status === 429 ? 500 + Math.floor(random() * 1500) : undefined;
        },
        answer() {
          failures.delete(content);
          return answered(request, settings, { random, cachedContexts, id: content, redact });
        },
      });
    },
    close: () => Promise.resolve(),
  };
}

function answered(
  request: PromptRequest,
  settings: MockSettings,
  state: {
    readonly random: Random;
    readonly cachedContexts: Set<number>;
    readonly redact: Redactor;
    readonly id: number;
  },
): AttemptOutcome {
  const { random, cachedContexts, id, redact } = state;
  const drawn = Math.round(between(settings.outputTokens, random));
  const limit = request.parameters.maxTokens ?? Number.POSITIVE_INFINITY;
  const outputTokens = Math.max(1, Math.min(drawn, limit));
  const text = redact(settings.answer ?? madeUp(request, id, random));
  const usage: Usage = {
    ...contextUsage(request, cachedContexts),
    inputTokens: tokensOf(ownText(request)) + attachedTokens(request),
    outputTokens: isMadeUp(request, settings) ? outputTokens : tokensOf(text),
    cacheWriteLongTokens: 0,
    reasoningTokens: 0,
  };
  const isReported = random() >= settings.missingUsage;
  const requestId = `mock_${id.toString(16).padStart(8, '0')}`;
  return {
    kind: 'answered',
    answer: {
      text,
      finishReason: 'stop',
      usage: isReported ? usage : estimatedUsage(request, text),
      requestId,
    },
  };
}

/** The model with this name answers with the prompt. */
const ECHO = 'echo';

/** Whether the answer is the mock's own sentence, which represents an answer of any length. */
function isMadeUp({ schema, model }: PromptRequest, { answer }: MockSettings): boolean {
  return answer === undefined && !schema && model.model !== ECHO;
}

/** An answer that is obviously not from a model, and quotes the prompt. */
function madeUp({ schema, model, prompt }: PromptRequest, id: number, random: Random): string {
  if (schema) return JSON.stringify(generateValue(schema.json, random));
  if (model.model === ECHO) return prompt;
  const name = id.toString(16).padStart(8, '0').slice(0, 4);
  return `[mock] made-up answer ${name} to "${shortened(prompt)}"`;
}

const MOST_SHOWN = 60;

function shortened(prompt: string): string {
  const [line = ''] = prompt.trim().split('\n', 1);
  return line.length < prompt.trim().length || line.length > MOST_SHOWN
    ? `${line.slice(0, MOST_SHOWN).trimEnd().toWellFormed()}…`
    : line;
}

/** The first request with a context writes it to the cache; later ones read it. */
function contextUsage(
  request: PromptRequest,
  cachedContexts: Set<number>,
): Pick<Usage, 'cacheReadTokens' | 'cacheWriteTokens'> {
  if (request.context === undefined) return { cacheReadTokens: 0, cacheWriteTokens: 0 };
  const key = hash([request.model.model, request.context]);
  const tokens = tokensOf(request.context);
  if (cachedContexts.has(key)) return { cacheReadTokens: tokens, cacheWriteTokens: 0 };
  cachedContexts.add(key);
  return { cacheReadTokens: 0, cacheWriteTokens: tokens };
}

/** Roughly four characters per token. */
function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}

function ownText({ system = '', earlier = [], prompt }: PromptRequest): string {
  return [system, ...earlier.map(({ content }) => content), prompt].join('');
}

function attachedTokens({ attachments = [] }: PromptRequest): number {
  return attachments.reduce((sum, { tokens }) => sum + tokens.expected, 0);
}

function contentOf(request: PromptRequest): readonly unknown[] {
  const { model, context, system, earlier = [], prompt, parameters, schema, sample } = request;
  const hashes = (request.attachments ?? []).map(({ sha256 }) => sha256);
  const texts = [context ?? null, system ?? null, prompt, ...hashes];
  const shape = schema ? [parameters, schema.json] : [parameters];
  const another = [...earlier, ...(sample === undefined ? [] : [sample])];
  return [model.provider, model.model, ...texts, ...shape, ...another];
}
