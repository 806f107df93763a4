import type { CacheLifetime } from '../manifest/manifest.ts';
import { LIFETIME_MS, type CacheRules } from './cache-rules.ts';
import { isHit, type CacheReport } from './cache-hit.ts';
import type { Pass, Role } from './cache-role.ts';
import type { Prefix } from './prefix.ts';
import type { SharedPrefix } from './shared-prefixes.ts';

export interface CacheTotals {
  /**
   * Tokens of shared prefixes in all answers, and how many of these tokens were read from the
   * cache.
   */
  sharedTokens: number;
  readTokens: number;
  /** Why caching stopped. */
  stopped: CacheStop | undefined;
  /** The reason in the provider's own words. */
  diagnosis: string | undefined;
  /** How long an entry has to rest before it can be read, according to what is known. */
  restMs: number;
}

/**
 * `never_read`: written entries were not read. `not_written`: the server ignores the marks.
 * `not_reported`: answers do not say what was cached.
 */
export type CacheStop = 'never_read' | 'not_written' | 'not_reported';

/** `unproven`: the entry was written, but has not been read yet. */
export type EntryState = 'cold' | 'leading' | 'unproven' | 'probing' | 'warm' | 'off';

export interface Entry {
  state: EntryState;
  readonly uses: number;
  given: number;
  lifetime: CacheLifetime | undefined;
  aliveUntilMs: number;
  /** The response that wrote the entry. */
  writtenBy: string | undefined;
  /** The earliest time at which a probe may be sent. */
  notBeforeMs: number;
  /** How many probes in a row missed. */
  missedProbes: number;
  /** How many followers in a row missed. */
  missed: number;
  relapses: number;
  /** How many requests in a row were supposed to write the entry but were not answered. */
  failedLeads: number;
}

/** How long entries rest if the first reads miss. */
const REST_MS = 2_000;
const MOST_PROBES = 2;
/** An entry counts as lost after this many followers in a row missed. */
const MOST_MISSED = 3;
const MOST_RELAPSES = 2;
/** After this many failed leaders in a row, the other requests stop waiting for one. */
const MOST_FAILED_LEADS = 8;
/** An entry this close to its expiry counts as expired. */
const MARGIN_MS = 5_000;
/** Token estimates may be too low by this factor. */
const SLACK = 0.8;
/** A prefix this long is certainly long enough to be cached. */
const SURELY_LONG_ENOUGH = 8_192;

