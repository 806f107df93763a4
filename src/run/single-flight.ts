import type { Task } from '../plan/task.ts';
import type { ResultRecord } from '../results/record.ts';

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
  readonly waiting: number;
}

/** `send`: it is the first. `wait`: `landed` will give it. `share`: here is the answer. */
export type Entry =
  | { readonly kind: 'send' | 'wait' }
  | { readonly kind: 'share'; readonly record: ResultRecord };

/** Characters of records: beyond, the oldest are forgotten and a request may be sent again. */
const REMEMBERED_CHARACTERS = 32 * 1024 * 1024;

export function createSingleFlight(remembered: number = REMEMBERED_CHARACTERS): SingleFlight {
  const inFlight = new Map<string, Task[]>();
  const fingerprints = new Map<number, string>();
  /** Records as JSON, which takes a third of the room. */
  const answers = new Map<string, string>();
  let characters = 0;
  let waiting = 0;

  function remember(fingerprint: string, record: ResultRecord): void {
    const text = JSON.stringify(record);
    answers.set(fingerprint, text);
    characters += text.length;
    for (const [oldest, forgotten] of answers) {
      if (characters <= remembered) break;
      answers.delete(oldest);
      characters -= forgotten.length;
    }
  }

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
      if (fingerprint !== undefined && record.status === 'succeeded') remember(fingerprint, record);
      // One that was cut off says nothing about the others: they were not begun.
      return record.status === 'canceled' ? [] : others;
    },
    abandoned: (task) => leave(task).others,
    get waiting() {
      return waiting;
    },
  };
}
