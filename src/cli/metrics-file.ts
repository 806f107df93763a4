import { systemClock } from '../ports/system-clock.ts';
import { createMetrics } from '../report/metrics.ts';
import type { RunEvent } from '../results/events.ts';
import { cannotWriteSideFile } from './side-file.ts';
import { openWrittenFile } from './written-file.ts';

/** The numbers of a run in a file for Prometheus, kept up to date while it lasts. */
export interface MetricsFile {
  apply(event: RunEvent): void;
  /** Writes it for the last time. Throws a `VolleyError` (exit 74). */
  close(): Promise<void>;
}

const REFRESH_MS = 10_000;
/** Whoever collects it runs as another user; it holds counts and names of models. */
const MODE = 0o644;

/** The whole file is replaced each time, so that nobody reads a partial one. */
export function openMetricsFile(path: string, run: string): MetricsFile {
  const metrics = createMetrics(run);
  const startedMs = systemClock.now();
  const startedEpochMs = systemClock.epochMs();
  let writtenMs = -Infinity;
  let writing = Promise.resolve();

  async function write(isActive: boolean): Promise<void> {
    writtenMs = systemClock.now();
    const durationMs = writtenMs - startedMs;
    const text = metrics.text({ startedEpochMs, durationMs, isActive });
    const file = await openWrittenFile(path, MODE);
    await file.write(text);
    await file.finish();
  }

  return {
    apply(event) {
      metrics.apply(event);
      if (systemClock.now() - writtenMs < REFRESH_MS) return;
      // The last one counts: that one may not fail.
      writing = writing.then(() => write(true)).catch(() => undefined);
    },
    async close() {
      await writing;
      await write(false).catch((cause: unknown) => {
        const reason = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
        const state = 'the results are not affected';
        throw cannotWriteSideFile('metrics-file', { path, cause: reason, state });
      });
    },
  };
}
