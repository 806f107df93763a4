import type { BatchSettings, Manifest, RunSettings } from './manifest.ts';
import { modeIn } from './build-tasks.ts';
import type { Overrides } from './load.ts';
import { booleanOf, durationOf, numberOf, stringOf, type ReadContext } from './read-values.ts';
import { child, entry, type SourceNode } from './source-node.ts';

const DEFAULT_MAX_CONCURRENT = 64;
const DEFAULT_MIN_ROWS = 10;

export function buildRun(context: ReadContext, overrides: Overrides): RunSettings {
  const node = child(context.source.root, 'run');
  const timeoutMs = durationOf(child(node, 'timeout'), context);
  const deadlineMs = durationOf(child(node, 'deadline'), context);
  const isOtherMode = overrides.mode !== undefined && overrides.mode !== 'auto';
  return {
    maxConcurrent:
      overrides.maxConcurrent ?? numberOf(child(node, 'max_concurrent')) ?? DEFAULT_MAX_CONCURRENT,
    failFast: overrides.failFast ?? booleanOf(child(node, 'fail_fast')) ?? false,
    timeoutMs,
    mode: overrides.mode ?? modeIn(child(node, 'mode')) ?? 'realtime',
    // `--mode batch` replaces the manifest's `auto` together with its deadline.
    deadlineMs: overrides.deadlineMs ?? (isOtherMode ? undefined : deadlineMs),
    batch: buildBatch(child(context.source.root, 'batch')),
  };
}

/** Reports a deadline if no task may leave its batch when time runs short. */
export function reportIdleDeadline(
  tasks: Manifest['tasks'],
  { deadlineMs }: RunSettings,
  { source, report }: ReadContext,
): void {
  if (deadlineMs === undefined || tasks.length === 0) return;
  if (tasks.some(({ mode }) => mode === 'auto')) return;
  const written = entry(child(source.root, 'run'), 'deadline');
  const place = written ? source.keyPlace(written) : { file: '--deadline', line: 1, column: 1 };
  report.error(place, {
    code: 'BAD_VALUE',
    message: 'a `deadline` has no effect without `mode: auto`',
    hint: 'set `mode: auto`: tasks go in batches as long as there is time, then in realtime',
  });
}

function buildBatch(node: SourceNode | undefined): BatchSettings {
  return {
    leftovers: stringOf(child(node, 'leftovers')) === 'batch' ? 'batch' : 'realtime',
    minRows: numberOf(child(node, 'min_rows')) ?? DEFAULT_MIN_ROWS,
    keepFiles: booleanOf(child(node, 'keep_files')) ?? false,
  };
}
