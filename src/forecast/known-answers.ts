import type { TaskTemplate } from '../manifest/manifest.ts';
import { createOutputStats, type OutputStats } from '../money/output-stats.ts';
import { seededRandom } from '../ports/random.ts';
import type { ResultRecord } from '../results/record.ts';

/** Answers to earlier tasks of the same template by the same model. */
export interface KnownAnswers {
  readonly outputs: OutputStats;
  /** Cost of those whose price is known, in US dollars. */
  readonly costs: Pick<OutputStats, 'count' | 'mean' | 'standardError'>;
  /** Share of them, 0 to 1, whose usage was estimated. */
  readonly missingUsage: number;
  /** Some of them, chosen at random. Never empty. */
  readonly examples: readonly AnswerExample[];
}

export interface AnswerExample {
  readonly outputTokens: number;
  /** From sending to the answer. */
  readonly latencyMs: number;
}

/** Learns from records what answers are like; a few kilobytes a template, however many there are. */
export interface AnswerMemory {
  add(record: ResultRecord): void;
  of(template: TaskTemplate): KnownAnswers | undefined;
}

/** Enough to draw from. */
const MOST_EXAMPLES = 256;

/** The first answers of a run waited for connections to be opened: where there are more, they do not count. */
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
        // Every answer so far is then among the examples with the same chance.
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
