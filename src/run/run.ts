import { createRedactor } from '../errors/redact.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { createProvider } from '../providers/registry.ts';
import type { Provider } from '../providers/provider.ts';
import type { Wire } from '../providers/transport.ts';
import type { RunEvent } from '../results/events.ts';
import type { ResultRecord } from '../results/record.ts';
import { createTally } from '../results/summarize.ts';
import { toRecord } from '../results/to-record.ts';
import type { TaskOutcome } from '../schedule/events.ts';
import { runSchedule, type Lane } from '../schedule/schedule.ts';
import { createEventQueue } from './event-queue.ts';
import type { PreparedRun } from './prepare.ts';

export interface RunOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How requests reach the network. */
  readonly wire: Wire;
  /** First wait before a retry, in milliseconds; it doubles each time. */
  readonly retryDelayMs?: number;
  /** Aborting it sends nothing new and lets requests in flight finish. */
  readonly drain?: AbortSignal;
  /** Aborting it abandons requests in flight too; their tasks end `canceled`. */
  readonly signal?: AbortSignal;
  /**
   * Keeps each record. A task gives its slot back, and is told as finished, only once this resolves;
   * a rejection stops the run and is thrown to the reader of the events.
   */
  readonly keep?: (record: ResultRecord) => Promise<void>;
}

/**
 * Runs a prepared volley. Events come in order, `run_started` first and `run_finished` last; a slow
 * reader slows the run down. Leaving the loop early abandons what is in flight.
 */
export async function* startRun(
  prepared: PreparedRun,
  options: RunOptions,
): AsyncGenerator<RunEvent, void, void> {
  const { plan } = prepared;
  const { clock } = options;
  const queue = createEventQueue<RunEvent>();
  const left = new AbortController();
  const abort = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
  const providers = providersOf(prepared, options);
  const tally = createTally();
  const startedMs = clock.now();

  async function settle(outcome: TaskOutcome): Promise<void> {
    const record = toRecord(outcome);
    await options.keep?.(record);
    tally.add(outcome, record);
    await queue.hand({ type: 'task_finished', lane: laneName(record), record });
  }

  const drain = options.drain ?? new AbortController().signal;
  function onDrain(): void {
    queue.push({ type: 'draining', reason: messageOf(drain.reason) });
  }
  drain.addEventListener('abort', onDrain, { once: true });
  queue.push({
    type: 'run_started',
    name: plan.manifest.name,
    tasks: plan.total,
    lanes: plan.lanes.map((lane) => ({ lane: laneName(lane), tasks: lane.total })),
  });
  const finished = runSchedule({
    lanes: lanesOf(prepared, providers),
    render: (task) => plan.render(task),
    maxConcurrent: plan.manifest.run.maxConcurrent,
    failFast: plan.manifest.run.failFast,
    timeoutMs: plan.manifest.run.timeoutMs,
    ...(options.retryDelayMs === undefined ? {} : { retryDelayMs: options.retryDelayMs }),
    clock,
    random: options.random,
    drain,
    abort,
    emit: (event) => queue.push(event),
    settle,
  }).then(
    (totals) => {
      const summary = tally.summary({
        tasks: plan.total,
        totals,
        durationMs: clock.now() - startedMs,
      });
      queue.push({ type: 'run_finished', summary });
      queue.end();
    },
    (error: unknown) => queue.end({ error }),
  );
  try {
    yield* queue;
  } finally {
    drain.removeEventListener('abort', onDrain);
    left.abort(new Error('the reader of the events left'));
    await finished;
    await Promise.all([...providers.values()].map((provider) => provider.close()));
  }
}

function providersOf(
  prepared: PreparedRun,
  { wire, clock }: RunOptions,
): ReadonlyMap<string, Provider> {
  const providers = new Map<string, Provider>();
  // One for all: a server may echo a key that belongs to another.
  const redact = createRedactor(prepared.lanes.flatMap(({ provider }) => provider.key ?? []));
  for (const { provider } of prepared.lanes) {
    if (providers.has(provider.name)) continue;
    providers.set(provider.name, createProvider(provider, { wire, clock, redact }));
  }
  return providers;
}

function lanesOf(prepared: PreparedRun, providers: ReadonlyMap<string, Provider>): Lane[] {
  return prepared.lanes.map(({ planned, provider, limits }) => {
    const made = providers.get(provider.name);
    if (!made) throw new Error(`provider ${provider.name} was not made`);
    return {
      name: laneName(planned),
      provider: made,
      limits,
      countsCacheReads: provider.type !== 'anthropic',
      tasks: planned.tasks(),
    };
  });
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

function laneName({
  provider,
  model,
}: {
  readonly provider: string;
  readonly model: string;
}): string {
  return `${provider}/${model}`;
}
