import type { Finding } from '../errors/finding.ts';
import { planTasks } from '../plan/plan-tasks.ts';
import type { LoadedManifest } from './library.ts';

/** Reads every row of a loaded manifest once, and counts the tasks. */
export async function checkRows({
  manifest,
  files,
}: LoadedManifest): Promise<{ findings: readonly Finding[]; tasks: number | null }> {
  const planned = await planTasks(manifest, files);
  return planned.ok
    ? { findings: [], tasks: planned.plan.total }
    : { findings: planned.findings, tasks: null };
}
