import type { Plot } from './docs.ts';
import { distinct, titleOf } from './pacing-report.ts';
import { QUANTITIES, spreadAt, type FullRun } from './scale-report.ts';
import { COLORS, createPicture, INK } from './svg.ts';

const PANEL = { width: 220, height: 200, gap: 60 };
const TOP = 70;
const LEFT = 50;

/**
 * One panel per quantity, with two logarithmic axes: a straight rising line grows with the number
 * of tasks.
 */
export function scalePlot(runs: readonly FullRun[]): Plot {
  const sizes = distinct(runs.map(({ tasks }) => tasks)).toSorted((a, b) => a - b);
  const clients = distinct(runs.map(({ client }) => client));
  const title = 'From the first thousand tasks on';
  const width = LEFT + QUANTITIES.length * (PANEL.width + PANEL.gap);
  const picture = createPicture(width, TOP + PANEL.height + 40, title);
  picture.text(LEFT, 18, title, { size: 14, bold: true });
  for (const [index, client] of clients.entries()) {
    const color = COLORS[index % COLORS.length] ?? INK;
    const x = LEFT + index * 130;
    picture.line(
      [
        [x, 34],
        [x + 16, 34],
      ],
      { color, width: 3 },
    );
    picture.text(x + 22, 38, titleOf(client), { color });
  }
  for (const [column, quantity] of QUANTITIES.entries()) {
    const left = LEFT + column * (PANEL.width + PANEL.gap);
    const bottom = TOP + PANEL.height;
    const values = runs.map(quantity.of).filter((value) => value > 0);
    const x = scaleOf(sizes, left, left + PANEL.width);
    const y = scaleOf(values, bottom, TOP + 10);
    picture.text(left, TOP - 6, quantity.title, { bold: true });
    picture.line(
      [
        [left, TOP],
        [left, bottom],
        [left + PANEL.width, bottom],
      ],
      { color: INK, width: 1 },
    );
    for (const size of sizes) {
      picture.text(x(size), bottom + 14, thousands(size), { anchor: 'middle', size: 9 });
    }
    for (const value of [Math.min(...values), Math.max(...values)]) {
      picture.text(left - 4, y(value) + 4, value.toPrecision(2), { anchor: 'end', size: 9 });
    }
    for (const [index, client] of clients.entries()) {
      const points = sizes.flatMap((tasks): Array<[number, number]> => {
        const spread = spreadAt(runs, { client, tasks, quantity });
        return spread ? [[x(tasks), y(spread.median)]] : [];
      });
      picture.line(points, { color: COLORS[index % COLORS.length] ?? INK, width: 2 });
    }
  }
  return { svg: picture.toString(), title };
}

/** A logarithmic scale that maps the smallest value to `from` and the largest to `to`. */
function scaleOf(values: readonly number[], from: number, to: number): (value: number) => number {
  const [low, high] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  return (value) => from + ((Math.log(value) - low) / (high - low || 1)) * (to - from);
}

function thousands(count: number): string {
  return count >= 1_000_000 ? `${count / 1_000_000}M` : `${count / 1_000}k`;
}
