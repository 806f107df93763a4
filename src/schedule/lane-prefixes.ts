import type { Clock } from '../ports/clock.ts';
import type { Pass } from '../prefix/pass.ts';
import type { Shared } from '../prefix/shared-prefixes.ts';
import {
  createWarmUp,
  type EnterOptions,
  type WarmUp,
  type WarmUpOptions,
} from '../prefix/warm-up.ts';
import type { Usage } from '../providers/provider.ts';

/** Holds back the requests of a lane that wait for a prefix to be cached. */
export interface LanePrefixes extends Pick<
  WarmUp,
  'shared' | 'totals' | 'callOf' | 'refusesCalls'
> {
  /** Undefined: it has to wait. `isLast`: nothing else would come of waiting. */
  tryEnter(shared: Shared, options?: { readonly isLast?: boolean }): Pass | undefined;
  /** The same for a request that is sent again or moved here from another lane. Undefined: the lane stopped. */
  enter(
    shared: Shared,
    options: Pick<EnterOptions, 'isAgain' | 'cannotWait'> & { readonly stop: AbortSignal },
  ): Promise<Pass | undefined>;
  /** `usage`: undefined where nothing was answered. */
  answered(pass: Pass, usage: Usage | undefined): void;
  /** The request was not sent after all. */
  left(pass: Pass): void;
  /** Whether somebody is at work on an entry that others wait for. */
  isBusy(): boolean;
  /** Resolves when a request that had to wait may try again. */
  changed(): Promise<void>;
  /** Who makes the provider's own warm-up calls; nobody does before it is set. */
  onCall(call: (pass: Pass) => void): void;
}

export function createLanePrefixes(options: WarmUpOptions, clock: Clock): LanePrefixes {
  const warmUp = createWarmUp(options);
  let change = Promise.withResolvers<void>();
  let timer: { readonly atMs: number; readonly cancel: () => void } | undefined;
  let makeCall: ((pass: Pass) => void) | undefined;

  function tellChange(): void {
    timer?.cancel();
    timer = undefined;
    const told = change;
    change = Promise.withResolvers<void>();
    told.resolve();
  }

  function tellAt(untilMs: number | undefined): void {
    if (untilMs === undefined || (timer && timer.atMs <= untilMs)) return;
    timer?.cancel();
    const cancel = clock.after(Math.ceil(untilMs - clock.now()), tellChange);
    timer = { atMs: untilMs, cancel };
  }

  function isBusy(): boolean {
    return timer !== undefined || warmUp.isBusy();
  }

  function tryEnter(shared: Shared, how: Omit<EnterOptions, 'nowMs'> = {}): Pass | undefined {
    const entered = warmUp.enter(shared, { ...how, nowMs: clock.now() });
    if (entered.kind === 'go') return entered.pass;
    if (entered.kind === 'call') makeCall?.(entered.pass);
    else tellAt(entered.untilMs);
    return undefined;
  }

  return {
    ...warmUp,
    tryEnter: (shared, { isLast = false } = {}) =>
      tryEnter(shared, { isLast, mayCall: makeCall !== undefined }),
    isBusy,
    changed: () => change.promise,
    async enter(shared, { stop, ...how }) {
      const stopped = Promise.withResolvers<void>();
      const onAbort = (): void => stopped.resolve();
      stop.addEventListener('abort', onAbort, { once: true });
      try {
        for (;;) {
          const next = change.promise;
          const pass =
            tryEnter(shared, how) ??
            (isBusy() ? undefined : tryEnter(shared, { ...how, isLast: true }));
          if (pass || stop.aborted) return pass;
          await Promise.race([next, stopped.promise]);
        }
      } finally {
        stop.removeEventListener('abort', onAbort);
      }
    },
    answered(pass, usage) {
      warmUp.answered(pass, usage && reportOf(usage), clock.now());
      tellChange();
    },
    left(pass) {
      warmUp.left(pass);
      tellChange();
    },
    onCall(call) {
      makeCall = call;
    },
  };
}

function reportOf(usage: Usage) {
  if (usage.isEstimated) return 'silent';
  const { inputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  return {
    readTokens: cacheReadTokens,
    writtenTokens: cacheWriteTokens,
    promptTokens: inputTokens + cacheReadTokens + cacheWriteTokens,
  };
}
