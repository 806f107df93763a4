import type { TaskContent } from '../journal/decide.ts';
import type { ModelName } from '../manifest/manifest.ts';
import { modelsOf } from '../manifest/task-models.ts';
import { requestFingerprint } from '../plan/fingerprint.ts';
import type { NeedsData } from '../plan/needs-data.ts';
import type { Plan } from '../plan/plan.ts';
import type { Task } from '../plan/task.ts';
import type { LaneName } from '../schedule/events.ts';
import type { PreparedRun } from './prepare.ts';

export function laneName({ provider, model }: ModelName): LaneName {
  return `${provider}/${model}`;
}

/** The host of each lane's provider. */
export function hostsOf({ hosts }: Pick<PreparedRun, 'hosts'>): (lane: LaneName) => string {
  return (lane) => hosts.get(lane.slice(0, lane.indexOf('/'))) ?? '';
}

/**
 * What a task's records are known by: its request to each model that may answer it. One that cannot
 * be rendered has none; it is sent, and its record will say why.
 */
export async function taskContent(
  task: Task,
  options: {
    readonly plan: Plan;
    readonly hostOf: (lane: LaneName) => string;
    readonly needs?: NeedsData | undefined;
  },
): Promise<TaskContent> {
  const { plan, hostOf, needs } = options;
  const found: string[] = [];
  for (const model of modelsOf(task.template)) {
    const rendered = await plan.render(task, { needs, model });
    if (!rendered.ok) break;
    found.push(requestFingerprint(rendered.request, hostOf(laneName(model))));
  }
  const [fingerprint, ...fallbackFingerprints] = found;
  return { fingerprint, fallbackFingerprints };
}
