import type { TaskTemplate } from '../manifest/manifest.ts';
import { createOutputStats, type OutputStats } from '../money/answer-length-stats.ts';
import { seededRandom } from '../ports/random.ts';
import type { ResultRecord } from '../results/record.ts';

/** Statistics about earlier answers to the same template by the same model. */
export interface KnownAnswers {
  readonly outputs: OutputStats;
  /** Costs in US dollars, for answers with a known price. */
  readonly costs: Pick<OutputStats, 'count' | 'mean' | 'standardError'>;
  /** Share of answers, 0 to 1, whose usage was estimated. */
  readonly missingUsage: number;
  /** A random sample, never empty. */
  readonly examples: readonly AnswerExample[];
}

export interface AnswerExample {
  readonly outputTokens: number;
  /** The time from sending the request to the answer. */
  readonly latencyMs: number;
}

/** Collects statistics from records, in a few kilobytes per template. */
export interface AnswerMemory {
  add(record: ResultRecord): void;
  of(template: TaskTemplate): KnownAnswers | undefined;
}

const MOST_EXAMPLES = 256;

/**
 * The first answers of a run also waited for connections. They are ignored if there are enough
 * others.
 */
const SLOW_STARTS = 8;
const ENOUGH_WITHOUT = 24;

export function createAnswerMemory(): AnswerMemory {
  const known = new Map<string, Known>();
  const random = seededRandom(1);
  return {
    add({ status, task, provider, model, usage, attempts, cost_usd: usd, ...record }) {
      const { duration_ms: latencyMs, usage_estimated: isEstimated = false } = record;
      // If an answer took several attempts, the duration of the last one is unknown.
      if (status !== 'succeeded' || usage === null || attempts !== 1) return;
      const key = keyOf(task, { provider, model });
      const answers = known.get(key) ?? newKnown();
      known.set(key, answers);
      const { outputs, costs, firsts, examples } = answers;
      outputs.add(usage.output_tokens);
      if (isEstimated) answers.estimated += 1;
      if (usd !== null) costs.add(usd);
      const example = { outputTokens: usage.output_tokens, latencyMs };
      if (firsts.length < SLOW_STARTS) firsts.push(example);
      else if (examples.length < MOST_EXAMPLES) examples.push(example);
      else {
        // Reservoir sampling.
        const place = Math.floor(random() * (outputs.count - SLOW_STARTS));
        if (place < MOST_EXAMPLES) examples[place] = example;
      }
    },
    of({ id, model }) {
      const answers = known.get(keyOf(id, model));
      if (!answers) return undefined;
      const { outputs, costs, estimated, firsts, examples } = answers;
      return {
        outputs,
        costs,
        missingUsage: estimated / outputs.count,
        examples: examples.length >= ENOUGH_WITHOUT ? examples : [...firsts, ...examples],
      };
    },
  };
}

interface Known {
  readonly outputs: OutputStats;
  readonly costs: OutputStats;
  estimated: number;
  readonly firsts: AnswerExample[];
  readonly examples: AnswerExample[];
}

function newKnown(): Known {
  return {
    outputs: createOutputStats(),
    costs: createOutputStats(),
    estimated: 0,
    firsts: [],
    examples: [],
  };
}

function keyOf(task: string, { provider, model }: TaskTemplate['model']): string {
  return JSON.stringify([task, provider, model]);
}
