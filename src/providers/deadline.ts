import { afterReading, type Clock } from '../ports/clock.ts';

export type Bounded<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'canceled' };

/**
 * Runs work that must end within `timeoutMs`. After that, or when `signal` aborts, the work's own signal aborts, and the
 * result is settled immediately; whatever the work does later is ignored. If the event loop was blocked at the
 * deadline, the work gets another half second to read what has arrived.
 */
export function withinDeadline<Value>(
  work: (signal: AbortSignal) => Promise<Value>,
  bounds: { readonly clock: Clock; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Bounded<Value>> {
  const { clock, timeoutMs, signal } = bounds;
  if (signal.aborted) return Promise.resolve({ kind: 'canceled' });
  return new Promise((resolve, reject) => {
    const abandon = new AbortController();
    let settled = false;
    let cancelTimer: (() => void) | undefined;
    const settle = (act: () => void): void => {
      if (settled) return;
      settled = true;
      cancelTimer?.();
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const giveUp = (kind: 'timeout' | 'canceled'): void =>
      settle(() => {
        resolve({ kind });
        abandon.abort();
      });
    const onAbort = (): void => giveUp('canceled');
    cancelTimer = afterReading(clock, timeoutMs, () => giveUp('timeout'));
    signal.addEventListener('abort', onAbort, { once: true });
    work(abandon.signal).then(
      (value) => settle(() => resolve({ kind: 'done', value })),
      (error: unknown) =>
        settle(() => reject(error instanceof Error ? error : new Error(String(error)))),
    );
  });
}
