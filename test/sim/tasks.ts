import type { Dice } from './dice.ts';

/**
 * One task of a simulated manifest. Its answer depends on its lane, topic, version, padding and
 * `maxTokens`.
 */
export interface SimulatedTask {
  readonly id: string;
  readonly lane: string;
  readonly topic: number;
  readonly version: number;
  /** Half the number of additional input tokens. */
  readonly padding: number;
  readonly maxTokens: number;
  readonly maxRetries: number;
  readonly timeoutMs: number;
}

export function promptOf({ topic, version, padding }: SimulatedTask): string {
  return `topic ${topic} version ${version}${' a'.repeat(padding)}`;
}

/**
 * The content that determines whether an answer may be kept: the server that got the request, and
 * the request.
 */
export function contentOf(
  lane: string,
  request: {
    readonly prompt: string;
    readonly maxTokens: number | undefined;
    readonly sample?: number;
  },
): string {
  const { prompt, maxTokens = '-', sample = 1 } = request;
  return `${lane} ${maxTokens}${sample > 1 ? ` sample ${sample}` : ''} ${prompt}`;
}

/** `sample` counts from 1. */
export function contentOfTask(task: SimulatedTask, sample: number): string {
  return contentOf(task.lane, { prompt: promptOf(task), maxTokens: task.maxTokens, sample });
}

export function firstTasks(
  dice: Dice,
  { lanes, isCrowded }: { readonly lanes: readonly string[]; readonly isCrowded: boolean },
): SimulatedTask[] {
  const few = dice.pick([1, 2, 3, 3, 4, 5, 8]);
  // Enough tasks that the pace of a lane matters.
  const count = isCrowded ? few * 10 : few;
  return Array.from({ length: count }, (_, at) => newTask(dice, lanes, at + 1));
}

/**
 * Adds a task with the content of another one under a new id, so that one answer is requested
 * twice.
 */
export function withTwin(tasks: readonly SimulatedTask[], dice: Dice): SimulatedTask[] {
  return repeat([...tasks], dice);
}

function newTask(dice: Dice, lanes: readonly string[], topic: number): SimulatedTask {
  return {
    id: `t${topic}`,
    lane: lanes[dice.between(0, lanes.length - 1)] ?? 'alpha/a1',
    topic,
    version: 1,
    padding: dice.pick([0, 0, 0, 10, 40]),
    maxTokens: dice.pick([20, 50, 100]),
    maxRetries: dice.pick([0, 1, 2, 3]),
    timeoutMs: dice.pick([2_000, 10_000, 70_000]),
  };
}

type Edit = (tasks: SimulatedTask[], dice: Dice, lanes: readonly string[]) => SimulatedTask[];

const edits: readonly [Edit, ...Edit[]] = [
  function reorder(tasks, dice) {
    return dice.shuffled(tasks);
  },
  function rename(tasks, dice) {
    const at = dice.between(0, tasks.length - 1);
    return tasks.map((task, index) =>
      index === at ? { ...task, id: unusedId(tasks, 'r') } : task,
    );
  },
  function changePrompt(tasks, dice) {
    const at = dice.between(0, tasks.length - 1);
    return tasks.map((task, index) =>
      index === at ? { ...task, version: dice.between(1, 3) } : task,
    );
  },
  function remove(tasks, dice) {
    const at = dice.between(0, tasks.length - 1);
    return tasks.length === 1 ? tasks : tasks.filter((_, index) => index !== at);
  },
  function add(tasks, dice, lanes) {
    const topic = Math.max(...tasks.map((task) => task.topic)) + 1;
    const at = dice.between(0, tasks.length);
    return tasks.toSpliced(at, 0, { ...newTask(dice, lanes, topic), id: unusedId(tasks, 'n') });
  },
  repeat,
  function swapIds(tasks) {
    const [first, second, ...rest] = tasks;
    if (!first || !second) return tasks;
    return [{ ...first, id: second.id }, { ...second, id: first.id }, ...rest];
  },
  function move(tasks, dice, lanes) {
    const at = dice.between(0, tasks.length - 1);
    const lane = lanes[dice.between(0, lanes.length - 1)];
    return tasks.map((task, index) => (index === at && lane ? { ...task, lane } : task));
  },
];

/** The manifest as its author has edited it before the next run. Most often, nothing changed. */
export function editTasks(
  tasks: readonly SimulatedTask[],
  lanes: readonly string[],
  dice: Dice,
): SimulatedTask[] {
  let edited = [...tasks];
  for (let times = dice.pick([0, 0, 1, 1, 2, 4]); times > 0; times -= 1) {
    edited = dice.pick(edits)(edited, dice, lanes);
  }
  return edited;
}

/**
 * The first task now has a new request, and so does another one, under the id of a third, which has
 * a new id. While the first task is in flight, the requests of the tasks that need it are unknown,
 * and so is which answers are theirs.
 */
export function withIdTaken(tasks: readonly SimulatedTask[], dice: Dice): SimulatedTask[] {
  const first = tasks.toSorted((one, other) => one.topic - other.topic)[0];
  const [taker, owner] = dice.shuffled(tasks.filter((task) => task !== first));
  if (!taker || !owner) return [...tasks];
  return tasks.map((task) => {
    if (task === owner) return { ...task, id: unusedId(tasks, 'u') };
    if (task === taker) return { ...task, id: owner.id, version: task.version + 1 };
    return task === first ? { ...task, version: task.version + 1 } : task;
  });
}

function repeat(tasks: SimulatedTask[], dice: Dice): SimulatedTask[] {
  const [first] = tasks;
  if (!first) return tasks;
  const at = dice.between(0, tasks.length - 1);
  return tasks.toSpliced(at, 0, { ...(tasks[at] ?? first), id: unusedId(tasks, 'd') });
}

function unusedId(tasks: readonly SimulatedTask[], prefix: string): string {
  const used = new Set(tasks.map(({ id }) => id));
  for (let number = 1; ; number += 1) {
    const id = `${prefix}${number}`;
    if (!used.has(id)) return id;
  }
}
