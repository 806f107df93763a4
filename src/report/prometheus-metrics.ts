import { printable } from '../errors/escape-invisible.ts';
import { NO_TOKENS } from '../plan/needs-data.ts';
import { createModelCosts } from '../results/model-costs.ts';
import type { RunEvent } from '../results/run-events.ts';
import { TOKEN_KINDS, type ResultRecord } from '../results/record.ts';
import { wentWell, type Summary } from '../results/summary.ts';

/** The metrics of a run in Prometheus' text format. */
export interface Metrics {
  apply(event: RunEvent): void;
  text(now: {
    readonly startedEpochMs: number;
    readonly durationMs: number;
    /** Whether the run continues. */
    readonly isActive: boolean;
  }): string;
}

/** Upper bounds, in seconds. */
const BUCKETS = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600] as const;

/** `run` labels every sample, to tell apart the files of several runs. */
export function createMetrics(run: string): Metrics {
  const usage = { ...NO_TOKENS };
  const counts = { attempts: 0, retries: 0, rate_limited: 0 };
  const statuses = { succeeded: 0, failed: 0, canceled: 0, skipped: 0 };
  const models = createModelCosts();
  const durations = new Map<string, Durations>();
  let tasks = 0;
  let budgetUsd: number | null = null;
  let summary: Summary | undefined;

  function add(record: ResultRecord): void {
    statuses[record.status] += 1;
    models.add(record);
    counts.attempts += record.attempts;
    counts.retries += record.retries;
    if (record.error?.code === 'RATE_LIMITED') counts.rate_limited += 1;
    if (record.attempts === 0) return;
    for (const kind of TOKEN_KINDS) usage[kind] += record.usage?.[kind] ?? 0;
    const model = `${record.provider}/${record.model}`;
    const known = durations.get(model) ?? { counts: BUCKETS.map(() => 0), count: 0, sumMs: 0 };
    durations.set(model, known);
    BUCKETS.forEach((bound, at) => {
      if (record.duration_ms <= bound * 1_000) known.counts[at] = (known.counts[at] ?? 0) + 1;
    });
    known.count += 1;
    known.sumMs += record.duration_ms;
  }

  return {
    apply(event) {
      if (event.type === 'run_started') {
        tasks = event.tasks;
        statuses.succeeded = event.kept;
        budgetUsd = event.maxCostUsd;
      }
      if (event.type === 'task_finished') add(event.record);
      if (event.type === 'retry_scheduled' && event.failure.code === 'RATE_LIMITED') {
        counts.rate_limited += 1;
      }
      if (event.type === 'run_finished') summary = event.summary;
    },
    text({ startedEpochMs, durationMs, isActive }) {
      const soFar = { ...counts, ...statuses, usage, models: models.list(), ...summary };
      const { succeeded, failed, canceled, skipped } = soFar;
      const notStarted = tasks - succeeded - failed - canceled - skipped;
      const { gauge, histogram, text } = printer(run);
      gauge('run_active', 'Whether the run is active.', isActive ? 1 : 0);
      gauge(
        'run_start_time_seconds',
        'When the run started, in seconds since 1970.',
        startedEpochMs / 1_000,
      );
      gauge('run_duration_seconds', 'How long the run has taken.', durationMs / 1_000);
      gauge(
        'run_end_time_seconds',
        'When the run ended, in seconds since 1970.',
        isActive ? null : (startedEpochMs + durationMs) / 1_000,
      );
      gauge(
        'run_complete',
        'Whether every task has succeeded as expected, or was skipped.',
        isActive ? null : Number(summary !== undefined && wentWell(summary)),
      );
      gauge('tasks', 'Tasks by status. Tasks in progress count as not started.', [
        [{ status: 'succeeded' }, succeeded],
        [{ status: 'failed' }, failed],
        [{ status: 'canceled' }, canceled],
        [{ status: 'skipped' }, skipped],
        [{ status: 'not_started' }, notStarted],
      ]);
      gauge('requests', 'Requests sent for tasks that have ended.', soFar.attempts);
      gauge('retries', 'Requests sent again.', soFar.retries);
      gauge('rate_limited', 'Requests refused because of a rate limit.', soFar.rate_limited);
      gauge(
        'tokens',
        'Tokens as billed. Reasoning is part of the output.',
        TOKEN_KINDS.map((kind) => [{ kind: kind.replace('_tokens', '') }, soFar.usage[kind]]),
      );
      gauge(
        'cost_usd',
        'Cost in US dollars. Absent for a model without a price.',
        soFar.models.flatMap(({ model, cost_usd: usd }) =>
          usd === null ? [] : [[{ model }, usd]],
        ),
      );
      gauge('budget_usd', 'Budget in US dollars.', budgetUsd);
      gauge(
        'waiting_ratio',
        'Share of task time spent waiting, by reason.',
        Object.entries(summary?.waiting_share ?? {}).map(([reason, share]) => [{ reason }, share]),
      );
      histogram(
        'task_duration_seconds',
        'Time from the first request of a task to its end.',
        durations,
      );
      return text();
    },
  };
}

interface Durations {
  /** Number of requests up to the bound of each bucket. */
  readonly counts: number[];
  count: number;
  sumMs: number;
}

type Labels = Readonly<Record<string, string>>;
type Samples = ReadonlyArray<readonly [Labels, number]>;

function printer(run: string) {
  const lines: string[] = [];
  const sample = (name: string, labels: Labels, value: number): void => {
    const all = Object.entries({ run, ...labels }).map(
      ([key, text]) => `${key}="${escaped(text)}"`,
    );
    lines.push(`${name}{${all.join(',')}} ${value}`);
  };
  const head = (name: string, help: string, type: string): void => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  };
  const gauge = (name: string, help: string, value: Samples | number | null): void => {
    const samples: Samples = typeof value === 'number' ? [[{}, value]] : (value ?? []);
    if (samples.length === 0) return;
    head(`volley_${name}`, help, 'gauge');
    for (const [labels, value] of samples) sample(`volley_${name}`, labels, value);
  };
  const histogram = (name: string, help: string, byModel: ReadonlyMap<string, Durations>): void => {
    const full = `volley_${name}`;
    if (byModel.size > 0) head(full, help, 'histogram');
    for (const [model, { counts, count, sumMs }] of byModel) {
      BUCKETS.forEach((bound, at) =>
        sample(`${full}_bucket`, { model, le: String(bound) }, counts[at] ?? 0),
      );
      sample(`${full}_bucket`, { model, le: '+Inf' }, count);
      sample(`${full}_sum`, { model }, sumMs / 1_000);
      sample(`${full}_count`, { model }, count);
    }
  };
  return { gauge, histogram, text: () => `${lines.join('\n')}\n` };
}

function escaped(text: string): string {
  return printable(text)
    .replace(/[\\"]/g, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`);
}
