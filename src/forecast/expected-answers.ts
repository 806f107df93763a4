import { DEFAULT_MOCK, providerType } from '../manifest/build-providers.ts';
import type { Manifest, MockSettings, TaskTemplate } from '../manifest/manifest.ts';
import { expectedOutput, type OutputExpectation } from '../money/output-stats.ts';
import type { Random } from '../ports/random.ts';
import type { AnswerExample, KnownAnswers } from './known-answers.ts';
import type { Caching } from './request-estimate.ts';

/** How the answers to a template's tasks are expected to be. */
export interface ExpectedAnswers {
  readonly output: OutputExpectation;
  readonly caching: Caching;
  /** Requests that write a shared context to the cache before the others can read it. */
  readonly writers: number;
  /** Share of them, 0 to 1, that come without usage. */
  readonly missingUsage: number;
  /** Whether nothing is known of how long they take. */
  readonly isLatencyAssumed: boolean;
  draw(random: Random): AnswerExample;
}

export function expectedAnswers(
  { providers }: Manifest,
  request: Pick<TaskTemplate, 'model' | 'parameters'>,
  known: KnownAnswers | undefined,
): ExpectedAnswers {
  const { provider } = request.model;
  const type = providerType(provider, providers);
  const settings = providers.get(provider);
  const ceiling = request.parameters.maxTokens;
  if (type === 'mock') return mockAnswers(settings?.mock ?? DEFAULT_MOCK, ceiling);
  const bound = ceiling ?? (type === 'anthropic' ? SENT_BOUND : undefined);
  const output = expectedOutput(known?.outputs, bound);
  const assumed = {
    outputTokens: output.expected,
    latencyMs: FIRST_TOKEN_MS + output.expected * MS_PER_TOKEN,
  };
  return {
    output,
    caching: CACHING[type === 'anthropic' ? type : provider === 'openai' ? 'openai' : 'other'],
    writers: settings?.limits.concurrency?.start ?? UNKNOWN_CONCURRENCY,
    missingUsage: known?.missingUsage ?? 0,
    isLatencyAssumed: known === undefined,
    draw: (random) => known?.examples[Math.floor(random() * known.examples.length)] ?? assumed,
  };
}

/** An answer's usual pace at today's providers, where nothing tells more. */
const FIRST_TOKEN_MS = 600;
const MS_PER_TOKEN = 12;

const UNKNOWN_CONCURRENCY = 8;

/** What is sent to Anthropic where the manifest bounds nothing. */
const SENT_BOUND = 4_096;

/**
 * The shortest prefix that is kept differs by model at Anthropic: from 1,024 tokens to 4,096. At
 * OpenAI it is 1,024. What other servers do is their affair.
 */
const CACHING: Readonly<Record<'anthropic' | 'openai' | 'other' | 'mock', Caching>> = {
  anthropic: { expectedFrom: 4_096, perhapsFrom: 1_024 },
  openai: { expectedFrom: 1_024, perhapsFrom: 1_024 },
  other: { expectedFrom: Infinity, perhapsFrom: 1_024 },
  mock: { expectedFrom: 1, perhapsFrom: 1 },
};

/** A mock does what its settings say: no record knows better. */
function mockAnswers(
  { answer, outputTokens, latencyMs, missingUsage }: MockSettings,
  ceiling: number | undefined,
): ExpectedAnswers {
  const most = ceiling ?? Infinity;
  const fixed = answer === undefined ? undefined : Math.ceil(answer.length / 4);
  const range = { min: fixed ?? outputTokens.min, max: fixed ?? outputTokens.max };
  const cut = (tokens: number): number => Math.max(1, Math.min(Math.round(tokens), most));
  return {
    output: {
      low: cut(range.min),
      expected: meanCut(range, most),
      p95: cut(range.min + 0.95 * (range.max - range.min)),
      ceiling,
      basis: 'assumed',
    },
    caching: CACHING.mock,
    writers: 1,
    missingUsage,
    isLatencyAssumed: false,
    draw: (random) => ({
      latencyMs: between(latencyMs, random),
      outputTokens: cut(between(range, random)),
    }),
  };
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/** Mean of a uniform draw of which nothing exceeds the ceiling. */
function meanCut({ min, max }: Range, ceiling: number): number {
  if (ceiling >= max) return Math.round((min + max) / 2);
  if (ceiling <= min) return ceiling;
  const below = ((ceiling - min) * (min + ceiling)) / 2;
  return Math.round((below + (max - ceiling) * ceiling) / (max - min));
}

function between({ min, max }: Range, random: Random): number {
  return min + random() * (max - min);
}
