import { between } from '../providers/fake-attempt.ts';
import { DEFAULT_MOCK, providerType } from '../manifest/build-providers.ts';
import type { Manifest, MockSettings, TaskTemplate } from '../manifest/manifest.ts';
import { expectedOutput, type OutputExpectation } from '../money/answer-length-stats.ts';
import type { Random } from '../ports/random.ts';
import type { AnswerExample, KnownAnswers } from './known-answers.ts';

/** Expectations about the answers to a template's tasks. */
export interface ExpectedAnswers {
  readonly output: OutputExpectation;
  /** Share of answers, 0 to 1, without usage. */
  readonly missingUsage: number;
  /** Whether nothing is known about their latency. */
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
    missingUsage: known?.missingUsage ?? 0,
    isLatencyAssumed: known === undefined,
    draw: (random) => known?.examples[Math.floor(random() * known.examples.length)] ?? assumed,
  };
}

/** The usual speed of today's providers, if nothing else is known. */
export const FIRST_TOKEN_MS = 600;
const MS_PER_TOKEN = 12;

/** The limit that is sent to Anthropic if the manifest sets none. */
const SENT_BOUND = 4_096;

/** A mock follows its settings, so earlier records do not matter. */
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

/** The mean of a uniform distribution that is capped at `ceiling`. */
function meanCut({ min, max }: Range, ceiling: number): number {
  if (ceiling >= max) return Math.round((min + max) / 2);
  if (ceiling <= min) return ceiling;
  const below = ((ceiling - min) * (min + ceiling)) / 2;
  return Math.round((below + (max - ceiling) * ceiling) / (max - min));
}
