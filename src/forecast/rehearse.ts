import { cancelReserveMs } from '../batch/cutover.ts';
import { createTokenEstimator } from '../money/token-ranges.ts';
import type { Task } from '../plan/task.ts';
import { seededRandom } from '../ports/random.ts';
import { VirtualClock } from '../ports/virtual-clock.ts';
import type { Wire } from '../providers/transport.ts';
import type { RunEvent } from '../results/run-events.ts';
import type { Summary } from '../results/summary.ts';
import type { PreparedRun } from '../run/prepare-run.ts';
import { rulesOf } from '../run/lane-caching.ts';
import { runMoney } from '../run/run-budget.ts';
import { startRun } from '../run/run.ts';
import type { BatchKeeping } from '../run/run-batches.ts';
import type { Earlier } from './earlier-answers.ts';
import { realtimeEstimate } from './realtime-estimate.ts';
import { createSimulatedProvider } from './simulated-provider.ts';

export interface RehearsalOptions {
  /** The same seed gives the same run. */
  readonly seed: number;
  readonly retryDelayMs?: number | undefined;
  readonly earlier?: Earlier | undefined;
  readonly onEvent?: (event: RunEvent) => void;
}

export interface Rehearsal {
  readonly summary: Summary;
  /** Pauses of whole lanes. */
  readonly pauses: { readonly count: number; readonly longestMs: number };
}

/** Runs a prepared volley on a virtual clock, with mocks that respect the declared limits. */
export async function rehearse(
  prepared: PreparedRun,
  { seed, retryDelayMs, earlier, onEvent }: RehearsalOptions,
): Promise<Rehearsal> {
  const { manifest } = prepared.plan;
  const { deadlineMs } = manifest.run;
  const realtimeMs =
    deadlineMs === undefined ? undefined : await realtimeEstimate(prepared, earlier?.resumption);
  const cached = earlier?.cached;
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const isCounted = prepared.lanes.some(({ provider }) => provider.type !== 'mock');
  const estimator = await createTokenEstimator(isCounted ? 'tokens' : 'bytes');
  const money = await runMoney(prepared, { spentUsd: earlier?.spentUsd ?? 0 });
  const pauses = { count: 0, longestMs: 0 };

  async function play(): Promise<Summary> {
    const events = startRun(underClock(prepared, clock), {
      clock,
      random,
      wire: NO_WIRE,
      money,
      batches: NOTHING_KEPT,
      deadline:
        deadlineMs !== undefined && realtimeMs
          ? {
              atEpochMs: clock.epochMs() + deadlineMs,
              realtimeMs,
              cancelMs: cancelReserveMs(undefined),
            }
          : undefined,
      retryDelayMs,
      resumption: earlier?.resumption,
      cached: cached && { find: (...asked) => clock.during(cached.find(...asked)) },
      makeProvider: (endpoint) =>
        createSimulatedProvider(endpoint, {
          manifest,
          limitsOf: (model) => laneOf(prepared, endpoint.name, model)?.limits ?? {},
          rulesOf: (model) => {
            const lane = laneOf(prepared, endpoint.name, model);
            return lane && rulesOf(lane);
          },
          estimator,
          clock,
          random,
        }),
    });
    for await (const event of events) {
      onEvent?.(event);
      if (event.type === 'lane_paused') {
        pauses.count += 1;
        pauses.longestMs = Math.max(pauses.longestMs, event.untilMs - clock.now());
      }
      if (event.type === 'run_finished') return event.summary;
    }
    throw new Error('the rehearsal ended without a summary');
  }

  const summary = await clock.run(play());
  return { summary, pauses };
}

const NOTHING_KEPT: BatchKeeping = {
  open: [],
  isRecorded: () => false,
  keepLine: () => Promise.resolve(),
  keepRow: () => Promise.resolve(),
};

const NO_WIRE: Wire = {
  send: () => Promise.reject(new Error('a rehearsal sends nothing')),
  close: () => Promise.resolve(),
};

/** Rows and files are actually read. The virtual clock stops meanwhile. */
export function underClock(prepared: PreparedRun, clock: VirtualClock): PreparedRun {
  const { plan } = prepared;
  return {
    ...prepared,
    plan: {
      ...plan,
      render: (task, options) => clock.during(plan.render(task, options)),
      tasksOf: (node) => readDuring(plan.tasksOf(node), clock),
    },
  };
}

async function* readDuring(
  tasks: AsyncIterable<Task>,
  clock: VirtualClock,
): AsyncGenerator<Task, void, void> {
  const feed = tasks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await clock.during(feed.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await feed.return?.();
  }
}

function laneOf({ lanes }: PreparedRun, provider: string, model: string) {
  return lanes.find(({ planned }) => planned.provider === provider && planned.model === model);
}
