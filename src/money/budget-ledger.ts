import type { WorstCase } from './worst-case.ts';

/**
 * Admission control by money: the worst case is reserved before a task is sent, and settled when
 * the task ends. As long as no task costs more than its worst case, spent and reserved money
 * together never exceed the cap, at any concurrency.
 */
export interface Ledger {
  /** Asks to start a task. A refusal changes nothing. */
  reserve(worst: TaskNeed): Admission;
  /** Ends a reservation; ending it twice is a bug and throws. */
  settle(reservation: Reservation, spent: Spent): void;
  state(): LedgerState;
}

export interface TaskNeed extends WorstCase {
  /**
   * US dollars that the task has already cost on other models, which count toward the cap per task.
   * Default 0.
   */
  readonly taskSpentUsd?: number;
  /** The number of tasks that the reservation is for, each within its own cap. Default 1. */
  readonly tasks?: number;
}

export interface LedgerOptions {
  /** Undefined: no cap. */
  readonly maxCostUsd: number | undefined;
  readonly maxTaskCostUsd: number | undefined;
  /** What earlier runs of the journal spent, including attempts that may have been charged. */
  readonly spentUsd?: number;
}

export type Admission =
  | { readonly ok: true; readonly reservation: Reservation }
  | {
      readonly ok: false;
      /** The cap that the reservation would exceed. */
      readonly cap: 'run' | 'task';
      /**
       * `after_settlement`: ask again then, because a task in flight may release money. `never`:
       * the task will never fit.
       */
      readonly retry: 'after_settlement' | 'never';
      /** What one attempt needs and what is left, in US dollars. */
      readonly neededUsd: number;
      readonly leftUsd: number;
    };

/** Money reserved for one task. */
export interface Reservation {
  /**
   * How many attempts are covered. After that many attempts that were or may have been charged, no
   * more may be sent. Free attempts (429, refused connection) do not count.
   */
  readonly attempts: number;
  readonly attemptUsd: number;
}

export interface Spent {
  /** The bill of all attempts that reported usage, in US dollars. */
  readonly usd: number;
  /** Attempts that may have been charged without reporting usage: each counts as its worst case. */
  readonly possiblyPaidAttempts: number;
}

export interface LedgerState {
  /** Includes attempts that may have been charged. */
  readonly spentUsd: number;
  readonly reservedUsd: number;
  /** What may still be reserved; undefined without a cap. */
  readonly leftUsd: number | undefined;
  /** How much more tasks cost than their worst cases; 0 unless estimates were wrong. */
  readonly overrunUsd: number;
}

/** Whole billionths of a dollar: sums are exact, and every rounding favors the cap. */
type Nano = number;

export function createLedger(options: LedgerOptions): Ledger {
  const cap = capNano(options.maxCostUsd);
  const taskCap = capNano(options.maxTaskCostUsd);
  const open = new Map<Reservation, Nano>();
  let spent: Nano = ceilNano(options.spentUsd ?? 0);
  let reserved: Nano = 0;
  let overrun: Nano = 0;

  return {
    reserve({ attemptUsd, attempts, taskSpentUsd = 0, tasks = 1 }) {
      const attempt = ceilNano(attemptUsd);
      const leftInTask = tasks * taskCap - ceilNano(taskSpentUsd);
      const inTask = Math.min(attempts, timesIn(attempt, leftInTask));
      if (inTask < 1) return refusal('task', 'never', attempt, leftInTask);
      // While other tasks may release money, reserve the first attempt and all retries; otherwise,
      // reserve as many attempts as fit.
      const left = cap - spent - reserved;
      const covered = open.size > 0 ? inTask : Math.min(inTask, timesIn(attempt, left));
      if (covered < 1 || covered * attempt > left) {
        const hopeless = attempt > cap - spent;
        return refusal('run', hopeless ? 'never' : 'after_settlement', attempt, left);
      }
      const reservation: Reservation = { attempts: covered, attemptUsd: toUsd(attempt) };
      open.set(reservation, covered * attempt);
      reserved += covered * attempt;
      return { ok: true, reservation };
    },

    settle(reservation, { usd, possiblyPaidAttempts }) {
      const setAside = open.get(reservation);
      if (setAside === undefined) throw new Error('a reservation was settled twice');
      const actual = ceilNano(usd) + possiblyPaidAttempts * ceilNano(reservation.attemptUsd);
      open.delete(reservation);
      reserved -= setAside;
      spent += actual;
      overrun += Math.max(0, actual - setAside);
    },

    state() {
      return {
        spentUsd: toUsd(spent),
        reservedUsd: toUsd(reserved),
        leftUsd: cap === Infinity ? undefined : toUsd(Math.max(0, cap - spent - reserved)),
        overrunUsd: toUsd(overrun),
      };
    },
  };
}

function refusal(
  cap: 'run' | 'task',
  retry: 'after_settlement' | 'never',
  needed: Nano,
  left: Nano,
): Admission {
  return { ok: false, cap, retry, neededUsd: toUsd(needed), leftUsd: toUsd(Math.max(0, left)) };
}

/** How many times `part` fits into `whole`. Zero fits any number of times. */
function timesIn(part: Nano, whole: Nano): number {
  if (part === 0) return whole >= 0 ? Infinity : 0;
  return Math.floor(whole / part);
}

function ceilNano(usd: number): Nano {
  return toNano(usd, Math.ceil);
}

function capNano(usd: number | undefined): Nano {
  return usd === undefined ? Infinity : toNano(usd, Math.floor);
}

/**
 * In floating point, 0.07 dollars is 70000000.00000001 nano: a value within that error of a whole
 * number counts as whole.
 */
function toNano(usd: number, round: (value: number) => number): Nano {
  if (!(usd >= 0 && usd < Infinity)) throw new RangeError(`${usd} is not an amount of money`);
  const nano = usd * 1e9;
  const whole = Math.round(nano);
  return Math.abs(nano - whole) <= whole * 2 ** -50 ? whole : round(nano);
}

function toUsd(nano: Nano): number {
  return nano / 1e9;
}
