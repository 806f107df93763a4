import type { LoadedManifest } from '../../run/library.ts';
import type { Arguments } from '../arguments.ts';
import { switchFlag } from '../flag-values.ts';
import { EXIT } from '../../errors/volley-error.ts';
import { keepHeapTight } from '../../ports/system-heap.ts';
import { SinkClosed } from '../../results/sinks/sink.ts';
import { type RunState, type RunContext, openConsole } from '../run-state.ts';
import { finishRun, lostToSink, tellInterrupted } from '../finish-run.ts';
import { exitCodeOf } from '../exit-code.ts';
import { openRun } from '../open-run.ts';
import { executeRun } from '../execute-run.ts';
import { checkRun } from '../check-run.ts';
import { loadNamed } from '../load-named.ts';

export async function runManifest(args: Arguments): Promise<number> {
  return runVolley(args, await loadNamed(args));
}

/**
 * Runs a loaded manifest, from the last checks to the exit code, for `run` and `ask`. Code for
 * forecasts is loaded only on request.
 */
export async function runVolley(args: Arguments, loaded: LoadedManifest): Promise<number> {
  if (switchFlag(args, 'dry-run')) {
    return (await import('./plan.ts')).printPlan(args, loaded);
  }
  if (switchFlag(args, 'simulate')) {
    return (await import('../print-rehearsal.ts')).printRehearsal(args, loaded);
  }
  return sendVolley(args, loaded);
}

async function sendVolley(args: Arguments, loaded: LoadedManifest): Promise<number> {
  keepHeapTight();
  const checked = await checkRun(args, loaded);
  // Watch for signals before the file is locked, so that Ctrl-C unlocks it again.
  const context: RunContext = { ...checked, ...openConsole(checked) };
  const { signals, share } = context;
  share?.onTell((line) => void context.reporter.between(() => context.notes.print([line])));
  const state: RunState = {};
  try {
    const decided = await openRun(context, state);
    await executeRun(context, decided, state);
  } catch (error) {
    if (error instanceof SinkClosed) return signals.exitCode() ?? EXIT.ok;
    const lost = await lostToSink(error, context, state);
    if (lost) throw lost;
    if (!signals.drain.aborted || error !== signals.drain.reason) throw error;
    await tellInterrupted(context, state);
  } finally {
    try {
      await finishRun(context, state);
    } finally {
      await share?.close();
      const lost = await context.telemetry?.close(signals.abort);
      if (lost !== undefined) await context.notes.print([lost]);
      // Do this even if results were lost: timers and handlers would keep the process alive.
      signals.dispose();
    }
  }
  const { summary } = state;
  if (summary?.batches_pending !== undefined) return exitCodeOf(summary);
  return signals.exitCode() ?? (summary ? exitCodeOf(summary, context.maxFailures) : EXIT.bug);
}
