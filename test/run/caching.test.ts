import { describe, expect, it } from 'vitest';
import { play, type PlayOptions } from '../support/caching-play.ts';
import type { VendorCall } from '../support/cache-vendor.ts';

const TOKENS = 20_000;
const CONTEXT = 'The rules of the house say so. '.repeat(4_000).slice(0, TOKENS * 4);

interface Asked {
  readonly model?: string;
  readonly tasks?: number;
  readonly task?: string;
  readonly limits?: string;
  readonly budget?: number;
}

function manifest({ model = 'anthropic/claude-opus-5-5', tasks = 20, ...more }: Asked): string {
  const rows = Array.from({ length: tasks }, (_, at) => at);
  return `
context: { file: context.txt }
defaults: { model: ${model}, max_tokens: 200 }
providers:
  ${model.split('/')[0] ?? ''}: { base_url: "http://127.0.0.1:1/v1", limits: { ${more.limits ?? ''} } }
${more.budget === undefined ? '' : `budget: { max_cost_usd: ${more.budget} }`}
tasks:
  - id: q
    for_each: [${rows.join(', ')}]
    prompt: "Question {{ item }}?"
    ${more.task ?? ''}
`;
}

/** A manifest that uses the vendor's own host. */
function atVendor(asked: Asked): string {
  return manifest(asked).replace(/base_url: "[^"]*", /, '');
}

function ask(asked: Asked, vendor: Partial<PlayOptions['vendor']> = {}) {
  return play(manifest(asked), {
    files: { 'context.txt': CONTEXT },
    vendor: { kind: 'anthropic', minTokens: 512, ...vendor },
  });
}

function writes(calls: readonly VendorCall[]): readonly VendorCall[] {
  return calls.filter(({ writtenTokens }) => writtenTokens > 0);
}

