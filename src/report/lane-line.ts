import { boundCounter, boundShort } from './bound-text.ts';
import { formatCount, formatEta } from './format.ts';
import { formatUsd } from '../money/format-usd.ts';
import type { Bound } from '../schedule/bound.ts';
import type { LaneProgress } from './lane-progress.ts';
import type { Color, Style } from './style.ts';
import { displayWidth, padEnd, truncateMiddle } from './width.ts';

export interface LaneLineOptions {
  /** Columns that the line may take. */
  readonly width: number;
  /** Columns to which the name is filled up, so that the counters of several lanes line up. */
  readonly nameWidth: number;
  readonly style: Style;
}

/**
 * `anthropic/claude-haiku-5-5  812/10000 · 12 active · 3 failed · 420k tokens · ETA 3m · 429 pause 2s`.
 * Where it does not fit, what is long gets shorter, then the least important counters go, then the
 * middle of the name.
 */
export function laneLine(lane: LaneProgress, options: LaneLineOptions): string {
  const { width, style } = options;
  const nameMin = Math.min(options.nameWidth, Math.max(8, Math.floor(width / 4)));
  const parts = fitting(laneCounters(lane), width - nameMin - GAP.length);
  const rest = displayWidth(parts.map(({ text }) => text).join(SEPARATOR));
  const nameWidth = Math.max(0, Math.min(options.nameWidth, width - GAP.length - rest));
  const name = padEnd(truncateMiddle(lane.lane, nameWidth), nameWidth);
  return style('bold', name) + GAP + styled(parts, style);
}

/** The same counters without a name, for a log: `812/10000 · 12 active · 3 failed`. */
export function counterText(lane: LaneProgress, style: Style): string {
  return styled(laneCounters(lane), style);
}

export function pauseText({ leftMs, failure }: NonNullable<LaneProgress['pause']>): string {
  return `${failure.httpStatus ?? failure.code} pause ${formatEta(leftMs)}`;
}

const GAP = '  ';
const SEPARATOR = ' · ';

interface Counter {
  readonly text: string;
  /** For where there is little room. */
  readonly short?: string;
  /** The lowest is left out first. */
  readonly weight: number;
  readonly color?: Color;
}

/** In the order in which they are shown. */
function laneCounters(lane: LaneProgress): readonly Counter[] {
  const { done, tasks, active, failed, retrying, tokens, costUsd, etaMs, pause, bound, stopped } =
    lane;
  const { projectedUsd, usdPerMinute } = lane;
  const more = done < tasks && !stopped;
  return [
    { text: `${done}/${tasks}`, weight: Infinity },
    ...(active > 0 ? [{ text: `${active} active`, weight: 7 }] : []),
    ...(failed > 0 ? [{ text: `${failed} failed`, weight: 9, color: 'red' } as const] : []),
    ...(retrying > 0
      ? [{ text: `${retrying} retrying`, weight: 5, color: 'yellow' } as const]
      : []),
    ...(tokens > 0 ? [{ text: `${formatCount(tokens)} tokens`, weight: 3 }] : []),
    ...(costUsd !== null ? [{ text: formatUsd(costUsd), weight: 4 }] : []),
    ...(projectedUsd !== undefined && more
      ? [{ text: `about ${formatUsd(projectedUsd)} in all`, weight: 1 }]
      : []),
    ...(usdPerMinute !== undefined && more
      ? [{ text: `${formatUsd(usdPerMinute)}/min`, weight: 0 }]
      : []),
    ...(etaMs !== undefined && more ? [{ text: `ETA ${formatEta(etaMs)}`, weight: 6 }] : []),
    ...(bound && more ? [boundPart(bound, pause)] : []),
    ...(pause && more ? [{ text: pauseText(pause), weight: 10, color: 'yellow' } as const] : []),
    ...(stopped ? [{ text: 'stopped', weight: 11, color: 'red' } as const] : []),
  ];
}

/** It says what would make the run faster; but a pause that is told already says as much. */
function boundPart(bound: Bound, pause: LaneProgress['pause']): Counter {
  const weight = pause && bound.reason === 'pause' ? 2 : 8;
  return { text: boundCounter(bound), short: boundShort(bound), weight };
}

function fitting(counters: readonly Counter[], width: number): readonly Counter[] {
  const isWider = (parts: readonly Counter[]): boolean =>
    displayWidth(parts.map(({ text }) => text).join(SEPARATOR)) > width;
  if (!isWider(counters)) return counters;
  let kept = counters.map((counter) => ({ ...counter, text: counter.short ?? counter.text }));
  while (kept.length > 1 && isWider(kept)) {
    const least = Math.min(...kept.map(({ weight }) => weight));
    kept = kept.filter(({ weight }) => weight !== least);
  }
  return kept;
}

function styled(counters: readonly Counter[], style: Style): string {
  const texts = counters.map(({ text, color }) => (color ? style(color, text) : text));
  return texts.join(style('dim', SEPARATOR));
}
