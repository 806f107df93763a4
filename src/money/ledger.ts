import type { WorstCase } from './worst-case.ts';

/**
 * Admission control by money: what may be spent is reserved before a task is sent and settled when
 * it ended. As long as no task costs more than its worst case, what was spent and what is reserved
 * together never exceed the cap, however many tasks are in flight.
 */
export interface Ledger {
  /** Asks to start a task. A refusal changes nothing. */
  reserve(worst: TaskNeed): Admission;
  /** Ends a reservation; ending one twice is a bug and throws. */
  settle(reservation: Reservation, spent: Spent): void;
  state(): LedgerState;
}

export interface TaskNeed extends WorstCase {
  /** US dollars that the task has cost with other models: its own cap is for all of them. Default 0. */
  readonly taskSpentUsd?: number;
  /** Tasks that are reserved for at once, each under its own cap already. Default 1. */
  readonly tasks?: number;
}

export interface LedgerOptions {
  /** Undefined means no cap. */
  readonly maxCostUsd: number | undefined;
  readonly maxTaskCostUsd: number | undefined;
  /** What the journal of an earlier run says was spent, possibly paid attempts included. */
  readonly spentUsd?: number;
}

export type Admission =
  | { readonly ok: true; readonly reservation: Reservation }
  | {
      readonly ok: false;
      /** Which cap is in the way. */
      readonly cap: 'run' | 'task';
      /** Waiting for a task in flight may help: ask again after a settlement. Otherwise it never fits. */
      readonly retry: 'after_settlement' | 'never';
      /** What one attempt needs and what is left for it, in US dollars. */
      readonly neededUsd: number;
      readonly leftUsd: number;
    };

/** Money set aside for one task. */
export interface Reservation {
  /**
   * Attempts that are covered: no further one may be sent once as many were paid or possibly paid.
   * Attempts that cost nothing (429, refused connection) do not count.
   */
  readonly attempts: number;
  readonly attemptUsd: number;
}

export interface Spent {
  /** The bill of all attempts that reported usage, in US dollars. */
  readonly usd: number;
  /** Attempts that may have been charged without telling how much: each counts as its worst case. */
  readonly possiblyPaidAttempts: number;
}

export interface LedgerState {
  /** Possibly paid attempts included. */
  readonly spentUsd: number;
  readonly reservedUsd: number;
  /** What may still be reserved; undefined without a cap. */
  readonly leftUsd: number | undefined;
  /** By how much tasks exceeded their worst cases: 0 unless an estimate was wrong. */
  readonly overrunUsd: number;
}

/** Accounts in whole billionths of a dollar: sums stay exact, and every rounding is against the cap. */
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
      // Full cover while others may still give money back; what is left of it once none can.
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

/** How often `part` fits; a part of nothing fits any number of times, even into nothing. */
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

/** 0.07 dollars are 70000000.00000001 nano by arithmetic: what is whole but for that noise stays. */
function toNano(usd: number, round: (value: number) => number): Nano {
  if (!(usd >= 0 && usd < Infinity)) throw new RangeError(`${usd} is not an amount of money`);
  const nano = usd * 1e9;
  const whole = Math.round(nano);
  return Math.abs(nano - whole) <= whole * 2 ** -50 ? whole : round(nano);
}

function toUsd(nano: Nano): number {
  return nano / 1e9;
}
