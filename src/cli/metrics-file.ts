import { systemClock } from '../ports/system-clock.ts';
import { createMetrics } from '../report/prometheus-metrics.ts';
import type { RunEvent } from '../results/run-events.ts';
import { cannotWriteSideFile } from './side-file.ts';
import { writeFileWhole } from './written-file.ts';

/** Keeps the numbers of a run in a file for Prometheus. */
export interface MetricsFile {
  apply(event: RunEvent): void;
  /** Writes the file one last time. Throws a `VolleyError` (exit 74). */
  close(): Promise<void>;
}

const REFRESH_MS = 10_000;
/**
 * Readable by all: the collector runs as another user, and the file has only counts and model
 * names.
 */
const MODE = 0o644;

/** Replaces the whole file each time: readers never see part of one. */
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
    await writeFileWhole(path, (file) => file.write(text), MODE);
  }

  return {
    apply(event) {
      metrics.apply(event);
      if (systemClock.now() - writtenMs < REFRESH_MS) return;
      // Only the last write must succeed.
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
