import { printableLine } from '../errors/printable.ts';
import { formatSeconds } from './format.ts';
import { laneLine } from './lane-line.ts';
import type { LaneProgress } from './lane-progress.ts';
import type { ActiveTask, Progress } from './progress-state.ts';
import type { Style } from './style.ts';
import type { Tree } from './tree.ts';
import { displayWidth, truncateEnd, truncateMiddle } from './width.ts';

export interface DrawOptions {
  readonly columns: number;
  readonly rows: number;
  readonly nowMs: number;
  /** The last picture: it stays, without tasks in flight. */
  readonly final: boolean;
  /** Number of the picture, for what turns. */
  readonly spin: number;
  readonly style: Style;
}

const MAX_LANES = 8;
/** Tasks in flight that are shown, over all lanes. */
const WINDOW = 6;

/** Nodes that a tree for so many lanes needs: one each, or the busiest and one for the rest. */
export function nodesFor(lanes: number): number {
  return lanes > MAX_LANES ? MAX_LANES + 1 : lanes;
}

/** Puts what is known into the tree: a line per lane, and below it its longest-running tasks. */
export function drawLanes(tree: Tree, progress: Progress, options: DrawOptions): void {
  const all = progress.lanes(options.nowMs);
  // The row below the tree holds the cursor.
  const lanes = busiest(all, Math.max(1, Math.min(MAX_LANES, options.rows - 2)));
  const nodes = nodesFor(all.length);
  const more = all.length - lanes.length;
  const perLane = options.final ? 0 : windowPerLane(lanes.length, options.rows);
  const nameWidth = Math.max(...lanes.map(({ lane }) => displayWidth(printableLine(lane))));
  for (let node = 0; node < nodes; node++) {
    const lane = lanes[node];
    if (lane) {
      const active = progress.active(options.nowMs, { limit: perLane, lane: lane.lane });
      const below = active.map((task) => taskLine(task, options));
      tree.set(node, titleOf(lane, nameWidth, options), below);
    } else {
      tree.set(node, node === lanes.length && more > 0 ? moreLine(more, options) : '', []);
    }
  }
}

/** In manifest order, so that lines keep their places. */
function busiest(lanes: readonly LaneProgress[], limit: number): readonly LaneProgress[] {
  if (lanes.length <= limit) return lanes;
  const byWork = lanes.toSorted(
    (a, b) => b.active - a.active || b.tasks - b.done - (a.tasks - a.done),
  );
  const chosen = new Set(byWork.slice(0, limit));
  return lanes.filter((lane) => chosen.has(lane));
}

function windowPerLane(lanes: number, rows: number): number {
  const room = Math.max(0, rows - 2 - lanes);
  return Math.min(Math.max(1, Math.floor(WINDOW / lanes)), Math.floor(room / lanes));
}

function titleOf(lane: LaneProgress, nameWidth: number, options: DrawOptions): string {
  const { columns, style } = options;
  // One column stays free: some terminals break a line that is exactly full.
  const width = columns - 1 - INDENT.length;
  const named = { ...(options.final ? settled(lane) : lane), lane: printableLine(lane.lane) };
  return `${iconOf(lane, options)} ${laneLine(named, { width, nameWidth, style })}`;
}

/** Without what no longer goes on. */
function settled(lane: LaneProgress): LaneProgress {
  return { ...lane, active: 0, retrying: 0, etaMs: undefined, pause: undefined, bound: undefined };
}

function iconOf(lane: LaneProgress, { spin, final, style }: DrawOptions): string {
  if (lane.stopped) return style('red', '✗');
  if (lane.done === lane.tasks) return lane.failed > 0 ? style('red', '✗') : style('green', '✓');
  if (final) return style('yellow', '-');
  return style('yellow', SPINNER.charAt(spin % SPINNER.length));
}

const SPINNER = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const INDENT = '  ';

/** `review@src/…/auth.ts  12s  attempt 2`. */
function taskLine(task: ActiveTask, { columns, style }: DrawOptions): string {
  const attempt = task.attempt > 1 ? `  attempt ${task.attempt}` : '';
  const facts = `  ${formatSeconds(task.elapsedMs)}${attempt}`;
  const room = Math.max(1, columns - 1 - INDENT.length - facts.length);
  return `${INDENT}${truncateMiddle(printableLine(task.id), room)}${style('dim', facts)}`;
}

function moreLine(more: number, { columns, style }: DrawOptions): string {
  return style('dim', truncateEnd(`… ${more} more`, columns - 1));
}
