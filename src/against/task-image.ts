import { hash } from 'node:crypto';
import type { TaskTemplate } from '../manifest/manifest.ts';
import { requestFingerprint } from '../plan/fingerprint.ts';
import type { Plan } from '../plan/plan.ts';
import type { Task } from '../plan/task.ts';
import type { ProjectFiles } from '../ports/files.ts';
import type { LaneName } from '../outcome/schedule-events.ts';
import { laneName } from '../run/task-content.ts';

/** One of the two compared manifests. */
export interface Side {
  readonly plan: Plan;
  readonly hostOf: (lane: LaneName) => string;
  readonly files: ProjectFiles;
}

/** The request of a task. Tasks with the same `request` are equal. */
export interface TaskImage {
  readonly request: string;
  readonly template: TaskTemplate;
  readonly row: string;
  readonly attachments: string;
}

/**
 * A task that needs others is identified by its template and data: placeholders of the expected
 * length replace the answers that it needs.
 */
export async function imageOf(task: Task, { plan, hostOf }: Side): Promise<TaskImage> {
  const { template, item, matrix } = task;
  const rendered = await plan.render(task);
  const lane = laneName(template.model);
  const isDecidedLater = template.condition?.variables.some(({ path }) => path[0] === 'needs');
  return {
    request: short([
      rendered.ok ? requestFingerprint(rendered.request, hostOf(lane)) : rendered.failure.code,
      isDecidedLater ? template.condition?.text : undefined,
    ]),
    template,
    row: short([item ?? null, matrix ?? null]),
    attachments: rendered.ok
      ? (rendered.request.attachments ?? []).map(({ sha256 }) => sha256).join()
      : '',
  };
}

/** A short hash. */
export function short(value: unknown): string {
  return hash('sha256', JSON.stringify(value), 'base64url').slice(0, 22);
}
