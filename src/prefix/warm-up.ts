import type { CacheLifetime, TaskTemplate } from '../manifest/manifest.ts';
import type { PromptRequest } from '../plan/task.ts';
import { createCacheEntries } from './hits-and-misses.ts';
import type { CacheRules } from './cache-rules.ts';
import type { CacheReport } from './cache-hit.ts';
import { lifetimeFor, paysOff } from './cache-marks.ts';
import { isAwaitedByOthers, marksOf, type Pass, type Role } from './cache-role.ts';
import type { Measured, Prefix } from './prefix.ts';
import { sharedPrefixes, type Shared, type SharedPrefix } from './shared-prefixes.ts';
import type { PrefixUses } from './prefix-uses.ts';
import { isCallCheap, warmUpRequest } from './warm-up-request.ts';

export interface EnterOptions {
  readonly nowMs: number;
  /** The task was sent before, so this is not another use of the prefix. */
  readonly isAgain?: boolean;
  /** There is nothing to wait for. */
  readonly isLast?: boolean;
  /** The request is always sent: without the cache, if it would otherwise have to wait. */
  readonly cannotWait?: boolean;
  /** Whether a warm-up call may be made for the request. */
  readonly mayCall?: boolean;
}

export type Entered =
  | { readonly kind: 'go'; readonly pass: Pass }
  /** The request waits while a separate call writes its prefixes. */
  | { readonly kind: 'call'; readonly pass: Pass }
  /** The request waits for a change, or until this time. */
  | { readonly kind: 'hold'; readonly untilMs: number | undefined };

export interface WarmUpOptions {
  readonly rules: CacheRules;
  readonly uses: PrefixUses;
  /**
   * This lane gets only tasks that fall back from other lanes, if any, so the first of them does
   * not write a prefix.
   */
  readonly isFallback?: boolean;
  /** Expected time between two requests. */
  readonly gapMs?: number;
  /** The rest time that an earlier run learned: see `CacheTotals`. */
  readonly restMs?: number;
}

/**
 * How many prefixes may be written before one has been read, if writing costs extra. Two probes
 * bring that to five writes.
 */
const MOST_UNPROVEN = 3;
/** A warm-up call that probes an entry has to be useful to at least this many requests. */
const LEAST_FOLLOWERS = 3;

export type WarmUp = ReturnType<typeof createWarmUp>;

/**
 * Decides which requests of a lane may be sent, so that a prefix is written once and then read. The
 * first request with a prefix is sent alone, then one more to check that the prefix is read, then
 * all others. Pure: times are parameters.
 */
