import type { Limits } from '../manifest/manifest.ts';

/** What a provider's documentation says about its limits. For display only. */
export interface DocumentedProvider {
  /** The provider's own page. */
  readonly source: string;
  /** Where the numbers were read, if not on the provider's page. */
  readonly via?: string;
  /** The date of the page, `YYYY-MM-DD`; undefined for an undated copy. */
  readonly asOf: string | undefined;
  /** Why there are no numbers, or what they leave out. */
  readonly note?: string;
  /** From the lowest tier up; empty if unknown. */
  readonly tiers: readonly DocumentedTier[];
}

export interface DocumentedTier {
  readonly tier: string;
  /** Exact ids, or `*` followed by the end of an id; `*` alone means all models. */
  readonly models: readonly string[];
  readonly limits: Limits;
}

const FABLE = ['claude-fable-5', 'claude-fable-5-1', 'claude-fable-5-2'];
const GROK = ['grok-4.7', 'grok-4.6', 'grok-4.5'];

/**
 * Documented limits by provider, collected on 24 November 2026. Limits that a page does not state
 * are left out; servers announce the real limits with their answers.
 */
const DOCUMENTED: Readonly<Record<string, DocumentedProvider>> = {
  anthropic: {
    source: 'https://platform.claude.com/docs/en/api/rate-limits',
    via: 'https://www.developersdigest.tech/rate-limits/anthropic',
    asOf: '2026-10-17',
    note: 'new accounts may start below these; other models: see the page',
    tiers: [
      tier('Start', FABLE, { rpm: 1_000, itpm: 500_000, otpm: 100_000 }),
      tier('Scale', FABLE, { rpm: 4_000, itpm: 4_000_000, otpm: 800_000 }),
    ],
  },
  openai: {
    source: 'https://developers.openai.com/api/docs/guides/rate-limits',
    via: 'https://raw.githubusercontent.com/api-evangelist/openai/refs/heads/main/rate-limits/openai-rate-limits.yml',
    asOf: '2026-08-27',
    note: 'by model and tier, on the page of each model and in the account’s settings',
    tiers: [],
  },
  openrouter: {
    source: 'https://openrouter.ai/docs/api-reference/limits',
    via: 'https://www.developersdigest.tech/rate-limits/openrouter',
    asOf: '2026-10-17',
    note: 'for all free models of an account together; no number is published for others',
    tiers: [
      tier('under 10 credits', ['*:free'], { rpm: 20, rpd: 50 }),
      tier('10 credits', ['*:free'], { rpm: 20, rpd: 1_000 }),
    ],
  },
  groq: {
    source: 'https://console.groq.com/docs/rate-limits',
    via: 'https://github.com/xyzs996/free-llm-api/discussions/3',
    asOf: '2026-07-25',
    note: 'the token limits of most models and the Developer plan: see the page',
    tiers: [
      tier('Free', ['llama-3.3-70b-versatile'], { rpm: 30, rpd: 1_000, tpm: 12_000 }),
      tier('Free', ['llama-3.1-8b-instant'], { rpm: 30, rpd: 14_400 }),
      tier('Free', ['openai/gpt-oss-120b', 'openai/gpt-oss-20b'], { rpm: 30, rpd: 1_000 }),
      tier('Free', ['groq/compound'], { rpm: 30, rpd: 250 }),
    ],
  },
  mistral: {
    source: 'https://help.mistral.ai/en/articles/225174-what-are-the-limits-of-the-free-tier',
    asOf: undefined,
    note: 'and 1,000M tokens a month; other tiers are shown only in the account',
    tiers: [tier('Free', ['*'], { rps: 1, tpm: 500_000 })],
  },
  deepseek: {
    source: 'https://api-docs.deepseek.com/quick_start/rate_limit',
    asOf: undefined,
    note: 'per account, shared by all of its keys',
    tiers: [
      tier('default', ['deepseek-flash'], { concurrency: same(2_500) }),
      tier('default', ['deepseek-v4-pro'], { concurrency: same(500) }),
    ],
  },
  xai: {
    source: 'https://docs.x.ai/developers/rate-limits',
    via: 'https://www.developersdigest.tech/rate-limits/xai',
    asOf: '2026-10-17',
    note: 'older models: see the page',
    tiers: [
      tier('Tier 0', GROK, { rps: 150, tpm: 50_000_000 }),
      tier('Tier 4', GROK, { rps: 500, tpm: 100_000_000 }),
    ],
  },
  together: {
    source: 'https://docs.together.ai/docs/serverless/rate-limits',
    asOf: undefined,
    note: 'they follow recent usage, model by model; there are no longer any tiers',
    tiers: [],
  },
  fireworks: {
    source: 'https://docs.fireworks.ai/serverless/rate-limits',
    asOf: undefined,
    note: 'initial limits with a payment method; at most 900k uncached input tokens',
    tiers: [tier('paying', ['*'], { rpm: 6_000, itpm: 3_600_000, otpm: 36_000 })],
  },
  cerebras: {
    source: 'https://inference-docs.cerebras.ai/support/rate-limits',
    via: 'https://raw.githubusercontent.com/api-evangelist/cerebras-systems/refs/heads/main/rate-limits/cerebras-systems-rate-limits.yml',
    asOf: '2026-07-18',
    note: 'the free trial also has hourly and daily limits',
    tiers: [
      tier('Free Trial', ['gpt-oss-120b', 'gemma-4-31b'], { rpm: 5, tpm: 30_000 }),
      tier('Developer', ['gpt-oss-120b'], { rpm: 1_000, tpm: 1_000_000 }),
      tier('Developer', ['gemma-4-31b'], { rpm: 300, tpm: 500_000 }),
    ],
  },
  gemini: {
    source: 'https://ai.google.dev/gemini-api/docs/rate-limits',
    via: 'https://www.developersdigest.tech/rate-limits/google',
    asOf: '2026-10-17',
    note: 'by model and tier, shown only in AI Studio',
    tiers: [],
  },
  perplexity: {
    source: 'https://docs.perplexity.ai/docs/admin/rate-limits-usage-tiers',
    asOf: undefined,
    note: 'the page gives numbers only for other interfaces',
    tiers: [],
  },
};

export const documentedLimits: ReadonlyMap<string, DocumentedProvider> = new Map(
  Object.entries(DOCUMENTED),
);

/** The documented limits of a model, lowest tier first; empty if unknown. */
export function documentedTiers(provider: string, model: string): readonly DocumentedTier[] {
  const tiers = documentedLimits.get(provider)?.tiers ?? [];
  return tiers.filter(({ models }) => models.some((pattern) => matches(pattern, model)));
}

function matches(pattern: string, model: string): boolean {
  return pattern.startsWith('*') ? model.endsWith(pattern.slice(1)) : pattern === model;
}

function tier(name: string, models: readonly string[], limits: Limits): DocumentedTier {
  return { tier: name, models, limits };
}

function same(count: number): { readonly start: number; readonly max: number } {
  return { start: count, max: count };
}
