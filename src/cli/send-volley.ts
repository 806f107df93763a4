import { EXIT } from '../errors/volley-error.ts';
import { keepHeapTight } from '../ports/system-heap.ts';
import { SinkClosed } from '../results/sinks/sink.ts';
import type { LoadedManifest } from '../run/library.ts';
import type { Arguments } from './arguments.ts';
import type { Course, Sending } from './course.ts';
import { endRun, lostToSink, tellInterrupted } from './end-run.ts';
import { exitCodeOf } from './exit-code.ts';
import { openAndDecide } from './open-and-decide.ts';
import { playRun } from './play-run.ts';
import { openConsole } from './run-console.ts';
import { settleRun } from './settle-run.ts';

/** Runs what was loaded, and gives the exit code. */
export async function sendVolley(args: Arguments, loaded: LoadedManifest): Promise<number> {
  keepHeapTight();
  const settled = await settleRun(args, loaded);
  // Signals are watched before the file is locked: whoever stops the run then finds it free.
  const sending: Sending = { ...settled, ...openConsole(settled) };
  const { signals } = sending;
  const course: Course = {};
  try {
    const decided = await openAndDecide(sending, course);
    await playRun(sending, decided, course);
  } catch (error) {
    if (error instanceof SinkClosed) return signals.exitCode() ?? EXIT.ok;
    const lost = await lostToSink(error, sending, course);
    if (lost) throw lost;
    if (!signals.drain.aborted || error !== signals.drain.reason) throw error;
    await tellInterrupted(sending, course);
  } finally {
    try {
      await endRun(sending, course);
    } finally {
      // Also when results are lost: its timers and handlers would keep the process.
      signals.dispose();
    }
  }
  const { summary } = course;
  if (summary?.batches_pending !== undefined) return exitCodeOf(summary);
  return signals.exitCode() ?? (summary ? exitCodeOf(summary, sending.maxFailures) : EXIT.bug);
}
