import { onAbort } from '../ports/abort.ts';
import { afterReading, type Clock } from '../ports/clock.ts';

export type Bounded<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'canceled' };

/**
 * Runs work that must end within `timeoutMs`. After that, or when `signal` aborts, the work's own
 * signal aborts, and the result is settled immediately; whatever the work does later is ignored. If
 * the event loop was blocked at the deadline, the work gets another `catchUpMs` (default half a
 * second) to read what has arrived.
 */
export function withinDeadline<Value>(
  work: (signal: AbortSignal) => Promise<Value>,
  bounds: {
    readonly clock: Clock;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
    readonly catchUpMs?: number;
  },
): Promise<Bounded<Value>> {
  const { clock, timeoutMs, signal, catchUpMs } = bounds;
  if (signal.aborted) return Promise.resolve({ kind: 'canceled' });
  const abandon = new AbortController();
  return new Promise((resolve, reject) => {
    const giveUp = (kind: 'timeout' | 'canceled'): void => {
      finish();
      resolve({ kind });
      abandon.abort();
    };
    const cancelTimer = afterReading(clock, timeoutMs, () => giveUp('timeout'), catchUpMs);
    const forget = onAbort(signal, () => giveUp('canceled'));
    function finish(): void {
      cancelTimer();
      forget();
    }
    void start()
      .then((value) => resolve({ kind: 'done', value }), reject)
      .finally(finish);
  });

  /** An async function, so that an error thrown before the first wait becomes a rejection too. */
  async function start(): Promise<Value> {
    return work(abandon.signal);
  }
}
