import { expect, test } from 'vitest';
import { DEFAULT_MOCK } from '../../src/manifest/build-providers.ts';
import type { MockSettings } from '../../src/manifest/manifest.ts';
import type { PromptRequest } from '../../src/plan/task.ts';
import { VirtualClock } from '../../src/ports/virtual-clock.ts';
import { createMockProvider } from '../../src/providers/mock.ts';
import type { AttemptOutcome, SendOptions } from '../../src/providers/provider.ts';
import { failureOf, promptRequest, sendOptions } from './setup.ts';

/** A mock provider on a clock that jumps. */
function mock(settings: Partial<MockSettings> = {}) {
  const clock = new VirtualClock();
  const provider = createMockProvider({
    name: 'mock',
    settings: { ...DEFAULT_MOCK, ...settings },
    clock,
  });
  const send = (
    request: Partial<PromptRequest> = {},
    options: Partial<SendOptions> = {},
  ): Promise<AttemptOutcome> =>
    clock.run(provider.send(promptRequest(request), sendOptions(options)));
  return { clock, send };
}

function textOf(outcome: AttemptOutcome): string {
  if (outcome.kind !== 'answered') throw new Error(JSON.stringify(outcome));
  return outcome.answer.text;
}

test('the same seed gives the same answers, in any order of requests', async () => {
  const forwards = mock();
  const backwards = mock();
  const one = [
    textOf(await forwards.send({ prompt: 'a' })),
    textOf(await forwards.send({ prompt: 'b' })),
  ];
  const other = [
    textOf(await backwards.send({ prompt: 'b' })),
    textOf(await backwards.send({ prompt: 'a' })),
  ];
  expect(one).toEqual(other.toReversed());
  expect(one[0]).not.toBe(one[1]);
});

test('another seed, model, system text, parameter or sample gives another answer', async () => {
  const texts = [
    await mock().send(),
    await mock({ seed: 2 }).send(),
    await mock().send({ model: { provider: 'local', model: 'x' } }),
    await mock().send({ system: 'x' }),
    await mock().send({ parameters: { temperature: 1 } }),
    await mock().send({ sample: 2 }),
    await mock().send({ sample: 3 }),
  ].map(textOf);
  expect(new Set(texts).size).toBe(texts.length);
});

test('an answer says that it is made up, and quotes the prompt', async () => {
  const prompts = [
    'What is the capital of France?',
    'Review src/auth.ts:\nexport const a = 1;',
    'word '.repeat(100),
  ];
  const texts: string[] = [];
  for (const prompt of prompts) texts.push(textOf(await mock().send({ prompt })));
  expect(texts.map((text) => text.replace(/[0-9a-f]{4}(?= to)/, '####'))).toEqual([
    '[mock] made-up answer #### to "What is the capital of France?"',
    '[mock] made-up answer #### to "Review src/auth.ts:…"',
    `[mock] made-up answer #### to "${'word '.repeat(12).trim()}…"`,
  ]);
});

test('the model `echo` answers with the prompt, and its usage matches', async () => {
  const request = { prompt: 'Say it.', model: { provider: 'mock', model: 'echo' } };
  expect(await mock().send(request)).toMatchObject({
    answer: { text: 'Say it.', usage: { outputTokens: 2 } },
  });
});

test('a fixed answer is returned unchanged, and counted', async () => {
  const outcome = await mock({ answer: 'forty-two' }).send({ prompt: 'what is six times seven?' });
  expect(outcome).toMatchObject({
    kind: 'answered',
    answer: { text: 'forty-two', usage: { inputTokens: 6, outputTokens: 3 } },
  });
});

test('the output is cut at max_tokens', async () => {
  const long = mock({ outputTokens: { min: 500, max: 500 } });
  const outcome = await long.send({ parameters: { maxTokens: 10 } });
  expect(outcome).toMatchObject({ kind: 'answered', answer: { usage: { outputTokens: 10 } } });
});

test('a shared context is written to the cache once, then read', async () => {
  const provider = mock();
  const usages = [];
  for (const prompt of ['a', 'b', 'c']) {
    const outcome = await provider.send({ context: 'x'.repeat(400), prompt });
    if (outcome.kind === 'answered') usages.push(outcome.answer.usage);
  }
  expect(usages.map((usage) => [usage.cacheWriteTokens, usage.cacheReadTokens])).toEqual([
    [100, 0],
    [0, 100],
    [0, 100],
  ]);
});

test('its latency passes on the clock and is within the range', async () => {
  const { clock, send } = mock({ latencyMs: { min: 300, max: 400 } });
  for (let n = 0; n < 20; n += 1) {
    const startMs = clock.now();
    await send({ prompt: `p${n}` });
    expect(clock.now() - startMs).toBeGreaterThanOrEqual(300);
    expect(clock.now() - startMs).toBeLessThanOrEqual(400);
  }
});

test('a latency beyond the timeout is a TIMEOUT', async () => {
  const outcome = await mock({ latencyMs: { min: 500, max: 500 } }).send({}, { timeoutMs: 100 });
  expect(failureOf(outcome)).toMatchObject({ code: 'TIMEOUT', possiblyPaid: true });
});

test('errors occur at about the rates in the table, and disappear with retries', async () => {
  const provider = mock({
    errors: [
      { status: 429, rate: 0.2 },
      { status: 500, rate: 0.1 },
    ],
  });
  const seen = new Map<string, number>();
  for (let n = 0; n < 1000; n += 1) {
    const outcome = await provider.send({ prompt: `prompt ${n}` });
    const code = outcome.kind === 'failed' ? outcome.failure.code : 'ok';
    seen.set(code, (seen.get(code) ?? 0) + 1);
    if (outcome.kind === 'failed' && outcome.failure.code === 'RATE_LIMITED') {
      expect(outcome.failure).toMatchObject({ reach: 'lane', httpStatus: 429 });
      expect(outcome.failure.retryAfterMs).toBeGreaterThanOrEqual(500);
    }
    let last = outcome;
    for (let tries = 0; tries < 50 && last.kind === 'failed'; tries += 1) {
      last = await provider.send({ prompt: `prompt ${n}` });
    }
    expect(last.kind).toBe('answered');
  }
  expect(seen.get('RATE_LIMITED')).toBeGreaterThan(140);
  expect(seen.get('RATE_LIMITED')).toBeLessThan(260);
  expect(seen.get('SERVER_ERROR')).toBeGreaterThan(60);
  expect(seen.get('SERVER_ERROR')).toBeLessThan(140);
});

test('aborting an attempt gives CANCELED', async () => {
  const controller = new AbortController();
  const sending = mock().send({}, { signal: controller.signal });
  controller.abort();
  expect(failureOf(await sending).code).toBe('CANCELED');
});
