import { formatUsd } from '../money/cost.ts';
import type { Bound } from '../outcome/lane-bound.ts';
import { boundShort, boundText } from './limited-by-text.ts';
import { formatCount, formatEta, formatShare } from './format-numbers.ts';
import { isWorking, type GroupProgress } from './group-progress.ts';
import type { Color, Style } from './style.ts';
import { displayWidth, padEnd, truncateMiddle } from './text-width.ts';

/** A short text about a group of tasks, such as `12 running`. */
export interface Counter {
  readonly text: string;
  /** The short form. */
  readonly short?: string;
  /** The counter with the lowest weight is dropped first. */
  readonly weight: number;
  readonly color?: Color;
}

export interface CounterLineOptions {
  readonly width: number;
  /** The name is padded to this width to align the counters of several lines. */
  readonly nameWidth: number;
  readonly style: Style;
}

/**
 * `review  812/10000 · 12 running · 3 failed · $0.42 · ETA 3m`. If it does not fit, it uses short
 * counters, then drops the least important ones, then shortens the name.
 */
export function counterLine(
  name: string,
  counters: readonly Counter[],
  { width, nameWidth, style }: CounterLineOptions,
): string {
  const nameMin = Math.min(nameWidth, Math.max(8, Math.floor(width / 4)));
  const parts = fitting(counters, width - nameMin - GAP.length);
  if (parts.length === 0) return style('bold', truncateMiddle(name, width));
  const room = width - GAP.length - displayWidth(textOf(parts));
  const columns = Math.max(0, Math.min(nameWidth, room));
  return style('bold', padEnd(truncateMiddle(name, columns), columns)) + GAP + styled(parts, style);
}

/** Only the counters, for a log: `812/10000 · 12 running · 3 failed`. */
export function counterText(counters: readonly Counter[], style: Style): string {
  return styled(counters, style);
}

/** As many counters as fit, without a name. */
export function fittingText(counters: readonly Counter[], width: number, style: Style): string {
  return styled(fitting(counters, width), style);
}

export function fullWidth(counters: readonly Counter[]): number {
  return displayWidth(textOf(counters));
}

/** In display order. */
export function groupCounters(group: GroupProgress): readonly Counter[] {
  return [
    progressCounter(group),
    ...stateCounters(group),
    ...moneyCounters(group),
    ...etaCounter(group),
    ...modelCounters(group),
  ];
}

export function progressCounter({ done, tasks }: GroupProgress): Counter {
  return { text: `${done}/${tasks}`, weight: Infinity };
}

export function stateCounters(group: GroupProgress): readonly Counter[] {
  return STATES.flatMap(([state, style]) =>
    group[state] > 0 ? { text: `${group[state]} ${state}`, ...style } : [],
  );
}

const STATES = [
  ['running', { weight: 7 }],
  ['failed', { weight: 9, color: 'red' }],
  ['canceled', { weight: 5, color: 'yellow' }],
  ['skipped', { weight: 5, color: 'yellow' }],
  ['retrying', { weight: 5, color: 'yellow' }],
] as const;

function moneyCounters({ tokens, costUsd }: GroupProgress): readonly Counter[] {
  return [
    ...(tokens > 0 ? [{ text: `${formatCount(tokens)} tokens`, weight: 3 }] : []),
    ...(costUsd !== null ? [{ text: formatUsd(costUsd), weight: 4 }] : []),
  ];
}

export function etaCounter(group: GroupProgress): readonly Counter[] {
  const { etaMs } = group;
  if (etaMs === undefined || !isWorking(group)) return [];
  return [{ text: `ETA ${formatEta(etaMs)}`, weight: 6 }];
}

/** Counters that show the bottleneck of the model, or that the model was stopped. */
export function modelCounters(group: GroupProgress): readonly Counter[] {
  const { pause, bound, stopped } = group;
  if (stopped) return [{ text: 'stopped', weight: 11, color: 'red' }];
  if (!isWorking(group)) return [];
  return [
    ...(bound ? [boundPart(bound, pause)] : []),
    ...(pause ? [{ text: pauseText(pause), weight: 10, color: 'yellow' } as const] : []),
  ];
}

/** `429 pause 2s`. */
export function pauseText({ leftMs, failure }: NonNullable<GroupProgress['pause']>): string {
  return `${failure.httpStatus ?? failure.code} pause ${formatEta(leftMs)}`;
}

const GAP = '  ';
const SEPARATOR = ' · ';

/** Shows the limit that slows the run down. It is less important while a pause is shown. */
function boundPart(bound: Bound, pause: GroupProgress['pause']): Counter {
  const weight = pause && bound.reason === 'pause' ? 2 : 8;
  const text = `${boundText(bound)} (${formatShare(bound.share)})`;
  return { text, short: boundShort(bound), weight };
}

function fitting(counters: readonly Counter[], width: number): readonly Counter[] {
  const isWider = (parts: readonly Counter[]): boolean => displayWidth(textOf(parts)) > width;
  if (!isWider(counters)) return counters;
  let kept = counters.map((counter) => ({ ...counter, text: counter.short ?? counter.text }));
  while (kept.length > 1 && isWider(kept)) {
    const least = Math.min(...kept.map(({ weight }) => weight));
    kept = kept.filter(({ weight }) => weight !== least);
  }
  return kept;
}

function textOf(counters: readonly Counter[]): string {
  return counters.map(({ text }) => text).join(SEPARATOR);
}

function styled(counters: readonly Counter[], style: Style): string {
  const texts = counters.map(({ text, color }) => (color ? style(color, text) : text));
  return texts.join(style('dim', SEPARATOR));
}
