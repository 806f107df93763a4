import type { Task } from '../plan/task.ts';
import type { ResultRecord } from '../results/record.ts';
import { createTextMemory } from './text-memory.ts';

/**
 * Sends each distinct request of a lane once: equal requests wait while it is in flight, and later
 * ones get the remembered answer.
 */
export interface SingleFlight {
  enter(task: Task, fingerprint: string): Entry;
  /** Notes that a task ended. Returns the tasks that waited for it; they share its record. */
  landed(task: Task, record: ResultRecord): readonly Task[];
  /**
   * Notes that a task will not be sent. Returns the tasks that waited for it; they will not be sent
   * either.
   */
  abandoned(task: Task): readonly Task[];
  waiting(): number;
}

/**
 * `send`: the task is the first with its request. `wait`: `landed` returns the task later. `share`:
 * `record` is the answer.
 */
export type Entry =
  | { readonly kind: 'send' | 'wait' }
  | { readonly kind: 'share'; readonly record: ResultRecord };

/**
 * The most bytes of records to remember. Beyond this, the oldest are dropped, and their requests
 * may be sent again.
 */
const REMEMBERED_BYTES = 16 * 1024 * 1024;

export function createSingleFlight(): SingleFlight {
  const inFlight = new Map<string, Task[]>();
  const fingerprints = new Map<number, string>();
  /** Records as JSON. */
  const answers = createTextMemory(REMEMBERED_BYTES);
  let waiting = 0;

  function leave(task: Task): { fingerprint: string | undefined; others: readonly Task[] } {
    const fingerprint = fingerprints.get(task.index);
    if (fingerprint === undefined) return { fingerprint, others: [] };
    const others = inFlight.get(fingerprint) ?? [];
    fingerprints.delete(task.index);
    inFlight.delete(fingerprint);
    waiting -= others.length;
    return { fingerprint, others };
  }

  return {
    enter(task, fingerprint) {
      const answer = answers.get(fingerprint);
      if (answer !== undefined) {
        const record: ResultRecord = JSON.parse(answer);
        return { kind: 'share', record };
      }
      const others = inFlight.get(fingerprint);
      if (others) {
        others.push(task);
        waiting += 1;
        return { kind: 'wait' };
      }
      inFlight.set(fingerprint, []);
      fingerprints.set(task.index, fingerprint);
      return { kind: 'send' };
    },
    landed(task, record) {
      const { fingerprint, others } = leave(task);
      if (fingerprint !== undefined && record.status === 'succeeded') {
        answers.put(fingerprint, JSON.stringify(record));
      }
      // The outcome of a canceled task says nothing about the others, which were not started.
      return record.status === 'canceled' ? [] : others;
    },
    abandoned: (task) => leave(task).others,
    waiting: () => waiting,
  };
}
