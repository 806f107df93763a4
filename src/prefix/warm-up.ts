import type { CacheLifetime, TaskTemplate } from '../manifest/manifest.ts';
import { roughRequestTokens } from '../plan/rough-tokens.ts';
import type { PromptRequest } from '../plan/task.ts';
import { LIFETIME_MS, type CacheRules } from './cache-rules.ts';
import { isHit, type CacheReport } from './hit.ts';
import { lifetimeFor, MOST_BREAKPOINTS, paysOff, steersCaching, type CacheMarks } from './marks.ts';
import { prefixesOf, type Prefix } from './prefix.ts';
import { isCallCheap, warmUpRequest } from './warm-up-call.ts';
import type { PrefixUses } from './uses.ts';

/**
 * Decides for one lane which requests may go out, so that a prefix is written once and then read: the first
 * request with it goes alone, then one more to see whether it is read, then all. Pure: times are parameters.
 */
export interface WarmUp {
  /** The prefixes that a request shares with others and that are worth caching; undefined when there are none. */
  shared(request: PromptRequest, template: TaskTemplate): Shared | undefined;
  /** Whether a request may go out now. Once it may, `answered` or `left` has to follow. */
  enter(shared: Shared, options: EnterOptions): Entered;
  /** What an answer said of the cache: `silent` when it said nothing; undefined when there was none. */
  answered(pass: Pass, report: CacheReport | 'silent' | undefined, nowMs: number): void;
  /** The request was not sent after all. */
  left(pass: Pass): void;
  /** Whether a request is out that others wait for. */
  isBusy(): boolean;
  /** What such a call sends. */
  callOf(pass: Pass): PromptRequest | undefined;
  /** The provider refuses calls that only write, or there is no money for one. */
  refusesCalls(): void;
  readonly totals: CacheTotals;
}

export interface EnterOptions {
  readonly nowMs: number;
  /** The task was sent before: it is not another use of the prefix. */
  readonly isAgain?: boolean;
  /** Nothing else will come of waiting. */
  readonly isLast?: boolean;
  /** It goes in any case, without the cache where it would have to wait. */
  readonly cannotWait?: boolean;
  /** Whether a call may be made for it: see `warm-up-call.ts`. */
  readonly mayCall?: boolean;
}

/** The prefixes of one request that others have too, the shortest first. */
export interface Shared {
  readonly request: PromptRequest;
  readonly template: TaskTemplate;
  readonly prefixes: readonly SharedPrefix[];
  /** Estimate of the whole request. */
  readonly promptTokens: number;
}

interface SharedPrefix extends Prefix {
  /** Requests of the lane that are expected to have it. */
  readonly uses: number;
}

export type Entered =
  | { readonly kind: 'go'; readonly pass: Pass }
  /** It waits, and a call of the provider's own is to write its prefixes. */
  | { readonly kind: 'call'; readonly pass: Pass }
  /** Until something changes, or until this time. */
  | { readonly kind: 'hold'; readonly untilMs: number | undefined };

/** What a request does for the cache, fixed when it goes out. */
export interface Pass {
  readonly shared: Shared;
  /** Undefined: nothing is marked. */
  readonly marks: CacheMarks | undefined;
  readonly roles: readonly Role[];
  readonly startedMs: number;
  /** Tokens that it is expected to read from the cache. */
  readonly expectedRead: number;
  readonly isAgain: boolean;
}

/** `lead`: writes the entry. `probe`: the first to read it. `none`: the prefix is not cached any more. */
type Role = 'lead' | 'probe' | 'follow' | 'none';

/** Whether other requests wait for what comes of this one. */
export function isAwaitedByOthers(pass: Pass | undefined): boolean {
  return pass?.roles.some((role) => role === 'lead' || role === 'probe') === true;
}

export interface CacheTotals {
  /** Tokens of shared prefixes in all answers, and how many of them were read. */
  sharedTokens: number;
  readTokens: number;
  /** Why nothing is cached any more. */
  stopped: CacheStop | undefined;
  /** How long an entry has to rest before it can be read, as far as it was found out. */
  restMs: number;
}

/**
 * `never_read`: what was written was not read. `not_written`: the server ignores the marks. `not_reported`: answers
 * do not say what was cached.
 */
export type CacheStop = 'never_read' | 'not_written' | 'not_reported';

