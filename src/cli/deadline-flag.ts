import { cancelReserveMs, cutoverEpochMs, type Deadline } from '../batch/cutover.ts';
import { withLearned } from '../forecast/with-learned-limits.ts';
import { realtimeEstimate } from '../forecast/realtime-estimate.ts';
import { systemClock } from '../ports/system-clock.ts';
import { formatDuration } from '../report/format-numbers.ts';
import type { LearnedLimits } from '../run/learned-store.ts';
import type { PreparedRun } from '../run/prepare-run.ts';
import type { OpenedRun } from './open-run.ts';
import type { RunContext } from './run-state.ts';
import { textFlag } from './flag-values.ts';

/**
 * The deadline for tasks with mode `auto`. Counts from the first start of the run unless the caller
 * sets a new one. Stored in the results' companion.
 */
export async function withDeadline(
  { args, prepared, notes }: Pick<RunContext, 'args' | 'prepared' | 'notes'>,
  { destination, resumption }: OpenedRun,
  learning: Pick<LearnedLimits, 'of'> | undefined,
): Promise<{ readonly prepared: PreparedRun; readonly deadline?: Deadline }> {
  const { run, tasks } = prepared.plan.manifest;
  if (destination.kind !== 'journal' || !tasks.some(({ mode }) => mode === 'auto')) {
    return { prepared };
  }
  const { journal } = destination;
  const nowEpochMs = systemClock.epochMs();
  const isSetNow = textFlag(args, 'deadline') !== undefined;
  const earlier = isSetNow ? undefined : journal.found?.deadlineEpochMs;
  const atEpochMs =
    earlier ?? (run.deadlineMs === undefined ? undefined : nowEpochMs + run.deadlineMs);
  if (atEpochMs === undefined) return { prepared };
  if (earlier === undefined) {
    const at = new Date(nowEpochMs).toISOString();
    const until = new Date(atEpochMs).toISOString();
    await journal.appendAside({ kind: 'deadline', at, until });
  }
  const lanes = prepared.lanes.map((lane) => {
    const { provider, planned, limits } = lane;
    const learned = learning?.of({ provider, model: planned.model });
    return { ...lane, limits: withLearned(limits, learned) };
  });
  const realtimeMs = await realtimeEstimate({ ...prepared, lanes }, resumption);
  const cancelMs = prepared.lanes.map(({ provider, planned: { model } }) =>
    provider.type === 'mock'
      ? 0
      : cancelReserveMs(learning?.of({ provider, model })?.found.batchCancelMs),
  );
  const deadline = { atEpochMs, realtimeMs, cancelMs: Math.max(0, ...cancelMs) };
  const leftMs = cutoverEpochMs(deadline, 1) - nowEpochMs;
  const latest = new Date(nowEpochMs + leftMs).toISOString().slice(0, 16).replace('T', ' ');
  await notes.print([
    leftMs > 0
      ? `batches have time until ${latest} UTC or later; then the rest is sent in realtime, to meet the deadline in ${formatDuration(atEpochMs - nowEpochMs)}`
      : atEpochMs <= nowEpochMs
        ? 'the deadline has passed: everything is sent in realtime; `--deadline` sets a new one'
        : 'the deadline leaves no time for a batch: everything is sent in realtime',
  ]);
  const { plan } = prepared;
  // A resume without its own deadline keeps that of the run it continues.
  const withRun = { ...plan.manifest, run: { ...run, deadlineMs: run.deadlineMs ?? 0 } };
  return { deadline, prepared: { ...prepared, plan: { ...plan, manifest: withRun } } };
}
