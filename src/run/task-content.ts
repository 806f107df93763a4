import type { TaskContent } from '../journal/match-records.ts';
import type { ModelName } from '../manifest/manifest.ts';
import { modelsOf } from '../manifest/task-models.ts';
import { earlierFingerprints, requestFingerprint } from '../plan/fingerprint.ts';
import type { NeedsData } from '../plan/needs-data.ts';
import type { Plan } from '../plan/plan.ts';
import type { Task } from '../plan/task.ts';
import type { LaneName } from '../outcome/schedule-events.ts';
import type { PreparedRun } from './prepare-run.ts';

export function laneName({ provider, model }: ModelName): LaneName {
  return `${provider}/${model}`;
}

/** The host of each lane's provider. */
export function hostsOf({ hosts }: Pick<PreparedRun, 'hosts'>): (lane: LaneName) => string {
  return (lane) => hosts.get(lane.slice(0, lane.indexOf('/'))) ?? '';
}

/**
 * Identifies a task's records by the fingerprints of its request to each model that may answer it,
 * in order. There are none if the task cannot be rendered; its record will say why.
 */
export async function taskContent(
  task: Task,
  options: {
    readonly plan: Plan;
    readonly hostOf: (lane: LaneName) => string;
    readonly needs?: NeedsData | undefined;
    /** Whether to include the fingerprints of earlier releases. */
    readonly withEarlier: boolean;
  },
): Promise<TaskContent> {
  const { plan, hostOf, needs, withEarlier } = options;
  const fingerprints: string[] = [];
  for (const model of modelsOf(task.template)) {
    const rendered = await plan.render(task, { needs, model });
    if (!rendered.ok) break;
    const host = hostOf(laneName(model));
    fingerprints.push(requestFingerprint(rendered.request, host));
    if (withEarlier) fingerprints.push(...earlierFingerprints(rendered.request, host));
  }
  return { fingerprints };
}