describe('a prefix that tasks share', () => {
  it.each(['', 'concurrency: 50'])(
    'is written once and read by all others (%s)',
    async (limits) => {
      const { vendor, summary } = await ask({ tasks: 50, limits });
      expect(summary.succeeded).toBe(50);
      expect(writes(vendor.calls)).toHaveLength(1);
      expect(vendor.calls.filter(({ readTokens }) => readTokens >= TOKENS)).toHaveLength(50);
      // With each prefix written once and read by the others, the run costs $0.3966. The warm-up
      // call adds one read.
      expect(summary.cost_usd).toBeCloseTo(0.4006, 4);
    },
  );

  it('is written once for the latest models of OpenAI', async () => {
    const { vendor } = await ask(
      { model: 'openai/gpt-6.1-sol', limits: 'concurrency: 50' },
      { kind: 'openai' },
    );
    expect(writes(vendor.calls)).toHaveLength(1);
    expect(vendor.calls.filter(({ readTokens }) => readTokens >= TOKENS)).toHaveLength(19);
  });

  it('is read from a cache that stores prompts automatically', async () => {
    const asked = { model: 'openai/gpt-5.1', limits: 'concurrency: 50' };
    const { vendor } = await ask(asked, { kind: 'automatic' });
    expect(vendor.calls.filter(({ readTokens }) => readTokens === 0)).toHaveLength(1);
  });

  it('is written by a separate call if many tasks use it, and the call is on the bill', async () => {
    const { vendor, summary } = await ask({ tasks: 50 });
    const [first] = vendor.calls;
    expect(first).toMatchObject({ isWarmUp: true, writtenTokens: TOKENS, outputTokens: 0 });
    expect(first?.body).toMatchObject({
      max_tokens: 0,
      messages: [{ role: 'user', content: '.' }],
    });
    expect(vendor.calls.filter(({ isWarmUp }) => isWarmUp)).toHaveLength(1);
    expect(summary).toMatchObject({ warm_ups: 1, attempts: 50 });
    expect(summary.warm_ups_usd).toBeCloseTo((TOKENS * 1.25 * 4) / 1e6, 4);
    expect(summary.shared_tokens_read).toBe(50 * TOKENS);
  });

  it('is written by the first task if the server rejects such calls', async () => {
    const { vendor, summary } = await ask({ tasks: 50 }, { refusesWarmUps: true });
    expect(summary.succeeded).toBe(50);
    expect(summary.warm_ups).toBeUndefined();
    expect(writes(vendor.calls)).toHaveLength(1);
    expect(vendor.calls.some(({ isWarmUp }) => isWarmUp)).toBe(false);
  });

  it('is abandoned, with the reason, if it was written and then not read', async () => {
    const { summary } = await ask({ tasks: 20 }, { neverHits: true });
    expect(summary.caching_stopped).toEqual([
      { model: 'anthropic/claude-opus-5-5', reason: 'never_read' },
    ]);
  });

  it.each([
    ['anthropic/claude-opus-5-5', 'anthropic', 'system_changed'],
    ['openai/gpt-6.1-sol', 'openai', 'prompt_cache_key_changed'],
  ] as const)(
    'is abandoned with the reason that the vendor of %s gives',
    async (model, kind, word) => {
      for (const [missedFor, diagnosis] of [
        [word, word],
        ['unavailable', undefined],
      ] as const) {
        const { summary } = await play(atVendor({ model }), {
          files: { 'context.txt': CONTEXT },
          vendor: { kind, neverHits: true, missedFor },
        });
        const reason = 'never_read';
        expect(summary.caching_stopped).toEqual([
          { model, reason, ...(diagnosis && { diagnosis }) },
        ]);
      }
    },
  );

  it.each([
    [0.1, 0],
    [0.2, 0],
    [0.4, 1],
  ])('never costs more than the budget of $%d, with %i separate calls', async (budget, calls) => {
    const { summary } = await ask({ tasks: 50, budget });
    expect(summary.stopped_by).toBe('budget');
    expect(summary.cost_usd ?? 0).toBeLessThanOrEqual(budget);
    expect(summary.warm_ups ?? 0).toBe(calls);
    // A warm-up call is made only if the budget also covers a task after it.
    expect(summary.succeeded).toBeGreaterThanOrEqual(calls);
  });

  it('is not marked if only one task has it', async () => {
    const { vendor } = await ask({ tasks: 1 });
    expect(JSON.stringify(vendor.calls[0]?.body)).not.toContain('cache_control');
  });

  it('is not marked if `prompt_cache` is off', async () => {
    const { vendor } = await ask({ task: 'prompt_cache: off' });
    expect(writes(vendor.calls)).toEqual([]);
  });

  it('is cached for the hour that `prompt_cache` requests', async () => {
    const { vendor } = await ask({ task: 'prompt_cache: 1h' });
    const marked = JSON.stringify(vendor.calls[0]?.body);
    expect(marked).toContain('"cache_control":{"type":"ephemeral","ttl":"1h"}');
  });

  it('is not written again and again if nothing is ever read', async () => {
    const { vendor, summary } = await ask({ tasks: 50 }, { neverHits: true });
    expect(summary.succeeded).toBe(50);
    expect(writes(vendor.calls).length).toBeLessThanOrEqual(5);
  });

  it('is tried again after two seconds if the first read misses', async () => {
    const { vendor } = await ask({ tasks: 50 }, { restMs: 2_000 });
    expect(writes(vendor.calls)).toHaveLength(2);
  });

  it('waits two seconds on Anthropic itself before the first task reads it', async () => {
    const { vendor } = await play(atVendor({ tasks: 5, limits: 'concurrency: 20' }), {
      files: { 'context.txt': CONTEXT },
      vendor: { kind: 'anthropic', restMs: 2_000 },
    });
    expect(vendor.calls.map(({ startedMs }) => startedMs)).toEqual([0, 3_000, 4_000, 4_000, 4_000]);
    expect(writes(vendor.calls)).toHaveLength(1);
  });

  it('does not delay tasks that do not have it', async () => {
    const text = `${manifest({ tasks: 5, limits: 'concurrency: 20' })}
  - id: free
    for_each: [1, 2, 3, 4, 5]
    context: false
    prompt: "Alone {{ item }}?"
`;
    const { vendor } = await play(text, {
      files: { 'context.txt': CONTEXT },
      vendor: { kind: 'anthropic' },
    });
    const alone = vendor.calls.filter(({ body }) => JSON.stringify(body).includes('Alone'));
    expect(alone.map(({ startedMs }) => startedMs)).toEqual([0, 0, 0, 0, 0]);
  });

  it('is written again when its cache entry has expired', async () => {
    const { vendor } = await ask(
      { tasks: 6, limits: 'concurrency: 1' },
      { latencyMs: () => 400_000 },
    );
    expect(vendor.calls.map(({ writtenTokens }) => writtenTokens > 0)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('other shared prefixes', () => {
  const LONG = 'Judge what follows by the book. '.repeat(500);

  it('are each written once: a system prompt for each value of a matrix', async () => {
    const text = `
defaults: { model: anthropic/claude-opus-5-5, max_tokens: 200 }
providers: { anthropic: { base_url: "http://127.0.0.1:1", limits: { concurrency: 20 } } }
tasks:
  - id: q
    for_each: [1, 2, 3, 4, 5, 6]
    matrix: { book: [a, b, c, d] }
    system: "{{ matrix.book }} ${LONG}"
    prompt: "Question {{ item }}?"
`;
    const { vendor, summary } = await play(text, { vendor: { kind: 'anthropic' } });
    expect(summary.succeeded).toBe(24);
    expect(writes(vendor.calls)).toHaveLength(4);
  });

  it.each([
    ['anthropic/claude-opus-5-5', 'anthropic', 6],
    ['anthropic/claude-opus-5-5', 'anthropic', 60],
    ['openai/gpt-6.1-sol', 'openai', 60],
    ['openai/gpt-5.1', 'automatic', 6],
  ] as const)(
    'are written once: the start of a prompt for %s, %s, %i tasks',
    async (model, kind, tasks) => {
      const [provider = ''] = model.split('/');
      const api = kind === 'openai' ? ', api: responses' : '';
      const { vendor, summary } = await play(
        `
defaults: { model: ${model}, max_tokens: 200 }
providers: { ${provider}: { base_url: "http://127.0.0.1:1"${api}, limits: { concurrency: 20 } } }
tasks:
  - id: q
    for_each: [${[...Array(tasks).keys()].join(', ')}]
    prompt: |
      ${LONG}
      Question {{ item }}?
`,
        { vendor: { kind } },
      );
      expect(summary.succeeded).toBe(tasks);
      const asked = vendor.calls.filter(({ isWarmUp }) => !isWarmUp);
      const first = tasks < 60 ? 1 : 0;
      expect(asked.filter(({ readTokens }) => readTokens > 3_500)).toHaveLength(tasks - first);
      expect(writes(vendor.calls)).toHaveLength(kind === 'automatic' ? 0 : 1);
      expect(JSON.stringify(vendor.calls.at(-1)?.body)).toMatch(/Question \d+\?/);
    },
  );

  it('are written in layers: a context, and a system prompt that some tasks share', async () => {
    const text = `
context: { file: context.txt }
defaults: { model: anthropic/claude-opus-5-5, max_tokens: 200 }
providers: { anthropic: { base_url: "http://127.0.0.1:1", limits: { concurrency: 20 } } }
tasks:
  - { id: a, for_each: [1, 2, 3, 4, 5], system: "A ${LONG}", prompt: "Question {{ item }}?" }
  - { id: b, for_each: [1, 2, 3, 4, 5], system: "B ${LONG}", prompt: "Question {{ item }}?" }
`;
    const { vendor } = await play(text, {
      files: { 'context.txt': CONTEXT },
      vendor: { kind: 'anthropic' },
    });
    const written = writes(vendor.calls).map(({ writtenTokens }) => writtenTokens);
    expect(written).toEqual([expect.closeTo(24_000, -3), expect.closeTo(4_000, -3)]);
  });
});
