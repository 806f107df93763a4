import { afterReading, type Clock } from '../ports/clock.ts';
import { endProcess } from '../ports/system-exit.ts';
import { formatSeconds } from '../report/format-numbers.ts';

const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;
type Signal = (typeof SIGNALS)[number];

/** How long requests in flight may take once the run should stop. CI kills a job soon after. */
export function defaultGraceMs(isTerminal: boolean): number {
  return isTerminal ? 60_000 : 7_000;
}

export interface Interruption {
  /** Aborted by the first signal, with a sentence for the user as the reason. Stops sending. */
  readonly drain: AbortSignal;
  /** Aborted by the second signal or after the grace period. Abandons requests in flight. */
  readonly abort: AbortSignal;
  /** 128 + the number of the first signal. Undefined before any signal. */
  exitCode(): number | undefined;
  dispose(): void;
}

/**
 * Watches INT, TERM and HUP. The third signal ends the process immediately, in case the reader of
 * the results has stopped reading.
 */
export function watchSignals(options: {
  readonly clock: Clock;
  readonly graceMs: number;
  /** Called once for each suspension: before Ctrl-Z takes effect, or after another kind of stop. */
  readonly onStandstill?: () => void;
}): Interruption {
  const drain = new AbortController();
  const abort = new AbortController();
  let first: Signal | undefined;
  let cancelGrace: (() => void) | undefined;

  function onSignal(signal: Signal): void {
    if (first === undefined) {
      first = signal;
      drain.abort(
        new Error(
          `${signal}, ${graceText(options.graceMs)} for requests in flight; a second signal stops the run immediately`,
        ),
      );
      cancelGrace = afterReading(options.clock, options.graceMs, () => {
        abort.abort(new Error(`the grace period after ${first ?? signal} has ended`));
      });
    } else if (abort.signal.aborted) {
      endProcess(128 + NUMBERS[first]);
    } else {
      cancelGrace?.();
      abort.abort(new Error(`interrupted by ${signal}`));
    }
  }

  /** Tells the display first: it may repaint before the signal to continue arrives. */
  function onSuspend(): void {
    options.onStandstill?.();
    process.off('SIGTSTP', onSuspend);
    process.kill(process.pid, 'SIGTSTP');
  }

  function onContinue(): void {
    if (process.listeners('SIGTSTP').includes(onSuspend)) options.onStandstill?.();
    else process.on('SIGTSTP', onSuspend);
  }

  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on('SIGTSTP', onSuspend);
  process.on('SIGCONT', onContinue);
  return {
    drain: drain.signal,
    abort: abort.signal,
    exitCode: () => (first === undefined ? undefined : 128 + NUMBERS[first]),
    dispose() {
      cancelGrace?.();
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.off('SIGTSTP', onSuspend);
      process.off('SIGCONT', onContinue);
    },
  };
}

function graceText(ms: number): string {
  return ms > 0 && ms < 1_000 ? `${Math.round(ms)}ms` : formatSeconds(ms);
}
