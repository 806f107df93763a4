import { roundUsd } from '../money/cost.ts';
import type { ResultRecord } from '../results/record.ts';
import { createResultsDiff, type ResultsDiff } from './results-diff.ts';
import { createRowGatherer } from './model-rows.ts';

/** Totals of a results file. Lists only a few records. */
export interface Digest {
  readonly v: 1;
  readonly total: DigestPart;
  /** By entry of the manifest. */
  readonly tasks: readonly DigestPart[];
  /** By `provider/model` that answered or was asked last. */
  readonly models: readonly DigestPart[];
  readonly failures: readonly FailureKind[];
  /** Answers that do not meet the task's `expect`. */
  readonly unexpected: readonly DigestedRecord[];
  readonly dearest: readonly DigestedRecord[];
  readonly slowest: readonly DigestedRecord[];
  readonly longest: readonly DigestedRecord[];
  /** Each pair of models that answered the same rows, without the differences themselves. */
  readonly comparisons: ReadonlyArray<Omit<ResultsDiff, 'tasks' | 'omitted'>>;
}

export interface DigestPart {
  readonly name: string;
  readonly records: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly canceled: number;
  readonly skipped: number;
  readonly unexpected: number;
  readonly truncated: number;
  readonly retries: number;
  /** Null if a price is unknown. */
  readonly cost_usd: number | null;
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** Share of input tokens, 0 to 1; null if there are none. */
  readonly cache_share: number | null;
  /** For answers only. */
  readonly duration_ms: Distribution | null;
}

