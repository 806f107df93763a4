import { describe, expect, it } from 'vitest';
import type { Parameters } from '../../src/manifest/manifest.ts';
import { budgetObstacle, requestWorstCase } from '../../src/money/budget-obstacles.ts';
import { createTokenEstimator } from '../../src/money/token-ranges.ts';
import { priceTable } from '../../src/manifest/price-rates.ts';
import { shippedPrices } from '../../src/money/price-age.ts';
import type { PromptRequest } from '../../src/plan/task.ts';

const estimator = await createTokenEstimator('tokens');
const model = { provider: 'anthropic', model: 'claude-haiku-5-5' };
const price = shippedPrices().get('anthropic/claude-haiku-5-5');
const free = priceTable({ m: { input: 0, output: 0 } }).get('m');

describe('a task under a budget', () => {
  it('needs a price and a limit on the answer', () => {
    expect(budgetObstacle(model, { maxTokens: 800 }, price)).toBeUndefined();
  });

  it.each<[string, Parameters, string, string]>([
    [
      'without max_tokens',
      {},
      '`max_tokens` is missing for `anthropic/claude-haiku-5-5`, but a budget is set',
      'set it: without a limit on the answer, its cost has no limit',
    ],
    [
      'with a tool that is billed per call',
      { maxTokens: 8, params: { tools: [{ type: 'web_search' }] } },
      'the cost of `tools` in `params` is not known in advance, but a budget is set',
      'leave it out, or run without a budget',
    ],
    [
      'in a service without a price',
      { maxTokens: 8, params: { service_tier: 'flex' } },
      'the price of `anthropic/claude-haiku-5-5` is not known for the service that `params` asks for',
      'add `flex`, the multiple of its standard price, to `prices`',
    ],
    [
      'in an unknown service',
      { maxTokens: 8, params: { service_tier: 'ultrafast' } },
      'the price of `anthropic/claude-haiku-5-5` is not known for the service that `params` asks for',
      'leave `service_tier` and `speed` out of `params`, or run without a budget',
    ],
  ])('is refused %s', (_what, parameters, message, hint) => {
    expect(budgetObstacle(model, parameters, price)).toEqual({ message, hint });
  });

  it('is refused without a price', () => {
    expect(budgetObstacle(model, { maxTokens: 8 }, undefined)).toEqual({
      message: 'no price is known for `anthropic/claude-haiku-5-5`, but a budget is set',
      hint: 'add it in US dollars per million tokens: `prices: { "anthropic/claude-haiku-5-5": { input: 1, output: 2 } }`',
    });
  });

  it('needs no limit if it is free', () => {
    const parameters = { params: { service_tier: 'ultrafast', tools: [] } };
    expect(budgetObstacle(model, parameters, free)).toBeUndefined();
    expect(requestWorstCase(request(parameters), free, { retries: 3, estimator })).toEqual({
      attemptUsd: 0,
      attempts: 4,
    });
  });
});

describe('the worst case of a request', () => {
  it('uses the upper estimate and all of max_tokens', () => {
    const asked = request({ maxTokens: 800 });
    const { high } = estimator.ofRequest(asked);
    // The input is priced as written to the cache, at 0.125, and the output at 0.50.
    const usd = (high * 0.125 + 800 * 0.5) / 1e6;
    const worst = requestWorstCase(asked, price, { retries: 3, estimator });
    expect(worst?.attemptUsd).toBeCloseTo(usd, 12);
    expect(worst?.attempts).toBe(4);
  });

  it('depends on the service and the cache in the parameters', () => {
    const cheap = request({ maxTokens: 800, params: { service_tier: 'default' } });
    const long = request({ maxTokens: 800, params: { cache_control: { ttl: '1h' } } });
    const options = { retries: 0, estimator };
    const usual = requestWorstCase(cheap, price, options)?.attemptUsd ?? 0;
    expect(requestWorstCase(long, price, options)?.attemptUsd).toBeGreaterThan(usual);
  });

  it('is unknown if there is an obstacle', () => {
    expect(requestWorstCase(request({}), price, { retries: 0, estimator })).toBeNull();
    expect(
      requestWorstCase(request({ maxTokens: 1 }), undefined, { retries: 0, estimator }),
    ).toBeNull();
  });
});

function request(parameters: Parameters): PromptRequest {
  return {
    model,
    context: 'You review code.',
    system: undefined,
    prompt: 'Review it.',
    parameters,
  };
}
