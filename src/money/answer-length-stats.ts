/** Statistics of answer lengths. They take a few kilobytes for any number of answers. */
export interface OutputStats {
  /** Adds an answer with this many output tokens. */
  add(tokens: number): void;
  readonly count: number;
  /** Output tokens; 0 without answers. */
  readonly mean: number;
  /** Standard error of the mean; infinite for fewer than two answers. */
  readonly standardError: number;
  /**
   * A length, within 1%, that this share (0 to 1) of the answers does not exceed; 0 without
   * answers.
   */
  quantile(share: number): number;
}

/**
 * Uses a logarithmic histogram for the quantiles (its buckets are 2% wide), and running moments.
 */
export function createOutputStats(): OutputStats {
  const buckets = new Map<number, number>();
  let count = 0;
  let mean = 0;
  let squares = 0;
  return {
    add(tokens) {
      if (!(tokens >= 0)) return;
      count += 1;
      const distance = tokens - mean;
      mean += distance / count;
      squares += distance * (tokens - mean);
      const bucket = bucketOf(tokens);
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
    },
    get count() {
      return count;
    },
    get mean() {
      return mean;
    },
    get standardError() {
      return count < 2 ? Infinity : Math.sqrt(squares / (count - 1) / count);
    },
    quantile(share) {
      let left = Math.max(1, Math.ceil(share * count));
      for (const [bucket, answers] of [...buckets].sort(([one], [other]) => one - other)) {
        left -= answers;
        if (left <= 0) return middleOf(bucket);
      }
      return 0;
    },
  };
}

export interface OutputExpectation {
  readonly low: number;
  readonly expected: number;
  readonly p95: number;
  /** The highest possible length; undefined if there is no limit. */
  readonly ceiling: number | undefined;
  /** `records`: from answers to the same task; `assumed`: there are no answers yet. */
  readonly basis: 'records' | 'assumed';
}

/**
 * The expected length of one more answer. Without earlier answers, this is a third of the maximum,
 * because people set the maximum generously.
 */
export function expectedOutput(
  stats: OutputStats | undefined,
  ceiling: number | undefined,
): OutputExpectation {
  const most = ceiling ?? Infinity;
  if (stats === undefined || stats.count === 0) {
    const expected = ceiling === undefined ? UNKNOWN_OUTPUT : Math.ceil(ceiling / 3);
    const p95 = Math.min(most, 3 * expected);
    return { low: Math.ceil(expected / 4), expected, p95, ceiling, basis: 'assumed' };
  }
  const margin = stats.count < 2 ? stats.mean / 2 : 2 * stats.standardError;
  return {
    low: Math.min(most, Math.max(0, Math.floor(stats.mean - margin))),
    expected: Math.min(most, Math.round(stats.mean)),
    p95: Math.min(most, stats.quantile(0.95)),
    ceiling,
    basis: 'records',
  };
}

/** The length of a paragraph or two, assumed if there is neither an answer nor `max_tokens`. */
const UNKNOWN_OUTPUT = 500;

const GROWTH = Math.log(1.02);

/**
 * Lengths below 50 have a bucket each, because buckets 2% wide would be narrower than one token.
 */
function bucketOf(tokens: number): number {
  return tokens < 50 ? Math.floor(tokens) : Math.round(Math.log(tokens) / GROWTH);
}

function middleOf(bucket: number): number {
  return bucket < 50 ? bucket : Math.round(Math.exp(bucket * GROWTH));
}