export interface Distribution {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

export interface FailureKind {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly count: number;
  readonly ids: readonly string[];
}

export interface DigestedRecord {
  readonly id: string;
  readonly model: string;
  readonly cost_usd: number | null;
  readonly output_tokens: number;
  readonly duration_ms: number;
  readonly reason?: string;
}

const MOST_LISTED = 10;
const MOST_FAILURE_KINDS = 200;
const MOST_IDS = 3;
const MOST_COMPARED = 6;
/** How many entries and how many models may have their own totals. */
const MOST_PARTS = 10_000;

export interface DigestBuilder {
  /** Records must be added in manifest order. */
  add(record: ResultRecord): void;
  result(): Digest;
}

export function createDigest(): DigestBuilder {
  const total = newPart('total');
  const tasks = new Map<string, Part>();
  const models = new Map<string, Part>();
  const failures = new Map<string, FailureKind & { count: number; ids: string[] }>();
  const unexpected: DigestedRecord[] = [];
  const tops = {
    dearest: topList(({ cost_usd: cost }) => cost ?? 0),
    slowest: topList(({ duration_ms: ms }) => ms),
    longest: topList(({ output_tokens: tokens }) => tokens),
  };
  const pairs = new Map<string, ReturnType<typeof createResultsDiff>>();
  const rows = createRowGatherer((id, row) => {
    const asked = [...row.keys()].slice(0, MOST_COMPARED);
    asked.forEach((a, at) => {
      for (const b of asked.slice(at + 1)) {
        const key = JSON.stringify([a, b]);
        const pair = pairs.get(key) ?? createResultsDiff({ a, b }, { most: 0 });
        if (!pairs.has(key) && pairs.size >= MOST_PARTS) continue;
        pairs.set(key, pair);
        pair.add(id, row.get(a), row.get(b));
      }
    });
  });

  function addFailure({ id, error }: ResultRecord): void {
    if (!error || error.code === 'CONDITION_FALSE') return;
    const key = JSON.stringify([error.code, error.message]);
    const known = failures.get(key);
    if (known) {
      known.count += 1;
      if (known.ids.length < MOST_IDS) known.ids.push(id);
    } else if (failures.size < MOST_FAILURE_KINDS) {
      const { code, message, hint } = error;
      failures.set(key, { code, message, hint, count: 1, ids: [id] });
    }
  }

  return {
    add(record) {
      const model = `${record.provider}/${record.model}`;
      for (const part of [total, partOf(tasks, record.task), partOf(models, model)]) {
        if (part) addTo(part, record);
      }
      addFailure(record);
      const digested = digestedRecord(record, model);
      if (record.expected === false && unexpected.length < MOST_LISTED) unexpected.push(digested);
      if (record.status === 'succeeded') {
        for (const top of Object.values(tops)) top.add(digested);
      }
      rows.add(record);
    },
    result() {
      rows.end();
      return {
        v: 1,
        total: finished(total),
        tasks: [...tasks.values()].map(finished),
        models: [...models.values()].map(finished),
        failures: [...failures.values()].toSorted((one, other) => other.count - one.count),
        unexpected,
        dearest: tops.dearest.list(),
        slowest: tops.slowest.list(),
        longest: tops.longest.list(),
        comparisons: [...pairs.values()].map((pair) => {
          const { tasks: _tasks, omitted: _omitted, ...rest } = pair.result();
          return rest;
        }),
      };
    },
  };
}

type Part = ReturnType<typeof newPart>;

function newPart(name: string) {
  return {
    name,
    records: 0,
    succeeded: 0,
    failed: 0,
    canceled: 0,
    skipped: 0,
    unexpected: 0,
    truncated: 0,
    retries: 0,
    costUsd: 0 as number | null,
    input: 0,
    cached: 0,
    output: 0,
    durations: new Array<number>(),
  };
}

function partOf(parts: Map<string, Part>, name: string): Part | undefined {
  const known = parts.get(name);
  if (known || parts.size >= MOST_PARTS) return known;
  const part = newPart(name);
  parts.set(name, part);
  return part;
}

function addTo(part: Part, record: ResultRecord): void {
  const { status, usage, cost_usd: cost, error } = record;
  part.records += 1;
  part[status] += 1;
  part.retries += record.retries;
  if (record.expected === false) part.unexpected += 1;
  if (error?.code === 'TRUNCATED') part.truncated += 1;
  if (record.attempts > 0) {
    part.costUsd = part.costUsd === null || cost === null ? null : roundUsd(part.costUsd + cost);
  }
  // The cost and duration of a reused answer are in the other task's record.
  if (usage && record.attempts > 0) {
    part.input += usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens;
    part.cached += usage.cache_read_tokens;
    part.output += usage.output_tokens;
  }
  if (status === 'succeeded' && record.attempts > 0) part.durations.push(record.duration_ms);
}

function finished({ durations, cached, ...part }: Part): DigestPart {
  const { costUsd, input, output, ...counts } = part;
  return {
    ...counts,
    cost_usd: costUsd,
    input_tokens: input,
    output_tokens: output,
    cache_share: input === 0 ? null : cached / input,
    duration_ms: distribution(durations),
  };
}

function distribution(values: readonly number[]): Distribution | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  const sum = sorted.reduce((total, value) => total + value, 0);
  const count = sorted.length;
  return { count, mean: sum / count, p50: at(0.5), p95: at(0.95), max: at(1) };
}

function digestedRecord(record: ResultRecord, model: string): DigestedRecord {
  return {
    id: record.id,
    model,
    cost_usd: record.cost_usd,
    output_tokens: record.usage?.output_tokens ?? 0,
    duration_ms: record.duration_ms,
    ...(record.unexpected_reason !== undefined && { reason: record.unexpected_reason }),
  };
}

/** The records with the highest amounts, highest first. */
function topList(amount: (record: DigestedRecord) => number): {
  add(record: DigestedRecord): void;
  list(): readonly DigestedRecord[];
} {
  let top: readonly DigestedRecord[] = [];
  let least = 0;
  return {
    add(record) {
      if (amount(record) <= least) return;
      top = [...top, record]
        .toSorted((one, other) => amount(other) - amount(one))
        .slice(0, MOST_LISTED);
      const last = top.at(-1);
      least = top.length === MOST_LISTED && last ? amount(last) : 0;
    },
    list: () => top,
  };
}
