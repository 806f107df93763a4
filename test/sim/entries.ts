import { createDice } from './dice.ts';
import { contentOfTask, type SimulatedTask } from './tasks.ts';

/** An entry of a generated manifest, and what it expands to. */
export interface SimulatedEntry {
  readonly task: SimulatedTask;
  /** The number of its samples; undefined without `repeat`. */
  readonly repeat: number | undefined;
  /** Ids of the entries that it needs. */
  readonly needs: readonly string[];
  /** The value of its `if`; undefined without one. */
  readonly condition: boolean | undefined;
}

/** One task of the expanded manifest. */
export interface ExpandedTask extends SimulatedTask {
  readonly entryId: string;
  /** Its position in the whole manifest. */
  readonly index: number;
  readonly content: string;
  /** Ids of the tasks that must have succeeded before it is sent. */
  readonly needs: readonly string[];
  /** False if its `if` is false. */
  readonly isWanted: boolean;
}

/**
 * Links the tasks of a life, if the story is about links at all. The links of a topic are the same
 * in every life, except for the value of `if`. Tasks need only tasks with a lower topic, so cycles
 * are impossible.
 */
export function entriesOf(
  tasks: readonly SimulatedTask[],
  { seed, life }: { readonly seed: number; readonly life: number },
): SimulatedEntry[] {
  const isLinked = createDice(seed, 'links').chance(0.3);
  return tasks.map((task): SimulatedEntry => {
    const plain = { task, repeat: undefined, needs: [], condition: undefined };
    if (!isLinked) return plain;
    const dice = createDice(seed, `links of ${task.topic}`);
    const lower = tasks.filter(({ topic }) => topic < task.topic);
    const [first, ...others] = lower;
    const needed = new Set(first && dice.chance(0.4) ? [dice.pick([first, ...others])] : []);
    const another = createDice(seed, `another need of ${task.topic}`);
    if (first && needed.size > 0 && another.chance(0.4)) {
      needed.add(another.pick([first, ...others]));
    }
    const isAlone = tasks.every((other) => other === task || other.topic !== task.topic);
    return {
      task,
      needs: [...needed].map(({ id }) => id),
      repeat: dice.chance(0.2) && isAlone ? dice.between(1, 3) : undefined,
      condition: dice.chance(0.2)
        ? createDice(seed, `if of ${task.topic} in ${life}`).chance(0.6)
        : undefined,
    };
  });
}

/** The tasks, in the order of the expanded manifest. */
export function expanded(entries: readonly SimulatedEntry[]): ExpandedTask[] {
  const idsOf = new Map(entries.map((entry) => [entry.task.id, taskIds(entry)]));
  const tasks = entries.flatMap((entry) =>
    taskIds(entry).map((id, at) => ({
      ...entry.task,
      id,
      entryId: entry.task.id,
      content: contentOfTask(entry.task, at + 1),
      needs: entry.needs.flatMap((needed) => idsOf.get(needed) ?? []),
      isWanted: entry.condition ?? true,
    })),
  );
  return tasks.map((task, index) => ({ ...task, index }));
}

function taskIds({ task, repeat }: SimulatedEntry): string[] {
  if (repeat === undefined) return [task.id];
  return Array.from({ length: repeat }, (_, at) => `${task.id}#${at + 1}`);
}
