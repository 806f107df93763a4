import type { Flag } from './flag.ts';

/** What a run may cost. */
export const MONEY_FLAGS = {
  'max-cost-usd': {
    value: 'N',
    description: 'Budget in US dollars; every model then needs a price and max_tokens',
  },
  'share-budget': {
    value: 'NAME',
    description: 'With --share: use one budget for all runs with this name',
  },
  estimate: {
    negatable: true,
    description: 'Show the plan, then run (--no-estimate: ask without showing it)',
  },
  yes: { alias: 'y', description: 'Do not ask before a large run' },
  prices: {
    value: 'FILE',
    description:
      'Prices in US dollars per million tokens; they override the manifest’s and the built-in ones',
  },
  'trust-prices': {
    description: 'With --max-cost-usd: accept prices that only the manifest gives',
  },
  'allow-param': {
    value: 'NAME',
    repeatable: true,
    description: 'With --max-cost-usd: allow this name in params although it may change the price',
  },
} as const satisfies Record<string, Flag>;
