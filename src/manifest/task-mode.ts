import type { Manifest, RunSettings, TaskTemplate } from './manifest.ts';

/** How a task is actually sent. */
export type SendMode = 'realtime' | 'flex' | 'batch';

interface ProviderModes {
  readonly hasBatches?: boolean;
  readonly hasFlex?: boolean;
}

/**
 * `auto` means batch if there is a deadline, otherwise flex. Modes that a provider does not have
 * become realtime.
 */
export function modeOf(
  { mode = 'realtime' }: Pick<TaskTemplate, 'mode'>,
  { deadlineMs }: Pick<RunSettings, 'deadlineMs'>,
  { hasBatches = false, hasFlex = false }: ProviderModes,
): SendMode {
  if (mode === 'batch') return 'batch';
  if (mode === 'auto' && deadlineMs !== undefined) return hasBatches ? 'batch' : 'realtime';
  return mode !== 'realtime' && hasFlex ? 'flex' : 'realtime';
}

/** Whether some tasks would be sent in batches if their providers support them. */
export function asksForBatches({ tasks, run }: Pick<Manifest, 'tasks' | 'run'>): boolean {
  return tasks.some((task) => modeOf(task, run, { hasBatches: true }) === 'batch');
}
