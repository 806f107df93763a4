/**
 * Every number that pacing was tuned with, its unit, and the row of `npm run pacing` that gets
 * worse without it. Decision 48 has the measurements.
 */

// Concurrency
/** Concurrent requests at the start; `cap-blind`. */
export const START_CONCURRENCY = 8;
/** Slots per success after a refusal, nothing announced; `refusals count, nothing announced`. */
export const SLOW_START = 1;
/** Slots per success before the first refusal, and if limits are announced; `announced-rpm`. */
export const FAST_START = 3;
/** Slots per round beyond the threshold; `cap-blind`. */
export const GROWTH_PER_ROUND = 4;
/** Milliseconds below a ceiling before the first try; `nothing announced, bucket of 0.1 s`. */
export const FIRST_HOLD_MS = 2_000;
/** The most milliseconds without a try; `hidden cap of 40, no headers`. */
export const LONGEST_HOLD_MS = 60_000;
/**
 * The least time between tries, as a multiple of the pause that a try costs; `hidden cap of 40,
 * retry-after only`.
 */
export const HOLD_PER_PAUSE = 20;

// Announced limits
/**
 * Milliseconds of the rate kept back, because requests may arrive closer together; `announced-rpm`.
 */
export const ANNOUNCED_MARGIN_MS = 50;
/** How far a capacity moves toward a new measurement, 0 to 1; `announced rpm, bucket of 0.1 s`. */
export const CAPACITY_SHARE = 0.2;

// Rates that are found
/** Factor for the rate that was refused; `halved-hidden`. */
export const RATE_CUT = 0.85;
/** How far below its reference a curve starts, as a share of the rate; `nothing-announced`. */
export const RATE_DIP = 0.03;
/**
 * Milliseconds until a curve is back at its reference, and within which a second refusal blames an
 * announced rate, not the level; `halved at 10 s, hidden`, `halved-hidden`.
 */
export const PLATEAU_MS = 10_000;
/** How many milliseconds of the rate a lane may catch up on; `retry-after-only`. */
export const FOUND_BURST_MS = 1_000;
/** The most measurements that a known rate counts for; `two on one cap of 40`. */
export const MOST_TRUST = 6;
/** Requests between two refusals that give a rate to within a few percent; `nothing-announced`. */
export const SURE_REQUESTS = 30;
/**
 * Milliseconds without a refusal that end a series of refusals, and without growth after a server
 * error; `nothing-announced`.
 */
export const CALM_MS = 2_000;
/** Cuts in a row until announced limits with room no longer mean a ceiling; `lying headers`. */
export const CUTS_BEFORE_DOUBT = 6;

// Servers that admit nothing
/** Refusals in a row that mean that the server is closed; `outage`. */
export const REFUSALS_MEAN_CLOSED = 3;
/** The shortest pause between probes, in milliseconds; `outage`. */
export const SHORTEST_PROBE_PAUSE_MS = 250;
/** The longest pause between probes, in milliseconds; `storm of 30 s`. */
export const LONGEST_PROBE_PAUSE_MS = 30_000;
/** The pause, as a share of the time that an overload has lasted so far; `outage`. */
export const OVERLOAD_PROBE_SHARE = 1 / 8;
/**
 * The pause, as a share of the time in which only refusals for a limit came back; `5 a minute,
 * hidden`.
 */
export const LIMIT_PROBE_SHARE = 1 / 3;
/** Milliseconds without a refusal after which a probe allows another one; `outage`. */
export const PROBE_PATIENCE_MS = 100;

// The load of requests
/** Tokens expected of the first answer, if the task does not set `max_tokens`. */
export const UNKNOWN_OUTPUT_TOKENS = 512;
/** The number of recent answers that a mean reflects; `announced-otpm`. */
export const FOLLOWED_ANSWERS = 50;
