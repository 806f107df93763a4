import { addNeeds } from '../plan/select-tasks.ts';
import type { PreparedRun } from '../run/prepare-run.ts';
import type { Resumption } from '../run/resume.ts';
import type { Comparison } from './change.ts';
import type { Plan } from '../plan/plan.ts';
import type { Task } from '../plan/task.ts';
import { laneName } from '../run/task-content.ts';

export interface ChangedOnly {
  readonly resumption: Resumption;
  /** Unchanged tasks that are included because changed ones need them. */
  readonly needed: number;
}

/**
 * Sends new and changed tasks, and the tasks that they need, unless `resumption` already has them.
 */
export async function changedOnly(
  { plan }: PreparedRun,
  { isChanged }: Pick<Comparison, 'isChanged'>,
  resumption: Resumption | undefined,
): Promise<ChangedOnly> {
  const chosen = isChanged.slice();
  addNeeds(chosen, plan.nodes);
  let needed = 0;
  for (const [index, mark] of chosen.entries()) if (mark > (isChanged[index] ?? 0)) needed += 1;
  return {
    needed,
    resumption: await onlyMarked(plan, ({ index }) => chosen[index] === 1, resumption),
  };
}

/**
 * Sends only marked tasks that `resumption` would send. The others are left alone, unless they have
 * an answer.
 */
async function onlyMarked(
  plan: Pick<Plan, 'tasks' | 'total' | 'end'>,
  isMarked: (task: Pick<Task, 'index'>) => boolean,
  resumption: Resumption | undefined,
): Promise<Resumption> {
  const answered = new Uint8Array(plan.end);
  const isChosen = (task: Pick<Task, 'index'>): boolean =>
    isMarked(task) || answered[task.index] === 1;
  const toSend = new Map<string, number>();
  const toSendOfEntry = new Map<string, number>();
  let chosen = 0;
  for await (const task of plan.tasks()) {
    if (resumption?.hasAnswer(task)) answered[task.index] = 1;
    if (!isChosen(task) || !mayBeSent(task, resumption)) continue;
    const lane = laneName(task.template.model);
    const { id: entry } = task.template;
    chosen += 1;
    toSend.set(lane, (toSend.get(lane) ?? 0) + 1);
    toSendOfEntry.set(entry, (toSendOfEntry.get(entry) ?? 0) + 1);
  }
  const kept = resumption?.kept ?? 0;
  return {
    kept,
    left: plan.total - kept - chosen,
    cached: resumption?.cached ?? 0,
    toSend,
    toSendOfEntry,
    sends: (task) => isChosen(task) && (resumption?.sends(task) ?? true),
    hasAnswer: (task) => resumption?.hasAnswer(task) ?? false,
    needsNoSending: (task) => !isChosen(task) || (resumption?.needsNoSending(task) ?? false),
    fateOf: (task) => {
      if (isChosen(task)) return resumption?.fateOf(task) ?? 'send';
      return resumption?.fateOf(task) === 'keep' ? 'keep' : 'leave';
    },
    recordOf: (task) => resumption?.recordOf(task) ?? noRecord(task),
    decide: (task, needs) => resumption?.decide(task, needs) ?? Promise.resolve({ kind: 'send' }),
    fromElsewhere: resumption?.fromElsewhere ?? NOTHING_FROM_ELSEWHERE,
    // This says nothing about tasks that were not chosen.
    coversAll: () => false,
  };
}

const NOTHING_FROM_ELSEWHERE = { unsealed: 0, foreign: 0, cached: 0, mayGrow: false };

function mayBeSent(task: Task, resumption: Resumption | undefined): boolean {
  const fate = resumption?.fateOf(task) ?? 'send';
  return fate === 'send' || fate === 'undecided';
}

function noRecord({ id }: Task): never {
  throw new Error(`there is no record of ${id}`);
}
