/** The source of time. Every wait uses it, so tests can run hours in milliseconds. */
export interface Clock {
  /** Monotonic milliseconds, for waits, deadlines and durations. Never jumps. */
  now(): number;
  /** Wall time in milliseconds since 1970, only for timestamps and HTTP dates. May jump. */
  epochMs(): number;
  /** Calls `fire` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, fire: () => void): () => void;
  /** Only virtual clocks have this: it stops time while real work is running. */
  during?<Value>(work: Promise<Value>): Promise<Value>;
}

/** Node's timers are limited to 31 bits of milliseconds; a longer delay would fire immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Resolves after `delayMs` (negative and NaN count as 0; the maximum is 24.8 days). Rejects with
 * the signal's reason as soon as it aborts.
 */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(asError(signal.reason));
    const cancel = clock.after(clampDelay(delayMs), () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    function onAbort(): void {
      cancel();
      reject(asError(signal?.reason));
    }
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

export function clampDelay(delayMs: number): number {
  return delayMs > 0 ? Math.min(delayMs, MAX_TIMER_MS) : 0;
}

/** Calls `act` at this time. Timers last at most 24.8 days, so longer waits take several. */
export function atTime(clock: Clock, timeMs: number, act: () => void): () => void {
  let cancel: (() => void) | undefined;
  function look(): void {
    const leftMs = Math.ceil(timeMs - clock.now());
    if (leftMs <= 0) act();
    else cancel = clock.after(leftMs, look);
  }
  look();
  return () => cancel?.();
}

/**
 * Like `clock.after`, for timers that stop waiting for an answer. If the process was blocked at the
 * deadline, `fire` comes `catchUpMs` later (default half a second), so that data that has already
 * arrived is read first: it may be a paid answer.
 */
export function afterReading(
  clock: Clock,
  delayMs: number,
  fire: () => void,
  catchUpMs = CATCH_UP_MS,
): () => void {
  const waitMs = clampDelay(delayMs);
  const dueMs = clock.now() + waitMs;
  let cancel = clock.after(waitMs, () => {
    if (stoodStill(clock, dueMs)) cancel = clock.after(catchUpMs, fire);
    else fire();
  });
  return () => cancel();
}

const CATCH_UP_MS = 500;
const FAR_TOO_LATE_MS = 500;

/**
 * Whether a timer fires so late that the process or its machine must have been suspended, so data
 * that has arrived is still unread.
 */
function stoodStill(clock: Clock, dueMs: number): boolean {
  return clock.now() - dueMs >= FAR_TOO_LATE_MS;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
