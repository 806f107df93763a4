/**
 * Circles in a graph given as the targets of each node's edges: each as its nodes in order, the
 * first being the target of the last. One for each edge that closes a circle, at most `MOST_CYCLES`.
 * Without recursion: a chain may be as long as a manifest.
 */
export function findCycles(
  edges: ReadonlyArray<readonly number[]>,
): ReadonlyArray<readonly number[]> {
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
  /** Place of the edge to follow next. */
  next: number;
}
