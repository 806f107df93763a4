import { endedWell } from '../results/record.ts';
import type { RunEvent } from '../results/run-events.ts';
import { printableLine } from '../errors/escape-invisible.ts';
import { counted } from './format-numbers.ts';
import { entryOf } from './progress-state.ts';

/** Groups failures by reason. The number of groups is limited. */
export interface FailureLog {
  apply(event: RunEvent): void;
  /** Stopped models first, then failures, then skipped tasks; the most frequent first. */
  groups(): readonly FailureGroup[];
  /** Tasks that failed or were skipped after a failure, including those beyond the limit. */
  count(): number;
}

export interface FailureGroup {
  /**
   * `tasks`: each failed for this reason. `lane`: a model was stopped. `skipped`: the tasks were
   * skipped because a task that they need failed.
   */
  readonly kind: 'tasks' | 'lane' | 'skipped';
  /** The first few ids of tasks, or names of models for `lane`. */
  readonly ids: readonly string[];
  /** Number of tasks. For `lane`, those that failed for the same reason. */
  readonly count: number;
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** `3 tasks: BAD_REQUEST: the prompt is too long (a, b, c)`. */
export function failureText({ kind, ids, count, code, message }: FailureGroup): string {
  const reason = `${code}: ${printableLine(message)}`;
  const names = ids.map(printableLine).join(', ');
  const open = count > ids.length ? ', …' : '';
  if (kind === 'lane') {
    return `${names} stopped: ${reason}${count > 0 ? ` (${counted(count, 'task')})` : ''}`;
  }
  if (kind === 'skipped') return `${counted(count, 'task')} skipped: ${printableLine(message)}`;
  if (count === 1) return `${names}: ${reason}`;
  return `${counted(count, 'task')}: ${reason} (${names}${open})`;
}

const MAX_GROUPS = 200;
const MAX_IDS = 3;

export function createFailureLog(): FailureLog {
  const groups = new Map<string, MutableGroup>();
  let count = 0;

  function add(kind: FailureGroup['kind'], id: string, reason: Reason): void {
    const key = keyOf(kind, reason);
    const known = groups.get(key);
    if (known) {
      known.count += 1;
      if (known.ids.length < MAX_IDS) known.ids.push(id);
    } else if (groups.size < MAX_GROUPS) {
      const { code, message, hint } = reason;
      groups.set(key, { kind, ids: [id], count: 1, code, message, hint: hint ?? undefined });
    }
  }

  function addTask(id: string, error: Reason): void {
    count += 1;
    if (error.code !== 'DEPENDENCY_FAILED') return add('tasks', id, error);
    const message = `\`${entryOf(id)}\` needs a task that failed`;
    add('skipped', id, { code: error.code, message });
  }

  /** Merges the tasks that failed for the same reason into the group of a stopped model. */
  function merged(group: MutableGroup): readonly FailureGroup[] {
    if (group.kind === 'lane') {
      return [{ ...group, count: groups.get(keyOf('tasks', group))?.count ?? 0 }];
    }
    return group.kind === 'tasks' && groups.has(keyOf('lane', group)) ? [] : [group];
  }

  return {
    apply(event) {
      if (event.type === 'lane_stopped') add('lane', event.lane, event.failure);
      if (event.type !== 'task_finished') return;
      const { id, expected, unexpected_reason: message = '' } = event.record;
      if (expected === false) addTask(id, { code: UNEXPECTED, message });
      if (!event.record.error) return;
      if (!endedWell(event.record)) addTask(event.record.id, event.record.error);
    },
    groups: () =>
      [...groups.values()]
        .flatMap(merged)
        .toSorted((a, b) => RANKS[a.kind] - RANKS[b.kind] || b.count - a.count),
    count: () => count,
  };
}

/** Used instead of a failure code, because the task succeeded. */
const UNEXPECTED = 'UNEXPECTED';

type MutableGroup = { -readonly [Key in keyof FailureGroup]: FailureGroup[Key] } & {
  ids: string[];
};

interface Reason {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | null | undefined;
}

function keyOf(kind: FailureGroup['kind'], { code, message }: Reason): string {
  return JSON.stringify([kind, code, message]);
}

const RANKS: Readonly<Record<FailureGroup['kind'], number>> = { lane: 0, tasks: 1, skipped: 2 };
