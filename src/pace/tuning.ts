/**
 * Every number that pacing was tuned by, with its unit and the row of `npm run pacing` that gets worse
 * without it. Decision 48 has the measurements.
 */

// How many at once
/** Requests; `cap-blind`. */
export const START_CONCURRENCY = 8;
/** Slots per success after a refusal, where nothing is announced; `refusals count, nothing announced`. */
export const SLOW_START = 1;
/** Slots per success until then, and where limits are announced; `announced-rpm`. */
export const FAST_START = 3;
/** Slots per round beyond the threshold; `cap-blind`. */
export const GROWTH_PER_ROUND = 4;
/** Milliseconds below a ceiling before the first try; `nothing announced, bucket of 0.1 s`. */
export const FIRST_HOLD_MS = 2_000;
/** At most so many milliseconds without a try; `hidden cap of 40, no headers`. */
export const LONGEST_HOLD_MS = 60_000;
/** Times the pause that a try costs; `hidden cap of 40, retry-after only`. */
export const HOLD_PER_PAUSE = 20;

// Announced limits
/** Milliseconds of the rate kept back, for requests may arrive closer together; `announced-rpm`. */
export const ANNOUNCED_MARGIN_MS = 50;
/** Of a measured capacity, what is believed each time; `announced rpm, bucket of 0.1 s`. */
export const CAPACITY_SHARE = 0.2;

// Rates that are found
/** Factor on the rate that was refused; `halved-hidden`. */
export const RATE_CUT = 0.85;
/** Of a rate, how far below the reference a curve starts; `nothing-announced`. */
export const RATE_DIP = 0.03;
/**
 * Milliseconds until a curve is back at its reference, and in which a second refusal blames an announced
 * rate, not the level; `halved at 10 s, hidden`, `halved-hidden`.
 */
export const PLATEAU_MS = 10_000;
/** Milliseconds of the rate that may be caught up with; `retry-after-only`. */
export const FOUND_BURST_MS = 1_000;
/** Measurements that a known rate outweighs at most; `two on one cap of 40`. */
export const MOST_TRUST = 6;
/** Requests between two refusals that determine a rate to within a few percent; `nothing-announced`. */
export const SURE_REQUESTS = 30;
/** Milliseconds without a refusal that end a trouble, and without growth after a server error; `nothing-announced`. */
export const CALM_MS = 2_000;
/** Cuts in a row until announced limits with room no longer mean a ceiling; `lying headers`. */
export const CUTS_BEFORE_DOUBT = 6;

// Servers that admit nothing
/** Refusals in a row; `outage`. */
export const REFUSALS_MEAN_CLOSED = 3;
/** Milliseconds; `outage`. */
export const SHORTEST_PROBE_PAUSE_MS = 250;
/** Milliseconds; `storm of 30 s`. */
export const LONGEST_PROBE_PAUSE_MS = 30_000;
/** Of the time that an overload lasts so far; `outage`. */
export const OVERLOAD_PROBE_SHARE = 1 / 8;
/** Of the time that nothing but refusals for a limit came back; `5 a minute, hidden`. */
export const LIMIT_PROBE_SHARE = 1 / 3;
/** Milliseconds without a refusal after which a probe lets another one go; `outage`. */
export const PROBE_PATIENCE_MS = 100;

// What requests weigh
/** Tokens of an answer before the first one came, where the task sets no `max_tokens`. */
export const UNKNOWN_OUTPUT_TOKENS = 512;
/** Answers that a mean follows; `announced-otpm`. */
export const FOLLOWED_ANSWERS = 50;