export interface WarmUpOptions {
  readonly rules: CacheRules;
  readonly uses: PrefixUses;
  /** Its tasks come from other lanes, if any do: no prefix is written for the first of them. */
  readonly isFallback?: boolean;
  /** Expected time between two requests. */
  readonly gapMs?: number;
  /** As an earlier run found out: see `CacheTotals`. */
  readonly restMs?: number;
}

/** One prefix of the lane. */
interface Entry {
  /** `unproven`: it was written, and nobody has read it yet. */
  state: 'cold' | 'leading' | 'unproven' | 'probing' | 'warm' | 'off';
  readonly uses: number;
  given: number;
  lifetime: CacheLifetime | undefined;
  aliveUntilMs: number;
  /** No probe before. */
  notBeforeMs: number;
  /** Probes in a row that read nothing. */
  missedProbes: number;
  /** Followers in a row that read nothing. */
  missed: number;
  relapses: number;
  /** Requests in a row that should have written it and were not answered. */
  failedLeads: number;
}

/** Where the first reads miss, entries are readable after two seconds: anthropic-sdk-python#1451. */
const REST_MS = 2_000;
const MOST_PROBES = 2;
/** Prefixes written before any of the lane was read, where writing costs more: with two probes, five writes. */
const MOST_UNPROVEN = 3;
/** Followers in a row that miss before the entry is taken for lost. */
const MOST_MISSED = 3;
const MOST_RELAPSES = 2;
/** Requests that a call which probes has to be of use to. */
const LEAST_FOLLOWERS = 3;
/** Leaders in a row that fail: beyond it, the others need not wait for one. */
const MOST_FAILED_LEADS = 8;
/** An entry that is about to expire is taken for expired. */
const MARGIN_MS = 5_000;
/** What a breakpoint adds to the one before, at least. */
const WORTH_MARKING = 64;
/** Estimates may be this much too low. */
const SLACK = 0.8;
/** A prefix so much longer than the minimum that its model keeps prefixes of this length. */
const SURELY_LONG_ENOUGH = 8_192;

