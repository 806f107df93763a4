import { forgetCeiling, slotsOf } from './concurrency.ts';
import { distrust } from './found-rate.ts';
import { forgetBeforeLast } from './recent-sends.ts';
import { NO_EPISODE, type PaceState } from './pace-state.ts';
import {
  LIMIT_PROBE_SHARE,
  LONGEST_PROBE_PAUSE_MS,
  OVERLOAD_PROBE_SHARE,
  PROBE_PATIENCE_MS,
  SHORTEST_PROBE_PAUSE_MS,
} from './tuning.ts';

/**
 * While a server admits nothing, the lane sends one request at a time to find out when that ends.
 *
 * Example: after three refusals in a row at 8.0 s, probes are sent at 8.25 s, 8.5 s, … and refused
 * within 5 ms. The one at 12.1 s is not refused, so another is sent 0.1 s later, then two, then
 * four. At 12.9 s the first one is answered, and the lane continues with half of the earlier
 * concurrency.
 */
export function beginProbing(
  state: PaceState,
  { sizeBefore, nowMs }: { readonly sizeBefore: number; readonly nowMs: number },
): void {
  const begun = state.probing ?? { sinceMs: nowMs, sizeBefore };
  state.probing = { ...begun, unrefused: 0, lastMs: -Infinity };
}

/**
 * The pause grows with the time that the server has been closed. A server that enforces a limit is
 * probed less often than an overloaded one, because it may count the requests that it refuses.
 */
export function probePauseMs(
  { probing }: PaceState,
  { isOverload, nowMs }: { readonly isOverload: boolean; readonly nowMs: number },
): number {
  const lastsMs = nowMs - (probing?.sinceMs ?? nowMs);
  const share = isOverload ? OVERLOAD_PROBE_SHARE : LIMIT_PROBE_SHARE;
  const pauseMs = Math.max(SHORTEST_PROBE_PAUSE_MS, lastsMs * share);
  return Math.min(LONGEST_PROBE_PAUSE_MS, pauseMs);
}

/**
 * When the next probe may be sent. Refusals arrive sooner than answers: each probe that has not
 * been refused by then allows another one, so their number doubles.
 */
export function probeRoomAt({ probing, recent }: PaceState): number {
  if (!probing || probing.unrefused === 0) return -Infinity;
  const patienceMs = Math.min(2_000, Math.max(PROBE_PATIENCE_MS, 3 * recent.refusalMs));
  return probing.lastMs + patienceMs / probing.unrefused;
}

/** Requests that may be in flight at once now. */
export function slotsNow({ probing, concurrency }: PaceState): number {
  // Requests sent before the refusals may take long to end; probes do not wait for them.
  return probing ? concurrency.max : slotsOf(concurrency);
}

/**
 * The server admits requests again: the lane continues with half its earlier concurrency and grows
 * quickly. A rate that was measured while the server refused everything is not trusted.
 */
export function endProbing(state: PaceState, nowMs: number): void {
  const { probing, concurrency, found } = state;
  if (!probing) return;
  state.probing = undefined;
  if (found) distrust(found, nowMs);
  forgetCeiling(concurrency);
  forgetBeforeLast(state.recent);
  state.episode = { ...NO_EPISODE, afterDecrease: state.episode.afterDecrease };
  concurrency.threshold = Math.max(2, probing.sizeBefore * 0.9);
  const half = Math.max(1, Math.floor(probing.sizeBefore / 2), probing.unrefused);
  concurrency.size = Math.min(concurrency.max, half);
}