export function createWarmUp({
  rules,
  uses,
  isFallback = false,
  gapMs = 0,
  restMs = 0,
}: WarmUpOptions) {
  const entries = createCacheEntries(rules, restMs);
  const { totals } = entries;
  const keeps = (prefix: Prefix): boolean => entries.keeps(prefix);
  const chargesWrites = rules.kind === 'breakpoints' && rules.rates.write > 1;
  const measured: Measured = new Map();
  let takesCalls = rules.hasWarmUpCall;
  let out = 0;

  /** If writing costs extra, little is written until something has been read. */
  function isCareful(): boolean {
    return chargesWrites && !entries.isProven();
  }

  /**
   * The role of the request for one prefix; an object if the request has to wait, with the time
   * until which it waits, if known.
   */
  function roleFor(
    prefix: SharedPrefix,
    { template: { promptCache: setting = 'auto' } }: Shared,
    { nowMs, isAgain = false, isLast = false }: EnterOptions,
  ): Role | { readonly untilMs: number | undefined } {
    const entry = entries.of(prefix, nowMs);
    switch (entry.state) {
      case 'off':
        return 'none';
      case 'warm':
        return 'follow';
      case 'leading':
      case 'probing':
        return { untilMs: undefined };
      case 'unproven': {
        if (nowMs < entry.notBeforeMs) return { untilMs: entry.notBeforeMs };
        const isOneAtATime = isCareful() && entries.count('probing') > 0;
        return isOneAtATime && !isLast ? { untilMs: undefined } : 'probe';
      }
      case 'cold': {
        const left = entry.uses - entry.given + (isAgain ? 1 : 0);
        if (isFallback && entry.given === 0 && !isAgain) return 'none';
        const lifetime = lifetimeFor(rules, { uses: left, gapMs, setting });
        if (!keeps(prefix) || !paysOff(rules, left, lifetime)) return 'none';
        const unproven = entries.count('leading', 'unproven', 'probing');
        const isEnough = isCareful() && (unproven >= MOST_UNPROVEN || entries.isDoubted());
        if (isEnough && !isLast) return { untilMs: undefined };
        entry.lifetime = lifetime;
        return 'lead';
      }
    }
  }

  /**
   * Whether a separate call, which returns before an answer would, can do the same at almost no
   * extra cost.
   */
  function isWorthCall({ request, prefixes }: Shared, roles: readonly Role[]): boolean {
    const last = prefixes.at(-1);
    const role = roles.at(-1);
    if (!last || roles.filter((each) => each !== 'follow').some((each) => each !== role))
      return false;
    const { uses: planned, given } = entries.of(last);
    const isCheap =
      role === 'lead'
        ? isCallCheap(rules, planned - given)
        : role === 'probe' &&
          !entries.isProven() &&
          planned - given >= LEAST_FOLLOWERS &&
          isCallCheap(rules, uses.tasks / 2);
    return isCheap && warmUpRequest(request, rules, last) !== undefined;
  }

  return {
    totals,
    /** The request of a warm-up call. */
    callOf: ({ shared: { request, prefixes } }: Pass): PromptRequest | undefined =>
      warmUpRequest(request, rules, prefixes.at(-1)),
    /** Notes that the provider rejects warm-up calls, or that there is no money for one. */
    refusesCalls(): void {
      takesCalls = false;
    },
    /** Whether a request is in flight that others wait for. */
    isBusy: () => out > 0 && entries.count('leading', 'probing') > 0,
    /** The prefixes of a request that are shared and worth caching, if any. */
    shared: (request: PromptRequest, template: TaskTemplate): Shared | undefined =>
      sharedPrefixes(request, template, { rules, uses, keeps, measured }),
    /** Whether a request may be sent now. After `go`, `answered` or `left` must be called. */
    enter(shared: Shared, options: EnterOptions): Entered {
      const { nowMs, isAgain = false } = options;
      const roles: Role[] = [];
      for (const prefix of shared.prefixes) {
        // A request that writes one prefix also writes all longer ones.
        const isLast = options.isLast === true || roles.at(-1) === 'lead';
        const role = totals.stopped ? 'none' : roleFor(prefix, shared, { ...options, isLast });
        if (typeof role !== 'object') {
          roles.push(role);
          continue;
        }
        if (options.cannotWait !== true) return { kind: 'hold', untilMs: role.untilMs };
        // Longer prefixes contain this one, so they are not written either.
        while (roles.length < shared.prefixes.length) roles.push('none');
        break;
      }
      const isCall =
        options.mayCall === true && takesCalls && !isFallback && isWorthCall(shared, roles);
      let expectedRead = 0;
      const marked: Array<{ prefix: SharedPrefix; lifetime: CacheLifetime | undefined }> = [];
      for (const [at, prefix] of shared.prefixes.entries()) {
        const entry = entries.of(prefix);
        const role = roles[at] ?? 'none';
        entries.entered(entry, role, nowMs);
        if (!isAgain && !isCall) entry.given += 1;
        if (role === 'follow' || role === 'probe') expectedRead = prefix.tokens;
        if (role !== 'none') marked.push({ prefix, lifetime: entry.lifetime });
      }
      out += 1;
      const marks = rules.kind === 'breakpoints' ? marksOf(marked) : undefined;
      const awaited = roles.findIndex((role) => role === 'lead' || role === 'probe');
      const asked = rules.hasDiagnostics ? shared.prefixes[awaited] : undefined;
      const comparedWith = asked && { responseId: entries.of(asked).writtenBy };
      const pass = {
        shared,
        marks: marks && { ...marks, ...(comparedWith && { comparedWith }) },
        roles,
        startedMs: nowMs,
        expectedRead,
        isAgain: isAgain || isCall,
      };
      return { kind: isCall ? 'call' : 'go', pass };
    },
    /**
     * Notes what an answer reported about the cache: `silent` if it reported nothing; undefined if
     * there was no answer.
     */
    answered(pass: Pass, said: CacheReport | 'silent' | undefined, nowMs: number): void {
      out -= 1;
      if (said === 'silent' && isAwaitedByOthers(pass)) entries.stop('not_reported');
      entries.answered(pass, said === 'silent' ? undefined : said, nowMs);
    },
    /** Notes that the request was not sent after all. */
    left(pass: Pass): void {
      out -= 1;
      entries.answered(pass, undefined, pass.startedMs);
      if (pass.isAgain) return;
      for (const prefix of pass.shared.prefixes) entries.of(prefix).given -= 1;
    },
  };
}
