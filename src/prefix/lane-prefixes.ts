import type { PromptRequest, Task } from '../plan/task.ts';
import { onAbort } from '../ports/abort.ts';
import { createChanges } from '../ports/changes.ts';
import type { Clock } from '../ports/clock.ts';
import type { CacheReport } from './cache-hit.ts';
import type { Pass } from './cache-role.ts';
import type { Shared } from './shared-prefixes.ts';
import { createWarmUp, type EnterOptions, type WarmUp, type WarmUpOptions } from './warm-up.ts';

/** Holds back the requests of a lane that wait for a prefix to be cached. */
export interface LanePrefixes extends Pick<WarmUp, 'shared' | 'totals' | 'refusesCalls'> {
  /** Undefined if the request has to wait. `isLast`: nothing is left to wait for. */
  tryEnter(shared: Shared, options?: { readonly isLast?: boolean }): Pass | undefined;
  /**
   * Gives a pass to a retry, or to a request from another lane, as soon as it may be sent or the
   * lane has stopped.
   */
  admit(
    sending: Sending,
    options: { readonly isAgain: boolean; readonly stop: AbortSignal },
  ): Promise<void>;
  /** Notes the answer to a request; `usage` is undefined if it was not answered. */
  answered(holder: PassHolder, usage: ReportedUsage | undefined): void;
  /** Notes that the request was not sent after all. */
  left(holder: PassHolder): void;
  /** Whether a request is in flight that others wait for. */
  isBusy(): boolean;
  /** Resolves when waiting requests should try again. */
  changed(): Promise<void>;
  /** Sets how warm-up calls are sent; before that, no such calls are made. */
  onCall(send: (request: PromptRequest, pass: Pass) => void): void;
}

/** A request, with what it does for the cache. */
interface PassHolder {
  pass: Pass | undefined;
}

interface Sending extends PassHolder {
  readonly task: Pick<Task, 'template'>;
  readonly sending: PromptRequest;
  /** The money reserved for it. */
  readonly reservation: unknown;
}

/** Tokens as counted by an answer. */
interface ReportedUsage {
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly isEstimated?: true;
  readonly cacheNote?: Pick<CacheReport, 'responseId' | 'missedFor'>;
}

export function createLanePrefixes(options: WarmUpOptions, clock: Clock): LanePrefixes {
  const warmUp = createWarmUp(options);
  const changes = createChanges();
  let timer: { readonly atMs: number; readonly cancel: () => void } | undefined;
  let sendCall: ((request: PromptRequest, pass: Pass) => void) | undefined;

  function tellChange(): void {
    timer?.cancel();
    timer = undefined;
    changes.tell();
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
    if (entered.kind === 'hold') tellAt(entered.untilMs);
    else makeCall(entered.pass);
    return undefined;
  }

  function makeCall(pass: Pass): void {
    const request = warmUp.callOf(pass);
    if (request && sendCall) sendCall(request, pass);
    else warmUp.left(pass);
  }

  async function enter(
    shared: Shared,
    { stop, ...how }: Pick<EnterOptions, 'isAgain' | 'cannotWait'> & { readonly stop: AbortSignal },
  ): Promise<Pass | undefined> {
    const stopped = Promise.withResolvers<void>();
    const forget = onAbort(stop, stopped.resolve);
    try {
      for (;;) {
        const next = changes.next();
        const pass =
          tryEnter(shared, how) ??
          (isBusy() ? undefined : tryEnter(shared, { ...how, isLast: true }));
        if (pass || stop.aborted) return pass;
        await Promise.race([next, stopped.promise]);
      }
    } finally {
      forget();
    }
  }

  return {
    ...warmUp,
    tryEnter: (shared, { isLast = false } = {}) =>
      tryEnter(shared, { isLast, mayCall: sendCall !== undefined }),
    async admit(sending, { isAgain, stop }) {
      const shared = warmUp.shared(sending.sending, sending.task.template);
      // The request that writes the prefix may itself be waiting for the money that this one has
      // reserved.
      const cannotWait = sending.reservation !== undefined;
      sending.pass = shared && (await enter(shared, { isAgain, cannotWait, stop }));
    },
    answered(holder, usage) {
      const { pass } = holder;
      holder.pass = undefined;
      if (!pass) return;
      warmUp.answered(pass, usage && reportOf(usage), clock.now());
      tellChange();
    },
    left(holder) {
      const { pass } = holder;
      holder.pass = undefined;
      if (!pass) return;
      warmUp.left(pass);
      tellChange();
    },
    isBusy,
    changed: () => changes.next(),
    onCall(send) {
      sendCall = send;
    },
  };
}

function reportOf(usage: ReportedUsage): CacheReport | 'silent' {
  if (usage.isEstimated) return 'silent';
  const { inputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  return {
    ...usage.cacheNote,
    readTokens: cacheReadTokens,
    writtenTokens: cacheWriteTokens,
    promptTokens: inputTokens + cacheReadTokens + cacheWriteTokens,
  };
}
