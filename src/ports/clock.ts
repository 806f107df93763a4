/** Time as Volley sees it. Every wait goes through here, so that tests run hours in milliseconds. */
export interface Clock {
  /** Monotonic milliseconds: for waits, deadlines and durations. Never jumps. */
  now(): number;
  /** Wall time in milliseconds since 1970: only for timestamps and HTTP dates. May jump. */
  epochMs(): number;
  /** Calls `fire` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, fire: () => void): () => void;
  /** Time stands still until this real work is done; absent: time passes as it does. */
  during?<Value>(work: Promise<Value>): Promise<Value>;
}

/** Node's timers take 31 bits of milliseconds; a longer delay would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Resolves after `delayMs` (negative and NaN count as 0, huge ones are clamped to 24.8 days).
 * Rejects with the signal's reason as soon as `signal` aborts.
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

/**
 * As `clock.after`, for what gives up an answer. After a time in which nothing could be read, there
 * are `catchUpMs` more to do so (default: half a second): one that is paid for may lie in the socket.
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
 * Whether a timer that was due then, and fires now, is so late that the process was stopped, or its
 * machine: what came meanwhile is still to be read.
 */
function stoodStill(clock: Clock, dueMs: number): boolean {
  return clock.now() - dueMs >= FAR_TOO_LATE_MS;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
