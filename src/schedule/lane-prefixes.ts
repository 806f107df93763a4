import type { TaskTemplate } from '../manifest/manifest.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { Clock } from '../ports/clock.ts';
import {
  createWarmUp,
  type CacheTotals,
  type Pass,
  type Shared,
  type WarmUpOptions,
} from '../prefix/warm-up.ts';
import type { Usage } from '../providers/provider.ts';

/** Holds back the requests of a lane that wait for a prefix to be cached. */
export interface LanePrefixes {
  shared(request: PromptRequest, template: TaskTemplate): Shared | undefined;
  /** Undefined: it has to wait. `isLast`: nothing else would come of waiting. */
  tryEnter(shared: Shared, options?: { readonly isLast?: boolean }): Pass | undefined;
  /** The same for a request that is sent again or moved here from another lane. Undefined: the lane stopped. */
  enter(
    request: PromptRequest,
    options: {
      readonly template: TaskTemplate;
      readonly isAgain: boolean;
      readonly stop: AbortSignal;
    },
  ): Promise<Pass | undefined>;
  /** `usage`: undefined where nothing was answered. */
  answered(pass: Pass, usage: Usage | undefined): void;
  /** The request was not sent after all. */
  left(pass: Pass): void;
  /** Whether somebody is at work on an entry that others wait for. */
  isBusy(): boolean;
  /** Resolves when a request that had to wait may try again. */
  changed(): Promise<void>;
  readonly totals: CacheTotals;
}

export function createLanePrefixes(options: WarmUpOptions, clock: Clock): LanePrefixes {
  const warmUp = createWarmUp(options);
  let change = Promise.withResolvers<void>();
  let timer: { readonly atMs: number; readonly cancel: () => void } | undefined;

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

  function tryEnter(
    shared: Shared,
    { isLast = false, isAgain = false }: { isLast?: boolean; isAgain?: boolean } = {},
  ): Pass | undefined {
    const entered = warmUp.enter(shared, { nowMs: clock.now(), isLast, isAgain });
    if (entered.kind === 'go') return entered.pass;
    tellAt(entered.untilMs);
    return undefined;
  }

  return {
    totals: warmUp.totals,
    shared: (request, template) => warmUp.shared(request, template),
    tryEnter,
    isBusy: () => timer !== undefined || warmUp.isBusy(),
    changed: () => change.promise,
    async enter(request, { template, isAgain, stop }) {
      const shared = warmUp.shared(request, template);
      if (!shared) return undefined;
      for (;;) {
        const next = change.promise;
        const isLast = timer === undefined && !warmUp.isBusy();
        const pass = tryEnter(shared, { isAgain, isLast });
        if (pass || stop.aborted) return pass;
        await Promise.race([next, aborted(stop)]);
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

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