/** What a lane's answers reveal about the entries in the provider's cache. */
export function createCacheEntries(rules: CacheRules, restMs: number) {
  const entries = new Map<string, Entry>();
  const counts = new Map<EntryState, number>();
  const totals: CacheTotals = {
    sharedTokens: 0,
    readTokens: 0,
    stopped: undefined,
    diagnosis: undefined,
    restMs: Math.max(restMs, rules.restMs),
  };
  let { minTokens } = rules;
  let isProven = false;
  let lostProbes = 0;

  function move(entry: Entry, state: EntryState): void {
    counts.set(entry.state, (counts.get(entry.state) ?? 0) - 1);
    counts.set(state, (counts.get(state) ?? 0) + 1);
    entry.state = state;
  }

  function added({ key, uses }: SharedPrefix): Entry {
    const entry: Entry = {
      state: totals.stopped ? 'off' : 'cold',
      uses,
      given: 0,
      lifetime: undefined,
      aliveUntilMs: 0,
      writtenBy: undefined,
      notBeforeMs: 0,
      missedProbes: 0,
      missed: 0,
      relapses: 0,
      failedLeads: 0,
    };
    entries.set(key, entry);
    counts.set(entry.state, (counts.get(entry.state) ?? 0) + 1);
    return entry;
  }

  function stop(why: CacheStop): void {
    totals.stopped ??= why;
    for (const entry of entries.values()) move(entry, 'off');
  }

  function failed(entry: Entry, role: Role | undefined): void {
    if (role === 'probe' && entry.state === 'probing') move(entry, 'unproven');
    if (role !== 'lead' || entry.state !== 'leading') return;
    entry.failedLeads += 1;
    move(entry, entry.failedLeads < MOST_FAILED_LEADS ? 'cold' : 'off');
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
    totals.diagnosis = report.missedFor ?? totals.diagnosis;
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
    if (role !== 'none') move(entry, 'warm');
  }

  function written(prefix: Prefix, entry: Entry, report: CacheReport, nowMs: number): void {
    const isWritten = rules.kind === 'automatic' || report.writtenTokens + report.readTokens > 0;
    if (isWritten) {
      move(entry, 'unproven');
      entry.writtenBy = report.responseId;
      // After a missed probe, all entries rest, including those that were written in the meantime.
      entry.notBeforeMs = nowMs + (lostProbes > 0 ? REST_MS : totals.restMs);
      return;
    }
    move(entry, 'off');
    minTokens = Math.max(minTokens, (prefix.tokens + 1) / SLACK);
    if (prefix.tokens >= SURELY_LONG_ENOUGH) stop('not_written');
  }

  function probeMissed(entry: Entry, nowMs: number): void {
    entry.missedProbes += 1;
    move(entry, 'unproven');
    entry.notBeforeMs = nowMs + REST_MS;
    if (!isProven) {
      lostProbes += 1;
      // Until an entry has been read, one probe speaks for all entries.
      for (const each of entries.values()) each.notBeforeMs = nowMs + REST_MS;
      if (lostProbes >= MOST_PROBES) stop('never_read');
    } else if (entry.missedProbes >= MOST_PROBES) {
      move(entry, 'off');
      if (entry.relapses > 0) stop('never_read');
    }
  }

  function followerMissed(entry: Entry, nowMs: number): void {
    if (entry.state !== 'warm') return;
    entry.missed += 1;
    if (entry.missed < MOST_MISSED) return;
    entry.missed = 0;
    entry.relapses += 1;
    move(entry, 'unproven');
    entry.notBeforeMs = nowMs + REST_MS;
    if (entry.relapses >= MOST_RELAPSES) stop('never_read');
  }

  return {
    totals,
    stop,
    of(prefix: SharedPrefix, nowMs?: number): Entry {
      const entry = entries.get(prefix.key) ?? added(prefix);
      if (nowMs !== undefined && isExpired(entry, nowMs)) move(entry, 'cold');
      return entry;
    },
    /** How many entries are in any of these states. */
    count: (...states: readonly EntryState[]): number =>
      states.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0),
    /** Notes that a request with this role for an entry was sent. */
    entered(entry: Entry, role: Role, nowMs: number): void {
      if (role === 'lead') move(entry, 'leading');
      if (role === 'probe') move(entry, 'probing');
      if (role === 'none') return;
      const lifetimeMs = entry.lifetime ? LIFETIME_MS[entry.lifetime] : rules.lifetimeMs;
      entry.aliveUntilMs = Math.max(entry.aliveUntilMs, nowMs + lifetimeMs);
    },
    /** Notes what an answer reported; `report` is undefined if the request was not answered. */
    answered(pass: Pass, report: CacheReport | undefined, nowMs: number): void {
      if (report) {
        const { prefixes, promptTokens } = pass.shared;
        const scale = report.promptTokens / Math.max(1, promptTokens);
        const shared = Math.round((prefixes.at(-1)?.tokens ?? 0) * scale);
        totals.sharedTokens += Math.max(shared, report.readTokens);
        totals.readTokens += report.readTokens;
      }
      pass.roles.forEach((_, at) => judge(pass, at, report, nowMs));
    },
    /** Whether the model caches prefixes of this length. */
    keeps: ({ tokens }: Prefix): boolean => tokens >= minTokens * SLACK,
    /** Whether any entry of the lane was read. */
    isProven: () => isProven,
    /** Whether probes missed, and nothing has been read since. */
    isDoubted: () => lostProbes > 0,
  };
}

function isExpired({ state, aliveUntilMs }: Entry, nowMs: number): boolean {
  return (state === 'warm' || state === 'unproven') && nowMs >= aliveUntilMs - MARGIN_MS;
}