export function createWarmUp({
  rules,
  uses,
  isFallback = false,
  gapMs = 0,
  restMs = 0,
}: WarmUpOptions): WarmUp {
  const entries = new Map<string, Entry>();
  const totals: CacheTotals = { sharedTokens: 0, readTokens: 0, stopped: undefined, restMs };
  const chargesWrites = rules.kind === 'breakpoints' && rules.rates.write > 1;
  let { minTokens, hasWarmUpCall: takesCalls } = rules;
  /** Whether an entry of the lane was read; before, how many probes read nothing. */
  let isProven = false;
  let lostProbes = 0;
  let out = 0;

  function entryOf(prefix: SharedPrefix): Entry {
    let entry = entries.get(prefix.key);
    if (!entry) {
      entry = {
        state: 'cold',
        uses: prefix.uses,
        given: 0,
        lifetime: undefined,
        aliveUntilMs: 0,
        notBeforeMs: 0,
        missedProbes: 0,
        missed: 0,
        relapses: 0,
        failedLeads: 0,
      };
      entries.set(prefix.key, entry);
    }
    return entry;
  }

  function count(state: Entry['state']): number {
    let found = 0;
    for (const entry of entries.values()) if (entry.state === state) found += 1;
    return found;
  }

  function isKept({ tokens }: Prefix): boolean {
    return tokens >= minTokens * SLACK;
  }

  /** What the request does for one prefix; a time or undefined when it has to wait. */
  function roleFor(
    prefix: SharedPrefix,
    { template: { promptCache: setting = 'auto' } }: Shared,
    { nowMs, isAgain = false, isLast = false }: EnterOptions,
  ): Role | { readonly untilMs: number | undefined } {
    const entry = entryOf(prefix);
    if (isExpired(entry, nowMs)) entry.state = 'cold';
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
        const isOneAtATime = chargesWrites && !isProven && count('probing') > 0;
        return isOneAtATime && !isLast ? { untilMs: undefined } : 'probe';
      }
      case 'cold': {
        const left = entry.uses - entry.given + (isAgain ? 1 : 0);
        if (isFallback && entry.given === 0 && !isAgain) return 'none';
        const lifetime = lifetimeFor(rules, { uses: left, gapMs, setting });
        if (!isKept(prefix) || !paysOff(rules, left, lifetime)) return 'none';
        const isEnough =
          chargesWrites && !isProven && (unproven() >= MOST_UNPROVEN || lostProbes > 0);
        if (isEnough && !isLast) return { untilMs: undefined };
        entry.lifetime = lifetime;
        return 'lead';
      }
    }
  }

  function unproven(): number {
    return count('leading') + count('unproven') + count('probing');
  }

  function stop(why: CacheStop): void {
    totals.stopped ??= why;
    for (const entry of entries.values()) entry.state = 'off';
  }

  function enterRole(entry: Entry, role: Role, nowMs: number): void {
    if (role === 'lead') entry.state = 'leading';
    if (role === 'probe') entry.state = 'probing';
    if (role === 'none') return;
    const lifetimeMs = entry.lifetime ? LIFETIME_MS[entry.lifetime] : rules.lifetimeMs;
    entry.aliveUntilMs = Math.max(entry.aliveUntilMs, nowMs + lifetimeMs);
  }

  function failed(entry: Entry, role: Role | undefined): void {
    if (role === 'probe' && entry.state === 'probing') entry.state = 'unproven';
    if (role !== 'lead' || entry.state !== 'leading') return;
    entry.failedLeads += 1;
    entry.state = entry.failedLeads < MOST_FAILED_LEADS ? 'cold' : 'off';
  }

  function judge(pass: Pass, at: number, report: CacheReport | undefined, nowMs: number): void {
    const { prefixes, promptTokens } = pass.shared;
    const prefix = prefixes[at];
    const entry = prefix && entries.get(prefix.key);
    if (!prefix || !entry || entry.state === 'off') return;
    const role = pass.roles[at];
    if (report === undefined) return failed(entry, role);
    entry.failedLeads = 0;
    const wasRead = isHit(prefixes, at, { report, promptTokens });
    if (wasRead) return read(entry, role);
    if (role === 'lead') written(prefix, entry, report, nowMs);
    if (role === 'probe') probeMissed(entry, nowMs);
    if (role === 'follow') followerMissed(entry, nowMs);
  }

  function read(entry: Entry, role: Role | undefined): void {
    isProven = true;
    if (role === 'probe' && entry.missedProbes + lostProbes > 0) totals.restMs = REST_MS;
    lostProbes = 0;
    entry.missedProbes = 0;
    entry.missed = 0;
    if (role !== 'none') entry.state = 'warm';
  }

  function written(prefix: Prefix, entry: Entry, report: CacheReport, nowMs: number): void {
    const isWritten = rules.kind === 'automatic' || report.writtenTokens + report.readTokens > 0;
    if (isWritten) {
      entry.state = 'unproven';
      entry.notBeforeMs = nowMs + totals.restMs;
      return;
    }
    entry.state = 'off';
    minTokens = Math.max(minTokens, (prefix.tokens + 1) / SLACK);
    if (prefix.tokens >= SURELY_LONG_ENOUGH) stop('not_written');
  }

  function probeMissed(entry: Entry, nowMs: number): void {
    entry.missedProbes += 1;
    entry.state = 'unproven';
    entry.notBeforeMs = nowMs + REST_MS;
    if (!isProven) {
      lostProbes += 1;
      // As long as nothing was read, one probe speaks for all.
      for (const each of entries.values()) each.notBeforeMs = nowMs + REST_MS;
      if (lostProbes >= MOST_PROBES) stop('never_read');
    } else if (entry.missedProbes >= MOST_PROBES) {
      entry.state = 'off';
      if (entry.relapses > 0) stop('never_read');
    }
  }

  function followerMissed(entry: Entry, nowMs: number): void {
    if (entry.state !== 'warm') return;
    entry.missed += 1;
    if (entry.missed < MOST_MISSED) return;
    entry.missed = 0;
    entry.relapses += 1;
    entry.state = 'unproven';
    entry.notBeforeMs = nowMs + REST_MS;
    if (entry.relapses >= MOST_RELAPSES) stop('never_read');
  }

  /** Whether what it does for the cache is done for next to nothing by a call, which comes back earlier. */
  function isWorthCall({ request, prefixes }: Shared, roles: readonly Role[]): boolean {
    const last = prefixes.at(-1);
    const role = roles.at(-1);
    if (!last || roles.filter((each) => each !== 'follow').some((each) => each !== role))
      return false;
    const { uses: planned, given } = entryOf(last);
    const isCheap =
      role === 'lead'
        ? isCallCheap(rules, planned - given)
        : role === 'probe' &&
          !isProven &&
          planned - given >= LEAST_FOLLOWERS &&
          isCallCheap(rules, uses.tasks / 2);
    return isCheap && warmUpRequest(request, rules, last) !== undefined;
  }

  return {
    totals,
    callOf: ({ shared: { request, prefixes } }) => warmUpRequest(request, rules, prefixes.at(-1)),
    refusesCalls() {
      takesCalls = false;
    },
    isBusy: () => out > 0 && count('leading') + count('probing') > 0,
    shared(request, template) {
      if (template.promptCache === 'off' || steersCaching(request.parameters.params))
        return undefined;
      const all = prefixesOf(request, rules.settings).filter(isKept);
      const prefixes = worthMarking(
        all.map((prefix) => ({ ...prefix, uses: uses.of(prefix, template) })),
      );
      if (prefixes.length === 0) return undefined;
      return { request, template, prefixes, promptTokens: roughRequestTokens(request) };
    },
    enter(shared, options) {
      const { nowMs, isAgain = false } = options;
      const roles: Role[] = [];
      for (const prefix of shared.prefixes) {
        // A request that writes the one writes all that are longer.
        const isLast = options.isLast === true || roles.at(-1) === 'lead';
        const role = totals.stopped ? 'none' : roleFor(prefix, shared, { ...options, isLast });
        if (typeof role !== 'object') {
          roles.push(role);
          continue;
        }
        if (options.cannotWait !== true) return { kind: 'hold', untilMs: role.untilMs };
        // What is longer is not written either: it holds this one.
        while (roles.length < shared.prefixes.length) roles.push('none');
        break;
      }
      const isCall =
        options.mayCall === true && takesCalls && !isFallback && isWorthCall(shared, roles);
      let expectedRead = 0;
      const marked: Array<{ prefix: Prefix; entry: Entry }> = [];
      for (const [at, prefix] of shared.prefixes.entries()) {
        const entry = entryOf(prefix);
        const role = roles[at] ?? 'none';
        enterRole(entry, role, nowMs);
        if (!isAgain && !isCall) entry.given += 1;
        if (role === 'follow' || role === 'probe') expectedRead = prefix.tokens;
        if (role !== 'none') marked.push({ prefix, entry });
      }
      out += 1;
      const marks = rules.kind === 'breakpoints' ? marksOf(marked) : undefined;
      const pass = {
        shared,
        marks,
        roles,
        startedMs: nowMs,
        expectedRead,
        isAgain: isAgain || isCall,
      };
      return { kind: isCall ? 'call' : 'go', pass };
    },
    answered(pass, said, nowMs) {
      out -= 1;
      if (said === 'silent' && pass.roles.includes('lead')) stop('not_reported');
      const report = said === 'silent' ? undefined : said;
      if (report) {
        const scale = report.promptTokens / Math.max(1, pass.shared.promptTokens);
        const shared = Math.round((pass.shared.prefixes.at(-1)?.tokens ?? 0) * scale);
        totals.sharedTokens += Math.max(shared, report.readTokens);
        totals.readTokens += report.readTokens;
      }
      pass.roles.forEach((_, at) => judge(pass, at, report, nowMs));
    },
    left(pass) {
      out -= 1;
      pass.roles.forEach((_, at) => judge(pass, at, undefined, pass.startedMs));
      if (pass.isAgain) return;
      for (const prefix of pass.shared.prefixes) entryOf(prefix).given -= 1;
    },
  };
}

