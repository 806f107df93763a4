import type { Finding } from '../errors/finding.ts';
import { planTasks } from '../plan/plan-tasks.ts';
import { framed, type LoadedManifest } from './library.ts';

/** Reads every row of a loaded manifest once, and counts the tasks. */
export async function checkRows(
  loaded: LoadedManifest,
): Promise<{ findings: readonly Finding[]; tasks: number | null }> {
  const planned = await planTasks(loaded.manifest, loaded.files);
  return planned.ok
    ? { findings: [], tasks: planned.plan.total }
    : { findings: await framed(planned.findings, loaded), tasks: null };
}
