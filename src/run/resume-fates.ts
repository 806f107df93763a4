import type { Task } from '../plan/task.ts';
import type { Fate } from './resume.ts';
import { laneName } from './task-content.ts';

/** `unsendable`: the task makes no request, but gets a record that says why. */
export type InnerFate = Fate | 'share' | 'cached' | 'unsendable';

export type Fates = ReturnType<typeof createFates>;

/** The fate of every task, with counts. `end` is one more than the highest index of a task. */
export function createFates(end: number) {
  const fates = new Uint8Array(end);
  const toSend = new Map<string, number>();
  const toSendOfEntry = new Map<string, number>();
  const counts = { keep: 0, leave: 0, undecided: 0, cached: 0, unexpected: 0 };

  function count(task: Task, fate: InnerFate, change: 1 | -1): void {
    if (fate === 'keep' || fate === 'leave') {
      counts[fate] += change;
      return;
    }
    if (fate === 'undecided' || fate === 'cached') counts[fate] += change;
    const lane = laneName(task.template.model);
    toSend.set(lane, (toSend.get(lane) ?? 0) + change);
    const { id: entry } = task.template;
    toSendOfEntry.set(entry, (toSendOfEntry.get(entry) ?? 0) + change);
  }

  function enter(task: Task, fate: InnerFate): void {
    fates[task.index] = FATES.indexOf(fate);
    count(task, fate, 1);
  }

  return {
    counts,
    toSend,
    toSendOfEntry,
    enter,
    /** Call this before `enter` for an undecided task. */
    reopen: (task: Task): void => count(task, 'undecided', -1),
    isOpen: ({ index }: Task): boolean => fates[index] === OPEN,
    fateOf: ({ index }: Task): InnerFate => FATES[fates[index] ?? OPEN] ?? 'send',
  };
}

/** The task is not decided yet. */
const OPEN = 0;
const FATES: ReadonlyArray<InnerFate | undefined> = [
  undefined,
  'send',
  'keep',
  'leave',
  'undecided',
  'share',
  'cached',
  'unsendable',
];
