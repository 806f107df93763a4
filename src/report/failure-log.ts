import { endedWell } from '../results/record.ts';
import type { RunEvent } from '../results/events.ts';

/** Remembers why tasks failed, however many: alike ones count as one, and only so many kinds are kept. */
export interface FailureLog {
  apply(event: RunEvent): void;
  /** Kinds of failure, the most frequent first. */
  groups(): readonly FailureGroup[];
  /** Failed tasks in all, those whose kind was not kept included. */
  count(): number;
}

export interface FailureGroup {
  /** Of tasks, or of a provider and model that was stopped as a whole. */
  readonly kind: 'tasks' | 'lane';
  /** The first few. */
  readonly ids: readonly string[];
  readonly count: number;
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

const MAX_GROUPS = 200;
const MAX_IDS = 3;

export function createFailureLog(): FailureLog {
  const groups = new Map<string, MutableGroup>();
  let count = 0;

  function add(kind: FailureGroup['kind'], id: string, failure: Reason): void {
    const key = JSON.stringify([kind, failure.code, failure.message]);
    const known = groups.get(key);
    if (known) {
      known.count += 1;
      if (known.ids.length < MAX_IDS) known.ids.push(id);
    } else if (groups.size < MAX_GROUPS) {
      const { code, message, hint } = failure;
      groups.set(key, { kind, ids: [id], count: 1, code, message, hint: hint ?? undefined });
    }
  }

  return {
    apply(event) {
      if (event.type === 'lane_stopped') add('lane', event.lane, event.failure);
      if (event.type !== 'task_finished' || !event.record.error) return;
      if (endedWell(event.record)) return;
      count += 1;
      add('tasks', event.record.id, event.record.error);
    },
    groups: () => [...groups.values()].toSorted((a, b) => rank(a) - rank(b) || b.count - a.count),
    count: () => count,
  };
}

type MutableGroup = { -readonly [Key in keyof FailureGroup]: FailureGroup[Key] } & {
  ids: string[];
};

interface Reason {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | null;
}

/** A stopped provider explains the rest, so it comes first. */
function rank({ kind }: FailureGroup): number {
  return kind === 'lane' ? 0 : 1;
}
