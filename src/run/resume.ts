import type { RunReason } from '../journal/decide.ts';
import type { Journal } from '../journal/journal.ts';
import { requestFingerprint } from '../plan/fingerprint.ts';
import type { Task } from '../plan/task.ts';
import type { PreparedRun } from './prepare.ts';

/** Which tasks of a plan are still to be sent, after what an earlier run left. */
export interface Resumption {
  /** Tasks whose record is kept: nothing is sent for them. */
  readonly kept: number;
  /** Tasks that this kind of resume leaves alone: they have no record. */
  readonly left: number;
  /** Tasks to send, by lane (`provider/model`). */
  readonly toSend: ReadonlyMap<string, number>;
  sends(task: Task): boolean;
}

/** Told for each task that is sent although there is a results file, and why. */
export type Explain = (id: string, reason: RunReason) => void;

/** The part of the journal that decides; a preview of one decides the same. */
type Decider = Pick<Journal, 'expect' | 'decide'>;

/**
 * Decides for every task of the plan. Reads the rows twice: a record belongs first to the task of its
 * own id, and which ids there are is known only after the first pass.
 */
export async function decideTasks(
  prepared: PreparedRun,
  journal: Decider,
  explain: Explain = () => undefined,
): Promise<Resumption> {
  const hosts = new Map(
    prepared.lanes.map(({ planned, provider }) => [laneOf(planned), provider.host]),
  );
  for await (const { task, fingerprint } of fingerprints(prepared, hosts)) {
    journal.expect({ id: task.id, fingerprint });
  }
  /** One bit would do; a byte a task is small enough for a million. */
  const sent = new Uint8Array(prepared.plan.total);
  const toSend = new Map<string, number>();
  let kept = 0;
  let left = 0;
  for await (const { task, fingerprint } of fingerprints(prepared, hosts)) {
    const { id, index } = task;
    const decision = journal.decide({ id, task: task.template.id, index, fingerprint });
    if (decision.kind === 'keep') kept += 1;
    if (decision.kind === 'leave') left += 1;
    if (decision.kind !== 'run') continue;
    explain(id, decision.reason);
    sent[index] = 1;
    const lane = laneOf(task.template.model);
    toSend.set(lane, (toSend.get(lane) ?? 0) + 1);
  }
  return { kept, left, toSend, sends: (task) => sent[task.index] === 1 };
}

/** A task that cannot be rendered has none; it is sent, and its record will say why. */
async function* fingerprints(
  { plan }: PreparedRun,
  hosts: ReadonlyMap<string, string>,
): AsyncGenerator<{ readonly task: Task; readonly fingerprint: string | undefined }> {
  for await (const task of plan.tasks()) {
    const rendered = await plan.render(task);
    const host = hosts.get(laneOf(task.template.model)) ?? '';
    yield {
      task,
      fingerprint: rendered.ok ? requestFingerprint(rendered.request, host) : undefined,
    };
  }
}

function laneOf({
  provider,
  model,
}: {
  readonly provider: string;
  readonly model: string;
}): string {
  return `${provider}/${model}`;
}
