import { afterReading } from '../ports/clock.ts';
import type { Clock } from '../ports/clock.ts';

export type Bounded<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'canceled' };

/**
 * Runs work that must end within `timeoutMs`. Past it, or when `signal` aborts, the work's own signal
 * aborts and the result is settled at once: what the work does afterwards, late answers included, is
 * ignored. After a time in which nothing could be read, there is another half second to do so.
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
