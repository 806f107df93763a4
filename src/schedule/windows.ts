import {
  LIMIT_NAMES,
  LIMITS,
  weightIn,
  type LimitKind,
  type LimitName,
} from '../manifest/limit-names.ts';
import type { Limits } from '../manifest/manifest.ts';
import type { WaitReason } from './events.ts';

/** What one request weighs, in tokens. It always counts as one request. */
export interface Load {
  /** All of the prompt, where some of it is not expected to count. */
  readonly promptTokens?: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The task's `max_tokens`, for providers that charge it when a request comes in. */
  readonly maxOutputTokens?: number | undefined;
}

/**
 * One declared limit with what was sent lately: an exact log, for a declared limit is a promise.
 * No stretch of time as long as the window ever holds more than `amount`, as far as is known when
 * a request is sent. Changed in place; whoever holds it passes the time in.
 */
export interface LimitWindow {
  readonly limit: LimitName;
  readonly amount: number;
  readonly spanMs: number;
  readonly log: Log;
}

/** Ring of (time, weight). Positions only grow; the array index is the position modulo the length. */
interface Log {
  timesMs: Float64Array;
  weights: Float64Array;
  /** Oldest entry that still counts. */
  first: number;
  /** Where the next entry goes. */
  next: number;
  sum: number;
}

/** Where a request stands in each window's log, in the order of the windows. */
export type Debit = readonly number[];

/** Requests per second, per minute and per day are one thing to users: it makes them wait. */
export const KIND_REASON: Readonly<Record<LimitKind, WaitReason>> = {
  requests: 'rpm',
  tokens: 'tpm',
  input_tokens: 'itpm',
  output_tokens: 'otpm',
};

export function limitWindows(limits: Limits): LimitWindow[] {
  const windows: LimitWindow[] = [];
  for (const limit of LIMIT_NAMES) {
    const declared = limits[limit];
    if (declared === undefined) continue;
    // Half a request a second is one in two seconds.
    const stretch = declared > 0 && declared < 1 ? 1 / declared : 1;
    windows.push({
      limit,
      amount: stretch === 1 ? declared : 1,
      spanMs: enforcedSpanMs(limit) * stretch,
      log: emptyLog(),
    });
  }
  return windows;
}

/** The server's window sees requests a little closer together than they were sent: 2% on top, 20 to 500 ms. */
export function enforcedSpanMs(limit: LimitName): number {
  const { spanMs } = LIMITS[limit];
  return spanMs + Math.min(500, Math.max(20, spanMs * 0.02));
}

/** The first limit that this request could never fit into, however long it waited. */
export function unfitLimit(
  windows: readonly LimitWindow[],
  inputTokens: number,
): { readonly limit: LimitName; readonly needs: number; readonly amount: number } | undefined {
  for (const { limit, amount } of windows) {
    // How long the answer gets is a guess, so it never condemns a request: see `weightOf`.
    const needs = limit === 'tpm' || limit === 'itpm' ? inputTokens : 1;
    if (needs > amount) return { limit, needs, amount };
  }
  return undefined;
}

/** The earliest time, not before `nowMs`, at which every window has room, and which one says so. */
export function availableAt(
  windows: readonly LimitWindow[],
  load: Load,
  nowMs: number,
): {
  readonly atMs: number;
  readonly reason: WaitReason | undefined;
  readonly by: LimitWindow | undefined;
} {
  let atMs = nowMs;
  let by: LimitWindow | undefined;
  for (const window of windows) {
    const roomMs = roomAt(window, weightOf(window, load), nowMs);
    if (roomMs <= atMs) continue;
    atMs = roomMs;
    by = window;
  }
  return { atMs, reason: by && KIND_REASON[LIMITS[by.limit].kind], by };
}

/** Enters a request as sent now. */
export function debit(windows: readonly LimitWindow[], load: Load, nowMs: number): Debit {
  return windows.map((window) => append(window.log, nowMs, weightOf(window, load)));
}

/** Replaces what was reserved by what was used. Requests that left the window are past correcting. */
export function settle(windows: readonly LimitWindow[], entered: Debit, load: Load): void {
  for (const [index, window] of windows.entries()) {
    const position = entered[index];
    const { log } = window;
    if (position === undefined || position < log.first) continue;
    const place = position % log.weights.length;
    const weight = weightIn(LIMITS[window.limit].kind, load);
    log.sum += weight - (log.weights[place] ?? 0);
    log.weights[place] = weight;
  }
}

/**
 * A reservation larger than the whole window is cut to it: the guess at the answer's length may be
 * far too high, and a request that waits for an empty window can do no better.
 */
function weightOf({ limit, amount }: LimitWindow, load: Load): number {
  return Math.min(weightIn(LIMITS[limit].kind, load), amount);
}

function roomAt({ amount, spanMs, log }: LimitWindow, weight: number, nowMs: number): number {
  forgetBefore(log, nowMs - spanMs);
  let sum = log.sum;
  let atMs = nowMs;
  for (let at = log.first; sum + weight > amount && at < log.next; at += 1) {
    const place = at % log.weights.length;
    sum -= log.weights[place] ?? 0;
    atMs = (log.timesMs[place] ?? 0) + spanMs;
  }
  return atMs;
}

function emptyLog(): Log {
  return {
    timesMs: new Float64Array(16),
    weights: new Float64Array(16),
    first: 0,
    next: 0,
    sum: 0,
  };
}

function append(log: Log, timeMs: number, weight: number): number {
  if (log.next - log.first === log.weights.length) grow(log);
  const position = log.next;
  const place = position % log.weights.length;
  log.timesMs[place] = timeMs;
  log.weights[place] = weight;
  log.sum += weight;
  log.next += 1;
  return position;
}

function forgetBefore(log: Log, timeMs: number): void {
  while (log.first < log.next) {
    const place = log.first % log.weights.length;
    if ((log.timesMs[place] ?? 0) > timeMs) return;
    log.sum -= log.weights[place] ?? 0;
    log.first += 1;
  }
  log.sum = 0;
}

function grow(log: Log): void {
  const timesMs = new Float64Array(log.weights.length * 2);
  const weights = new Float64Array(log.weights.length * 2);
  for (let at = log.first; at < log.next; at += 1) {
    timesMs[at % timesMs.length] = log.timesMs[at % log.timesMs.length] ?? 0;
    weights[at % weights.length] = log.weights[at % log.weights.length] ?? 0;
  }
  log.timesMs = timesMs;
  log.weights = weights;
}
