/** What is known of the lengths of answers, kept in a few kilobytes however many there are. */
export interface OutputStats {
  /** Adds the output tokens of one answer. */
  add(tokens: number): void;
  readonly count: number;
  /** 0 without answers. */
  readonly mean: number;
  /** Standard error of the mean; infinite below two answers. */
  readonly standardError: number;
  /** The length that the given share (0 to 1) of answers does not exceed, to 1 %; 0 without answers. */
  quantile(share: number): number;
}

/** A log-scaled histogram for the quantiles (each bucket 2 % wide), and running moments. */
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

/** How long an answer will be. */
export interface OutputExpectation {
  readonly low: number;
  readonly expected: number;
  readonly p95: number;
  /** Undefined when nothing bounds the answer. */
  readonly ceiling: number | undefined;
  /** `records`: from answers to the same task; `assumed`: there are none yet. */
  readonly basis: 'records' | 'assumed';
}

/**
 * What to expect of one more answer, never above its ceiling. Without answers to go by, a third of
 * the ceiling is assumed, as people set it with room to spare.
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

/** A paragraph or two, where neither an answer nor `max_tokens` tells anything. */
const UNKNOWN_OUTPUT = 500;

const GROWTH = Math.log(1.02);

/** Exact below 50, where a bucket would be narrower than one token. */
function bucketOf(tokens: number): number {
  return tokens < 50 ? Math.floor(tokens) : Math.round(Math.log(tokens) / GROWTH);
}

function middleOf(bucket: number): number {
  return bucket < 50 ? bucket : Math.round(Math.exp(bucket * GROWTH));
}
