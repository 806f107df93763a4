import { RUN_MODES, type BatchSettings, type Manifest, type RunSettings } from './manifest.ts';
import type { Overrides } from './load-manifest.ts';
import type { Report } from './collect-findings.ts';
import type { Written } from './written-value.ts';

const DEFAULT_MAX_CONCURRENT = 64;
const DEFAULT_MIN_ROWS = 10;

export function buildRun(root: Written, overrides: Overrides): RunSettings {
  const run = root.get('run');
  const timeoutMs = run.get('timeout').duration;
  const deadlineMs = run.get('deadline').duration;
  const isOtherMode = overrides.mode !== undefined && overrides.mode !== 'auto';
  return {
    maxConcurrent:
      overrides.maxConcurrent ?? run.get('max_concurrent').number ?? DEFAULT_MAX_CONCURRENT,
    failFast: overrides.failFast ?? run.get('fail_fast').boolean ?? false,
    timeoutMs,
    mode: overrides.mode ?? run.get('mode').choice(RUN_MODES) ?? 'realtime',
    // `--mode batch` replaces the manifest's `auto` together with its deadline.
    deadlineMs: overrides.deadlineMs ?? (isOtherMode ? undefined : deadlineMs),
    batch: buildBatch(root.get('batch')),
  };
}

/** Reports a deadline if no task may leave its batch when time runs short. */
export function reportIdleDeadline(
  { tasks, run: { deadlineMs } }: Pick<Manifest, 'tasks' | 'run'>,
  written: Written,
  report: Report,
): void {
  if (deadlineMs === undefined || tasks.length === 0) return;
  if (tasks.some(({ mode }) => mode === 'auto')) return;
  const place = written.isGiven ? written.keyPlace : { file: '--deadline', line: 1, column: 1 };
  report.error(place, {
    code: 'BAD_VALUE',
    message: 'a `deadline` has no effect without `mode: auto`',
    hint: 'set `mode: auto`: tasks go in batches as long as there is time, then in realtime',
  });
}

function buildBatch(batch: Written): BatchSettings {
  return {
    leftovers: batch.get('leftovers').string === 'batch' ? 'batch' : 'realtime',
    minRows: batch.get('min_rows').number ?? DEFAULT_MIN_ROWS,
    keepFiles: batch.get('keep_files').boolean ?? false,
  };
}
