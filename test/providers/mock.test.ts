import { expect, test } from 'vitest';
import { DEFAULT_MOCK } from '../../src/manifest/build-providers.ts';
import type { MockSettings } from '../../src/manifest/manifest.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { createMockProvider } from '../../src/providers/mock.ts';
import type { AttemptOutcome, Provider } from '../../src/providers/provider.ts';
import { failureOf, promptRequest, sendOptions } from './setup.ts';

/** Fires every timer at once, in order of time; records the delays. */
function instantClock(): Clock & { readonly delays: number[] } {
  const delays: number[] = [];
  const pending: Array<{ readonly atMs: number; readonly fire: () => void }> = [];
  let nowMs = 0;
  return {
    delays,
    now: () => nowMs,
    epochMs: () => nowMs,
    after(delayMs, fire) {
      delays.push(delayMs);
      const timer = { atMs: nowMs + delayMs, fire };
      pending.push(timer);
      setImmediate(() => {
        const [next] = pending.sort((one, other) => one.atMs - other.atMs).splice(0, 1);
        if (!next) return;
        nowMs = Math.max(nowMs, next.atMs);
        next.fire();
      });
      return () => {
        const index = pending.indexOf(timer);
        if (index >= 0) pending.splice(index, 1);
      };
    },
  };
}

function mock(settings: Partial<MockSettings> = {}, clock: Clock = instantClock()): Provider {
  return createMockProvider({ name: 'mock', settings: { ...DEFAULT_MOCK, ...settings }, clock });
}

async function ask(provider: Provider, prompt: string): Promise<AttemptOutcome> {
  return provider.send(promptRequest({ prompt }), sendOptions());
}

function textOf(outcome: AttemptOutcome): string {
  if (outcome.kind !== 'answered') throw new Error(JSON.stringify(outcome));
  return outcome.answer.text;
}

test('the same seed gives the same answers, in any order of requests', async () => {
  const forwards = mock();
  const backwards = mock();
  const one = [textOf(await ask(forwards, 'a')), textOf(await ask(forwards, 'b'))];
  const other = [textOf(await ask(backwards, 'b')), textOf(await ask(backwards, 'a'))];
  expect(one).toEqual(other.toReversed());
  expect(one[0]).not.toBe(one[1]);
});

test('another seed, model, system text, parameter or sample gives another answer', async () => {
  const texts = [
    await mock().send(promptRequest(), sendOptions()),
    await mock({ seed: 2 }).send(promptRequest(), sendOptions()),
    await mock().send(promptRequest({ model: { provider: 'local', model: 'x' } }), sendOptions()),
    await mock().send(promptRequest({ system: 'x' }), sendOptions()),
    await mock().send(promptRequest({ parameters: { temperature: 1 } }), sendOptions()),
    await mock().send(promptRequest({ sample: 2 }), sendOptions()),
    await mock().send(promptRequest({ sample: 3 }), sendOptions()),
  ].map(textOf);
  expect(new Set(texts).size).toBe(texts.length);
});

test('an answer says that it is made up, and quotes the prompt', async () => {
  const texts = [
    textOf(await ask(mock(), 'What is the capital of France?')),
    textOf(await ask(mock(), 'Review src/auth.ts:\nexport const a = 1;')),
    textOf(await ask(mock(), 'word '.repeat(100))),
  ];
  expect(texts.map((text) => text.replace(/[0-9a-f]{4}(?= to)/, '####'))).toEqual([
    '[mock] made-up answer #### to "What is the capital of France?"',
    '[mock] made-up answer #### to "Review src/auth.ts:…"',
    `[mock] made-up answer #### to "${'word '.repeat(12).trim()}…"`,
  ]);
});

test('the model `echo` answers with the prompt, and its usage matches', async () => {
  const request = promptRequest({ prompt: 'Say it.', model: { provider: 'mock', model: 'echo' } });
  expect(await mock().send(request, sendOptions())).toMatchObject({
    answer: { text: 'Say it.', usage: { outputTokens: 2 } },
  });
});

test('a fixed answer is returned unchanged, and counted', async () => {
  const outcome = await ask(mock({ answer: 'forty-two' }), 'what is six times seven?');
  expect(outcome).toMatchObject({
    kind: 'answered',
    answer: { text: 'forty-two', usage: { inputTokens: 6, outputTokens: 3 } },
  });
});

test('the output is cut at max_tokens', async () => {
  const outcome = await mock({ outputTokens: { min: 500, max: 500 } }).send(
    promptRequest({ parameters: { maxTokens: 10 } }),
    sendOptions(),
  );
  expect(outcome).toMatchObject({ kind: 'answered', answer: { usage: { outputTokens: 10 } } });
});

test('a shared context is written to the cache once, then read', async () => {
  const provider = mock();
  const request = promptRequest({ context: 'x'.repeat(400) });
  const usages = [];
  for (const prompt of ['a', 'b', 'c']) {
    const outcome = await provider.send({ ...request, prompt }, sendOptions());
    if (outcome.kind === 'answered') usages.push(outcome.answer.usage);
  }
  expect(usages.map((usage) => [usage.cacheWriteTokens, usage.cacheReadTokens])).toEqual([
    [100, 0],
    [0, 100],
    [0, 100],
  ]);
});

test('its latency is on the clock and within the range', async () => {
  const clock = instantClock();
  const provider = mock({ latencyMs: { min: 300, max: 400 } }, clock);
  for (let n = 0; n < 20; n += 1) await ask(provider, `p${n}`);
  // Two timers a request: the deadline and the latency.
  const latencies = clock.delays.filter((delay) => delay !== 10_000);
  expect(latencies).toHaveLength(20);
  expect(latencies.every((delay) => delay >= 300 && delay <= 400)).toBe(true);
});

test('a latency beyond the timeout is a TIMEOUT', async () => {
  const outcome = await mock({ latencyMs: { min: 500, max: 500 } }).send(
    promptRequest(),
    sendOptions({ timeoutMs: 100 }),
  );
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
    const outcome = await ask(provider, `prompt ${n}`);
    const code = outcome.kind === 'failed' ? outcome.failure.code : 'ok';
    seen.set(code, (seen.get(code) ?? 0) + 1);
    if (outcome.kind === 'failed' && outcome.failure.code === 'RATE_LIMITED') {
      expect(outcome.failure).toMatchObject({ reach: 'lane', httpStatus: 429 });
      expect(outcome.failure.retryAfterMs).toBeGreaterThanOrEqual(500);
    }
    let last = outcome;
    for (let tries = 0; tries < 50 && last.kind === 'failed'; tries += 1) {
      last = await ask(provider, `prompt ${n}`);
    }
    expect(last.kind).toBe('answered');
  }
  expect(seen.get('RATE_LIMITED')).toBeGreaterThan(140);
  expect(seen.get('RATE_LIMITED')).toBeLessThan(260);
  expect(seen.get('SERVER_ERROR')).toBeGreaterThan(60);
  expect(seen.get('SERVER_ERROR')).toBeLessThan(140);
});

test('aborting it gives CANCELED', async () => {
  const controller = new AbortController();
  const never: Clock = { now: () => 0, epochMs: () => 0, after: () => () => {} };
  const sending = mock({}, never).send(promptRequest(), sendOptions({ signal: controller.signal }));
  controller.abort();
  expect(failureOf(await sending).code).toBe('CANCELED');
});
