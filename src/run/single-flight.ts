import type { Task } from '../plan/task.ts';
import type { ResultRecord } from '../results/record.ts';
import { createTextMemory } from './text-memory.ts';

/**
 * Sends each request of a lane once: who asks for the same while it is in flight waits for its
 * answer, who asks later is given it, as long as it is remembered.
 */
export interface SingleFlight {
  enter(task: Task, fingerprint: string): Entry;
  /** A task of this lane ended. Gives those that waited for it, to share its record. */
  landed(task: Task, record: ResultRecord): readonly Task[];
  /** A task of this lane will not be sent. Gives those that waited for it: nor will they. */
  abandoned(task: Task): readonly Task[];
  /** How many wait. */
  waiting(): number;
}

/** `send`: it is the first. `wait`: `landed` will give it. `share`: here is the answer. */
export type Entry =
  | { readonly kind: 'send' | 'wait' }
  | { readonly kind: 'share'; readonly record: ResultRecord };

/** Bytes of records: beyond this, the oldest are dropped and a request may be sent again. */
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
      // One that was cut off says nothing about the others: they were not begun.
      return record.status === 'canceled' ? [] : others;
    },
    abandoned: (task) => leave(task).others,
    waiting: () => waiting,
  };
}
