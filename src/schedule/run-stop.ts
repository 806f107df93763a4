import { onAbort } from '../ports/abort.ts';
import { atTime, type Clock } from '../ports/clock.ts';
import type { StopReason } from '../outcome/schedule-events.ts';

/** A provider that stops ends only its own lanes. */
type RunStop = Exclude<StopReason, { readonly kind: 'provider' | 'detached' }>;

export interface StopOptions {
  readonly clock: Clock;
  /** Time limit of the run. After it, nothing new is sent and requests in flight are abandoned. */
  readonly timeoutMs: number | undefined;
  /** Aborting it lets requests in flight finish, but starts no new ones. */
  readonly drain: AbortSignal;
  /** Aborting it abandons requests in flight as well: their tasks end `canceled`. */
  readonly abort: AbortSignal;
  /** Aborted if `failFast` is on and a task that no lane sent has failed. */
  readonly failFastAlso?: AbortSignal | undefined;
}

export type StopSignals = ReturnType<typeof createStopSignals>;

/** What ends the whole run early. The first reason wins. */
export function createStopSignals(options: StopOptions) {
  const { clock, timeoutMs, drain, abort, failFastAlso } = options;
  const halt = new AbortController();
  const cut = new AbortController();
  let reason: RunStop | undefined;
  let error: { readonly thrown: unknown } | undefined;
  const deadlineMs = timeoutMs === undefined ? undefined : clock.now() + timeoutMs;

  function stop(next: RunStop, { cutting = false } = {}): void {
    reason ??= next;
    halt.abort(new Error(stopMessage(reason, timeoutMs)));
    if (cutting) cut.abort(new Error(stopMessage(next, timeoutMs)));
  }

  const listening = [
    onAbort(drain, () => stop({ kind: 'interrupted' })),
    onAbort(abort, () => stop({ kind: 'interrupted' }, { cutting: true })),
    failFastAlso && onAbort(failFastAlso, () => stop({ kind: 'fail_fast' })),
    deadlineMs !== undefined &&
      atTime(clock, deadlineMs, () => stop({ kind: 'timeout' }, { cutting: true })),
  ];
  const signals: Record<'halt' | 'cut', AbortSignal> = { halt: halt.signal, cut: cut.signal };
  return {
    /** Once `halt` is aborted, nothing new is sent. `cut` also abandons requests in flight. */
    ...signals,
    reason: () => reason,
    /** For bugs, and results that cannot be saved. The run rejects with the first, at its end. */
    error: () => error,
    deadlineMs,
    stop,
    /** `cutting` abandons requests in flight as well. */
    fail(thrown: unknown, { cutting }: { readonly cutting: boolean }): void {
      error ??= { thrown };
      const told = new Error('the run stopped because of an error');
      halt.abort(told);
      if (cutting) cut.abort(told);
    },
    /** Releases timers and signal listeners. */
    dispose(): void {
      for (const forget of listening) if (forget) forget();
    },
  };
}

function stopMessage(reason: RunStop, timeoutMs: number | undefined): string {
  if (reason.kind === 'fail_fast') return 'the run stopped at the first task that failed';
  if (reason.kind === 'timeout') return `the run's timeout of ${(timeoutMs ?? 0) / 1_000} s passed`;
  if (reason.kind === 'budget') return reason.message;
  return 'the run was interrupted';
}
