import { onAbort } from '../ports/abort.ts';
import { atTime, type Clock } from '../ports/clock.ts';
import type { StopReason } from '../outcome/events.ts';

/** A provider that stops ends only its own lanes. */
type RunStop = Exclude<StopReason, { readonly kind: 'provider' | 'detached' }>;

/** What ends the whole run early. The first reason wins. */
export interface StopSignals {
  /** Aborted: nothing new is sent. */
  readonly halt: AbortSignal;
  /** Aborted: requests in flight are abandoned. */
  readonly cut: AbortSignal;
  reason(): RunStop | undefined;
  /** A bug, or results that cannot be saved: the run rejects with the first of these once nothing is in flight. */
  error(): { readonly thrown: unknown } | undefined;
  readonly deadlineMs: number | undefined;
  stop(reason: RunStop): void;
  /** `cutting` abandons requests in flight as well. */
  fail(thrown: unknown, options: { readonly cutting: boolean }): void;
  /** Releases timers and signal listeners. */
  dispose(): void;
}

export interface StopOptions {
  readonly clock: Clock;
  /** Time limit of the whole run: after it, nothing new is sent and requests in flight are abandoned. */
  readonly timeoutMs: number | undefined;
  /** Aborting it lets requests in flight finish and starts no new one. */
  readonly drain: AbortSignal;
  /** Aborting it abandons requests in flight as well: their tasks end `canceled`. */
  readonly abort: AbortSignal;
  /** Aborted if `failFast` is on and a task that no lane sent has failed. */
  readonly failFastAlso?: AbortSignal | undefined;
}

export function createStopSignals(options: StopOptions): StopSignals {
  const { clock, timeoutMs, drain, abort, failFastAlso } = options;
  const halt = new AbortController();
  const cut = new AbortController();
  let reason: RunStop | undefined;
  let error: { readonly thrown: unknown } | undefined;
  const deadlineMs = timeoutMs === undefined ? undefined : clock.now() + timeoutMs;

  function stop(next: RunStop): void {
    reason ??= next;
    halt.abort(new Error(stopMessage(reason, timeoutMs)));
  }
  function stopAndCut(next: RunStop): void {
    stop(next);
    cut.abort(new Error(stopMessage(next, timeoutMs)));
  }

  const forgetDrain = onAbort(drain, () => stop({ kind: 'interrupted' }));
  const forgetAbort = onAbort(abort, () => stopAndCut({ kind: 'interrupted' }));
  const forgetFailure = failFastAlso && onAbort(failFastAlso, () => stop({ kind: 'fail_fast' }));
  const forgetDeadline =
    deadlineMs === undefined
      ? undefined
      : atTime(clock, deadlineMs, () => stopAndCut({ kind: 'timeout' }));
  return {
    halt: halt.signal,
    cut: cut.signal,
    reason: () => reason,
    error: () => error,
    deadlineMs,
    stop,
    fail(thrown, { cutting }) {
      error ??= { thrown };
      const told = new Error('the run stopped because of an error');
      halt.abort(told);
      if (cutting) cut.abort(told);
    },
    dispose() {
      forgetDrain();
      forgetAbort();
      forgetFailure?.();
      forgetDeadline?.();
    },
  };
}

function stopMessage(reason: RunStop, timeoutMs: number | undefined): string {
  if (reason.kind === 'fail_fast') return 'the run stopped at the first task that failed';
  if (reason.kind === 'timeout') return `the run's timeout of ${(timeoutMs ?? 0) / 1_000} s passed`;
  if (reason.kind === 'budget') return reason.message;
  return 'the run was interrupted';
}