function isExpired({ state, aliveUntilMs }: Entry, nowMs: number): boolean {
  return (state === 'warm' || state === 'unproven') && nowMs >= aliveUntilMs - MARGIN_MS;
}

/** Those after which fewer requests are still alike, and at most as many as may be marked. */
function worthMarking(prefixes: readonly SharedPrefix[]): readonly SharedPrefix[] {
  const ends = prefixes.filter(({ uses }, at) => uses >= 2 && uses > (prefixes[at + 1]?.uses ?? 0));
  const apart: SharedPrefix[] = [];
  for (const prefix of ends) {
    if (prefix.tokens - (apart.at(-1)?.tokens ?? 0) >= WORTH_MARKING) apart.push(prefix);
  }
  return apart.slice(-MOST_BREAKPOINTS);
}

function marksOf(
  marked: ReadonlyArray<{ readonly prefix: Prefix; readonly entry: Entry }>,
): CacheMarks | undefined {
  const [first] = marked;
  if (!first) return undefined;
  // A longer lifetime has to come first: what a prefix holds lives at least as long as the prefix.
  let longest: CacheLifetime | undefined;
  const breakpoints = marked.toReversed().map(({ prefix, entry }) => {
    longest = entry.lifetime ?? longest;
    return { after: prefix.end, lifetime: longest };
  });
  return { breakpoints: breakpoints.toReversed(), key: first.prefix.key };
}
