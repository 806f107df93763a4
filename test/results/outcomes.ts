import * as fc from 'fast-check';
import type { FailureCode } from '../../src/errors/failure.ts';
import type { Usage } from '../../src/providers/provider.ts';
import type { Task } from '../../src/plan/task.ts';
import type { TaskOutcome, Try } from '../../src/outcome/task-outcome.ts';

/** All codes. The compiler checks that none is missing. */
export const FAILURE_CODES = Object.keys({
  RATE_LIMITED: true,
  QUOTA_EXHAUSTED: true,
  AUTH: true,
  FORBIDDEN: true,
  NOT_FOUND: true,
  BAD_REQUEST: true,
  CONTEXT_TOO_LONG: true,
  TOO_LARGE: true,
  OVERLOADED: true,
  SERVER_ERROR: true,
  TIMEOUT: true,
  NETWORK: true,
  BAD_RESPONSE: true,
  EMPTY_OUTPUT: true,
  REFUSED: true,
  CONTENT_FILTERED: true,
  TRUNCATED: true,
  SCHEMA_MISMATCH: true,
  BUDGET: true,
  CANCELED: true,
  DEPENDENCY_FAILED: true,
  CONDITION_FALSE: true,
  TEMPLATE: true,
} satisfies Record<FailureCode, true>).filter((code): code is FailureCode => code !== '');

const USAGE: Usage = {
  inputTokens: 812,
  outputTokens: 140,
  cacheReadTokens: 2048,
  cacheWriteTokens: 10,
  cacheWriteLongTokens: 4,
  reasoningTokens: 90,
};

const MODEL = { provider: 'anthropic', model: 'claude-haiku-5-5' };

export function task(id = 'review@a.ts', index = 7): Task {
  const place = { file: 'volley.yaml', line: 1, column: 1 };
  const text = { text: 'x', variables: [], render: async () => ({ ok: true, text: 'x' }) as const };
  return {
    id,
    index,
    template: {
      id: 'review',
      place,
      model: MODEL,
      prompt: text,
      system: undefined,
      useContext: true,
      parameters: {},
      timeoutMs: 1000,
      maxRetries: 3,
      tags: [],
      forEach: undefined,
      matrix: undefined,
    },
    item: undefined,
    matrix: undefined,
  };
}

export function succeeded(changes: Partial<TaskOutcome> = {}): TaskOutcome {
  return {
    task: task(),
    model: MODEL,
    tried: [],
    result: {
      status: 'succeeded',
      answer: { text: 'four', finishReason: 'stop', usage: USAGE, requestId: 'req_1' },
    },
    fingerprint: 'sha256:abc',
    attempts: 1,
    possiblyPaidAttempts: 0,
    usage: USAGE,
    costUsd: null,
    cacheSavedUsd: null,
    possiblyPaidUsd: 0,
    queuedMs: 12.4,
    durationMs: 2310.6,
    startedAtEpochMs: Date.UTC(2026, 10, 22, 10, 0, 0),
    finishedAtEpochMs: Date.UTC(2026, 10, 22, 10, 0, 2, 311),
    waitedMs: {},
    ...changes,
  };
}

export function failed(changes: Partial<TaskOutcome> = {}): TaskOutcome {
  return succeeded({
    result: {
      status: 'failed',
      failure: {
        code: 'RATE_LIMITED',
        message: 'too many requests',
        httpStatus: 429,
        retryable: true,
        hint: 'lower `rpm`',
      },
    },
    usage: undefined,
    ...changes,
  });
}

/** Text that a hostile model might write. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '##[set-env name=x]y',
        '#[',
        '#',
        '[',
        '::error::',
        '\n',
        '\r\n',
        '\u2028',
        '\u009b31m',
        '\u001b]0;t\u0007',
        '\u007f',
        '\ud800',
        '\udc00',
        '\u202e',
        '"}\n{"v":1}',
        '\\u005b',
        '\\',
        'é',
        '漢',
        '👩‍👩‍👧',
      ),
    )
    .map((parts) => parts.join('')),
);

const count = fc.nat({ max: 1_000_000 });

const anyUsage: fc.Arbitrary<Usage> = fc.record({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  cacheWriteLongTokens: count,
  reasoningTokens: count,
});

const nonEmptyText = anyText.filter((text) => text !== '');

const anyFailure = fc.record(
  {
    code: fc.constantFrom(...FAILURE_CODES),
    message: anyText,
    retryable: fc.boolean(),
    httpStatus: fc.integer({ min: 100, max: 599 }),
    hint: anyText,
  },
  { requiredKeys: ['code', 'message', 'retryable'] },
);

const anyAttemptFailure = fc.record(
  {
    code: fc.constantFrom(...FAILURE_CODES),
    message: anyText,
    retryable: fc.boolean(),
    reach: fc.constantFrom('task', 'lane', 'provider'),
    possiblyPaid: fc.boolean(),
    partialOutput: anyText,
    finishReason: nonEmptyText,
    usage: anyUsage,
    requestId: nonEmptyText,
  },
  { requiredKeys: ['code', 'message', 'retryable', 'reach', 'possiblyPaid'] },
);

const anyResult: fc.Arbitrary<TaskOutcome['result']> = fc.oneof(
  fc.record({
    status: fc.constant('succeeded'),
    answer: fc.record({
      text: nonEmptyText,
      finishReason: fc.constant('stop'),
      usage: anyUsage,
      requestId: fc.option(nonEmptyText, { nil: undefined }),
    }),
  }),
  fc.record({
    status: fc.constantFrom('failed', 'canceled'),
    failure: fc.oneof(anyFailure, anyAttemptFailure),
  }),
);

const ms = fc.double({ min: 0, max: 1e9, noNaN: true });
const usd = fc.double({ min: 0, max: 1e6, noNaN: true });
const epochMs = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });

const anyTry: fc.Arbitrary<Try> = fc.record({
  model: fc.record({ provider: nonEmptyText, model: nonEmptyText }),
  failure: anyFailure,
  attempts: fc.nat({ max: 10 }),
  costUsd: fc.option(usd, { nil: null }),
  cacheSavedUsd: fc.option(usd, { nil: null }),
  possiblyPaidUsd: fc.option(usd, { nil: null }),
});

export const anyOutcome: fc.Arbitrary<TaskOutcome> = fc.record({
  task: fc.record({ id: nonEmptyText, index: count }).map(({ id, index }) => task(id, index)),
  model: fc.record({ provider: nonEmptyText, model: nonEmptyText }),
  tried: fc.array(anyTry, { maxLength: 2 }),
  result: anyResult,
  fingerprint: fc.option(
    fc.stringMatching(/^[0-9a-f]{64}$/).map((hash) => `sha256:${hash}`),
    { nil: undefined },
  ),
  attempts: fc.nat({ max: 10 }),
  possiblyPaidAttempts: fc.nat({ max: 10 }),
  usage: fc.option(anyUsage, { nil: undefined }),
  costUsd: fc.option(usd, { nil: null }),
  cacheSavedUsd: fc.option(usd, { nil: null }),
  possiblyPaidUsd: fc.option(usd, { nil: null }),
  queuedMs: ms,
  durationMs: ms,
  startedAtEpochMs: epochMs,
  finishedAtEpochMs: epochMs,
  waitedMs: fc.record({ rpm: ms, retry: ms, pause: ms }, { requiredKeys: [] }),
});
