import type { Scenario } from '../scenarios.ts';
import { TICK_MS } from '../server/server-plan.ts';
import type { Trial } from '../trial.ts';
import { distinct, titleOf, total, trialsOf } from './pacing-report.ts';
import type { Plot } from './docs.ts';
import { COLORS, createPicture, INK, type Picture } from './svg.ts';

const PANEL = { width: 250, height: 130, gap: 34, columns: 3 };
const TOP = 60;
const LEFT = 40;
/** How many ticks are drawn as one point: a second. */
const SMOOTH = 1_000 / TICK_MS;

/**
 * One panel per scenario: the requests per second that the server admitted over time in the first
 * run.
 */
export function pacingPlot(trials: readonly Trial[]): Plot {
  const clients = distinct(trials.map(({ client }) => client));
  const scenarios = distinct(trials.map(({ scenario }) => scenario));
  const rows = Math.ceil(scenarios.length / PANEL.columns);
  const width = LEFT + PANEL.columns * (PANEL.width + PANEL.gap);
  const title = 'Requests per second that the server admitted, over time (first run)';
  const picture = createPicture(width, TOP + rows * (PANEL.height + PANEL.gap + 16), title);
  picture.text(LEFT, 18, title, { size: 14, bold: true });
  for (const [index, client] of clients.entries()) {
    const color = colorOf(clients, client);
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
  for (const [index, scenario] of scenarios.entries()) {
    const x = LEFT + (index % PANEL.columns) * (PANEL.width + PANEL.gap);
    const y = TOP + Math.floor(index / PANEL.columns) * (PANEL.height + PANEL.gap + 16) + 16;
    drawPanel(picture, { x, y, scenario, trials, clients });
  }
  return { svg: picture.toString(), title };
}

function drawPanel(
  picture: Picture,
  panel: {
    readonly x: number;
    readonly y: number;
    readonly scenario: Scenario;
    readonly trials: readonly Trial[];
    readonly clients: readonly string[];
  },
): void {
  const { x, y, scenario, trials, clients } = panel;
  const top = 1.4 * scenario.requestsPerSecond;
  const bottom = y + PANEL.height;
  const heightOf = (perSecond: number): number =>
    bottom - (Math.min(perSecond, top) / top) * PANEL.height;
  picture.text(x, y - 6, scenario.title, { bold: true });
  picture.line(
    [
      [x, y],
      [x, bottom],
      [x + PANEL.width, bottom],
    ],
    { color: INK, width: 1 },
  );
  for (const perSecond of [scenario.requestsPerSecond / 2, scenario.requestsPerSecond]) {
    const line = heightOf(perSecond);
    picture.text(x - 4, line + 4, String(perSecond), { anchor: 'end', size: 9 });
    picture.line(
      [
        [x, line],
        [x + PANEL.width, line],
      ],
      { color: INK, width: 0.5, dashed: true },
    );
  }
  drawSeconds(picture, {
    x,
    y: bottom + 12,
    trial: trials.find((trial) => trial.scenario === scenario),
  });
  // Volley is drawn last, on top of the others.
  for (const client of clients.toReversed()) {
    const [trial] = trialsOf(trials, { scenario, client });
    if (!trial) continue;
    const { accepted } = trial.report;
    const points: Array<[number, number]> = [];
    for (let tick = 0; tick < accepted.length; tick += SMOOTH) {
      const part = accepted.slice(tick, tick + SMOOTH);
      const perSecond = (total(part) / part.length) * SMOOTH;
      const middle = tick + part.length / 2;
      points.push([x + (middle / accepted.length) * PANEL.width, heightOf(perSecond)]);
    }
    picture.line(points, {
      color: colorOf(clients, client),
      width: client === 'volley' ? 2.5 : 1.2,
    });
  }
}

function drawSeconds(
  picture: Picture,
  { x, y, trial }: { readonly x: number; readonly y: number; readonly trial: Trial | undefined },
): void {
  const seconds = ((trial?.report.accepted.length ?? 0) * TICK_MS) / 1_000;
  for (const share of [0, 0.5, 1]) {
    const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
    picture.text(x + share * PANEL.width, y, `${share * seconds} s`, { anchor, size: 9 });
  }
}

function colorOf(clients: readonly string[], client: string): string {
  return COLORS[clients.indexOf(client) % COLORS.length] ?? INK;
}
