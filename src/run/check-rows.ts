import type { Finding } from '../errors/finding.ts';
import { planTasks } from '../plan/plan-tasks.ts';
import { modelWarnings } from './model-warnings.ts';
import { smallBudgetWarnings } from './run-budget.ts';
import { framed, type LoadedManifest } from './library.ts';

/** Reads every row of a loaded manifest once and counts the tasks. */
export async function checkRows(
  loaded: LoadedManifest,
  { epochMs }: { readonly epochMs: number },
): Promise<{ findings: readonly Finding[]; tasks: number | null }> {
  const planned = await planTasks(loaded.manifest, loaded.files);
  const models = [
    ...modelWarnings(loaded.manifest, { epochMs }),
    ...smallBudgetWarnings(loaded.manifest),
  ];
  return planned.ok
    ? {
        findings: await framed([...models, ...planned.warnings], loaded),
        tasks: planned.plan.total,
      }
    : { findings: await framed([...models, ...planned.findings], loaded), tasks: null };
}
