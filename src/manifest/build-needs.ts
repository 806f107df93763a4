import { didYouMean, listed } from '../errors/suggest.ts';
import type { Need } from './manifest.ts';
import type { FindingWords } from './collect-findings.ts';
import { shown } from './recognize-secrets.ts';
import type { Written } from './written-value.ts';

export interface TaskNeeds {
  /** Each id once, in the order written, except that the id in `for_each` comes first. */
  readonly all: readonly TaskNeed[];
  /** Index in `tasks` of the entry that `for_each: {needs: …}` follows. */
  readonly follows: number | undefined;
  readonly isInvalid: boolean;
}

interface TaskNeed extends Need {
  readonly to: number;
}

/** The needs of every entry of `tasks`, by index. Reports unknown ids, duplicates and cycles. */
export function readNeeds(tasks: readonly Written[], ids: readonly string[]): readonly TaskNeeds[] {
  const places = new Map<string, number>();
  for (const [index, id] of ids.entries()) if (!places.has(id)) places.set(id, index);
  const known: Known = { places, unknown: 0 };
  const written = tasks.map((task, own) => readLinks(task, own, known));
  const circular = reportCycles(written, ids);
  return written.map(({ links, isInvalid }, index): TaskNeeds => ({
    all: links,
    follows: circular.has(index) ? undefined : links.find(({ isFollowed }) => isFollowed)?.to,
    isInvalid: isInvalid || circular.has(index),
  }));
}

/** The index of the first entry in a chain of `for_each: {needs: …}`. The chain uses its rows. */
export function rootOf(index: number, needs: readonly TaskNeeds[]): number {
  let root = index;
  // The number of steps is limited, because `findCycles` reports only the first few cycles.
  for (let steps = 0; steps < needs.length; steps += 1) {
    const follows = needs[root]?.follows;
    if (follows === undefined) break;
    root = follows;
  }
  return root;
}

interface Link extends TaskNeed {
  readonly written: Written;
  readonly isFollowed: boolean;
}

interface Links {
  readonly links: readonly Link[];
  readonly isInvalid: boolean;
}

function readLinks(task: Written, own: number, known: Known): Links {
  const links = new Map<string, Link>();
  let isInvalid = false;
  const add = (need: Written, { isFollowed }: { readonly isFollowed: boolean }): void => {
    const written = need.isMap ? need.get('id') : need;
    const { string: id } = written;
    if (id === undefined) {
      // The schema check reports values of other types.
      isInvalid = true;
      return;
    }
    const to = known.places.get(id);
    const earlier = links.get(id);
    if (to === undefined) {
      written.error(unknownTask(id, known, own));
      isInvalid = true;
    } else if (earlier && !earlier.isFollowed) {
      const message = `\`${shown(id)}\` is listed twice in \`needs\``;
      written.error({ message, hint: 'delete one of the two' });
    } else {
      // If `for_each` and `needs` contain the same task, `needs` sets `allow_failed`.
      const allowFailed = need.get('allow_failed').boolean ?? false;
      const follows = isFollowed || earlier !== undefined;
      links.set(id, { id, to, written, allowFailed, isFollowed: follows });
    }
  };
  const followed = task.get('for_each').get('needs');
  if (followed.isGiven) add(followed, { isFollowed: true });
  for (const need of task.get('needs').items) add(need, { isFollowed: false });
  return { links: [...links.values()], isInvalid };
}

interface Known {
  readonly places: ReadonlyMap<string, number>;
  unknown: number;
}

/** Finding a similar id compares all ids, which takes too long if most ids are wrong. */
const MOST_HINTS = 50;

function unknownTask(id: string, known: Known, own: number): FindingWords {
  const unknown = { code: 'UNKNOWN_TASK', message: `there is no task \`${shown(id)}\`` } as const;
  known.unknown += 1;
  if (known.unknown > MOST_HINTS) return { ...unknown, hint: 'use the `id` of an existing task' };
  const { places } = known;
  const whole = /^[^@#]*/.exec(id)?.[0] ?? '';
  if (places.has(whole) && whole !== id) {
    return { ...unknown, hint: `\`needs\` takes whole tasks: write \`${shown(whole)}\`` };
  }
  const ids = [...places].filter(([, place]) => place !== own).map(([each]) => shown(each));
  const others = ids.length === 0 ? 'there is no other task' : `the other tasks are ${listed(ids)}`;
  return { ...unknown, hint: didYouMean(id, ids, others) };
}

/** Reports each cycle at the need that closes it. Returns the indexes of all tasks in a cycle. */
function reportCycles(written: readonly Links[], ids: readonly string[]): ReadonlySet<number> {
  const circular = new Set<number>();
  for (const cycle of findCycles(written.map(({ links }) => links.map(({ to }) => to)))) {
    for (const index of cycle) circular.add(index);
    const last = cycle.at(-1);
    const [first] = cycle;
    const closing = written[last ?? 0]?.links.find(({ to }) => to === first);
    const isSelf = cycle.length === 1;
    closing?.written.error({
      code: 'NEEDS_CYCLE',
      message: isSelf
        ? `a task cannot need itself: ${drawn(cycle, ids)}`
        : `these tasks wait for each other: ${drawn(cycle, ids)}`,
      hint: isSelf ? 'delete it' : 'delete one of these needs',
    });
  }
  return circular;
}

const MOST_DRAWN = 12;

function drawn(cycle: readonly number[], ids: readonly string[]): string {
  const names = [...cycle, ...cycle.slice(0, 1)].map((index) => `\`${shown(ids[index] ?? '')}\``);
  const kept =
    names.length <= MOST_DRAWN
      ? names
      : [...names.slice(0, MOST_DRAWN - 2), '…', ...names.slice(-2)];
  return kept.join(' → ');
}

/**
 * Finds cycles in a graph, given as the targets of each node's edges. Each cycle lists its nodes in
 * order. Finds one cycle for each edge that closes one, up to `MOST_CYCLES`. Not recursive, because
 * a chain may be as long as the manifest.
 */
function findCycles(edges: ReadonlyArray<readonly number[]>): ReadonlyArray<readonly number[]> {
  const cycles: number[][] = [];
  const state = new Uint8Array(edges.length);
  for (let root = 0; root < edges.length; root += 1) {
    if (state[root] !== NEW) continue;
    const path: Step[] = [{ node: root, next: 0 }];
    state[root] = OPEN;
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const target = edges[step.node]?.[step.next];
      step.next += 1;
      if (target === undefined) {
        state[step.node] = DONE;
        path.pop();
      } else if (state[target] === NEW) {
        state[target] = OPEN;
        path.push({ node: target, next: 0 });
      } else if (state[target] === OPEN && cycles.length < MOST_CYCLES) {
        const from = path.findIndex(({ node }) => node === target);
        cycles.push(path.slice(from).map(({ node }) => node));
      }
    }
  }
  return cycles;
}

const MOST_CYCLES = 20;
const [NEW, OPEN, DONE] = [0, 1, 2];

interface Step {
  readonly node: number;
  /** Index of the edge to follow next. */
  next: number;
}
