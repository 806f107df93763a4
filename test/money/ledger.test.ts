import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLedger, type Ledger, type Reservation } from '../../src/money/budget-ledger.ts';
import { seededRandom } from '../../src/ports/random.ts';

const once = { attempts: 1 };
const unpaid = { usd: 0, possiblyPaidAttempts: 0 };

function ledger(maxCostUsd?: number, options: { task?: number; spent?: number } = {}): Ledger {
  return createLedger({
    maxCostUsd,
    maxTaskCostUsd: options.task,
    ...(options.spent !== undefined && { spentUsd: options.spent }),
  });
}

function granted(from: Ledger, attemptUsd: number, attempts = 1): Reservation {
  const admission = from.reserve({ attemptUsd, attempts });
  if (!admission.ok) throw new Error(`refused: ${JSON.stringify(admission)}`);
  return admission.reservation;
}

describe('the ledger', () => {
  it('reserves the worst case including retries, and keeps only what was paid', () => {
    const books = ledger(1);
    const reservation = granted(books, 0.1, 4);
    expect(books.state()).toEqual({ spentUsd: 0, reservedUsd: 0.4, leftUsd: 0.6, overrunUsd: 0 });
    books.settle(reservation, { usd: 0.03, possiblyPaidAttempts: 0 });
    expect(books.state()).toEqual({ spentUsd: 0.03, reservedUsd: 0, leftUsd: 0.97, overrunUsd: 0 });
  });

  it('counts a canceled attempt as its worst case', () => {
    const books = ledger(1);
    books.settle(granted(books, 0.1, 4), { usd: 0.02, possiblyPaidAttempts: 2 });
    expect(books.state().spentUsd).toBe(0.22);
  });

  it('lets a task wait while others may release money', () => {
    const books = ledger(1);
    const first = granted(books, 0.6);
    expect(books.reserve({ attemptUsd: 0.5, ...once })).toEqual({
      ok: false,
      cap: 'run',
      retry: 'after_settlement',
      neededUsd: 0.5,
      leftUsd: 0.4,
    });
    books.settle(first, { usd: 0.1, possiblyPaidAttempts: 0 });
    expect(books.reserve({ attemptUsd: 0.5, ...once }).ok).toBe(true);
  });

  it('refuses a task that cannot fit even if all reservations are released', () => {
    const books = ledger(1, { spent: 0.7 });
    granted(books, 0.1);
    expect(books.reserve({ attemptUsd: 0.31, ...once })).toMatchObject({
      ok: false,
      retry: 'never',
    });
    expect(books.reserve({ attemptUsd: 0.25, ...once })).toMatchObject({
      ok: false,
      retry: 'after_settlement',
    });
  });

  it('covers fewer attempts if money runs out and no more will be released', () => {
    const books = ledger(1, { spent: 0.75 });
    const other = granted(books, 0.1);
    expect(books.reserve({ attemptUsd: 0.1, attempts: 4 })).toMatchObject({
      ok: false,
      retry: 'after_settlement',
    });
    books.settle(other, unpaid);
    expect(granted(books, 0.1, 4).attempts).toBe(2);
  });

  it('spends a cap completely despite binary fractions', () => {
    const books = ledger(0.98);
    for (let task = 0; task < 14; task += 1) {
      books.settle(granted(books, 0.07), { usd: 0.07, possiblyPaidAttempts: 0 });
    }
    expect(books.state()).toMatchObject({ spentUsd: 0.98, leftUsd: 0 });
    expect(books.reserve({ attemptUsd: 1e-9, ...once }).ok).toBe(false);
  });

  it('rounds in favor of the cap below a billionth of a dollar', () => {
    const books = ledger(2e-9);
    books.settle(granted(books, 0.4e-9), { usd: 0.4e-9, possiblyPaidAttempts: 0 });
    books.settle(granted(books, 0.4e-9), { usd: 0.4e-9, possiblyPaidAttempts: 0 });
    expect(books.reserve({ attemptUsd: 0.4e-9, ...once })).toMatchObject({ ok: false });
  });

  it('continues where an earlier run stopped', () => {
    const books = ledger(1, { spent: 0.95 });
    expect(books.reserve({ attemptUsd: 0.1, ...once })).toMatchObject({
      ok: false,
      retry: 'never',
    });
    expect(ledger(2, { spent: 0.95 }).reserve({ attemptUsd: 0.1, ...once }).ok).toBe(true);
  });

  it('admits nothing paid if an earlier run spent more than the cap', () => {
    const books = ledger(1, { spent: 1.5 });
    expect(books.state().leftUsd).toBe(0);
    expect(books.reserve({ attemptUsd: 0.001, ...once })).toMatchObject({
      ok: false,
      retry: 'never',
      leftUsd: 0,
    });
  });

  it('limits the attempts of a task to its own cap', () => {
    const books = ledger(undefined, { task: 0.1 });
    expect(granted(books, 0.03, 4).attempts).toBe(3);
    expect(granted(books, 0.1, 4).attempts).toBe(1);
    expect(books.reserve({ attemptUsd: 0.11, attempts: 4 })).toEqual({
      ok: false,
      cap: 'task',
      retry: 'never',
      neededUsd: 0.11,
      leftUsd: 0.1,
    });
  });

  it('admits only free requests under a cap of zero', () => {
    const books = ledger(0, { task: 0 });
    expect(granted(books, 0, 4).attempts).toBe(4);
    expect(books.reserve({ attemptUsd: 0.000001, ...once }).ok).toBe(false);
  });

  it('counts spending even without a cap, and never refuses', () => {
    const books = ledger();
    books.settle(granted(books, 1000, 4), { usd: 999, possiblyPaidAttempts: 0 });
    expect(books.state()).toEqual({
      spentUsd: 999,
      reservedUsd: 0,
      leftUsd: undefined,
      overrunUsd: 0,
    });
  });

  it('reports a task that cost more than expected', () => {
    const books = ledger(1);
    books.settle(granted(books, 0.1), { usd: 0.15, possiblyPaidAttempts: 0 });
    expect(books.state()).toMatchObject({ spentUsd: 0.15, overrunUsd: 0.05 });
  });

  it('treats a second settlement and invalid amounts as bugs', () => {
    const books = ledger(1);
    const reservation = granted(books, 0.1);
    books.settle(reservation, unpaid);
    expect(() => books.settle(reservation, unpaid)).toThrow('a reservation was settled twice');
    for (const usd of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      expect(() => books.reserve({ attemptUsd: usd, ...once })).toThrow(RangeError);
      expect(() => ledger(usd)).toThrow(RangeError);
    }
  });
});

/** Plays a random schedule from a seed, and keeps its own books in whole billionths of a dollar. */
function playSchedule(seed: number): void {
  const random = seededRandom(seed);
  const upTo = (most: number) => Math.floor(random() * (most + 1));
  const cap = upTo(1) === 0 ? upTo(1000) : upTo(1_000_000_000);
  const dearest = Math.max(1, Math.floor(cap / (1 + upTo(20))));
  const spentBefore = upTo(3) === 0 ? upTo(cap) : 0;
  const books = createLedger({
    maxCostUsd: cap / 1e9,
    maxTaskCostUsd: upTo(3) === 0 ? dearest / 2e9 : undefined,
    spentUsd: spentBefore / 1e9,
  });
  const open: Array<{ reservation: Reservation; attempt: number }> = [];
  let spent = spentBefore;
  let reserved = 0;
  for (let step = 0; step < 40; step += 1) {
    const next = upTo(2) > 0 ? undefined : open.splice(upTo(open.length - 1), 1)[0];
    if (next) {
      const { reservation, attempt } = next;
      const possiblyPaidAttempts = upTo(3) === 0 ? upTo(reservation.attempts) : 0;
      const known = upTo((reservation.attempts - possiblyPaidAttempts) * attempt);
      books.settle(reservation, { usd: known / 1e9, possiblyPaidAttempts });
      reserved -= reservation.attempts * attempt;
      spent += known + possiblyPaidAttempts * attempt;
    } else {
      const attempt = upTo(dearest);
      const admission = books.reserve({ attemptUsd: attempt / 1e9, attempts: 1 + upTo(4) });
      if (admission.ok) {
        open.push({ reservation: admission.reservation, attempt });
        reserved += admission.reservation.attempts * attempt;
      } else if (admission.retry === 'never' && admission.cap === 'run') {
        const hopeless = open.length === 0 || attempt > cap - spent;
        if (!hopeless) throw new Error('refused for good, yet it may still fit');
      } else if (admission.retry === 'after_settlement') {
        if (open.length === 0) throw new Error('told to wait for nothing');
      }
    }
    if (spent + reserved > cap)
      throw new Error(`${spent} spent and ${reserved} reserved of ${cap}`);
  }
  const state = books.state();
  const shown = [state.spentUsd, state.reservedUsd].map((usd) => Math.round(usd * 1e9));
  if (shown[0] !== spent || shown[1] !== reserved || state.overrunUsd !== 0) {
    throw new Error(`the ledger says ${JSON.stringify(state)}, not ${spent} and ${reserved}`);
  }
}

describe('money under a cap', () => {
  it('is never overspent: spent plus reserved stays within it in 10,000 random schedules', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => playSchedule(seed)),
      { numRuns: 10_000 },
    );
  }, 120_000);

  it('is at least 92% used by small tasks, 40 at a time', () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const { spentUsd, mostInFlight } = spendAll(seededRandom(seed));
      expect(spentUsd).toBeLessThanOrEqual(1);
      expect(spentUsd).toBeGreaterThanOrEqual(0.92);
      expect(mostInFlight).toBe(40);
    }
  });
});

/**
 * Spends a dollar on tasks whose attempts cost at most 0.2 cents, with three retries each. Answers
 * use a tenth to a half of that; some attempts are cut off. Tasks in flight end in random order.
 */
function spendAll(random: () => number): { spentUsd: number; mostInFlight: number } {
  const books = ledger(1);
  const open: Reservation[] = [];
  let mostInFlight = 0;
  for (;;) {
    const attemptUsd = 0.001 + random() * 0.001;
    const admission = open.length < 40 ? books.reserve({ attemptUsd, attempts: 4 }) : undefined;
    if (admission?.ok) {
      open.push(admission.reservation);
      mostInFlight = Math.max(mostInFlight, open.length);
    } else if (admission?.retry === 'never') {
      for (const each of open) books.settle(each, unpaid);
      return { spentUsd: books.state().spentUsd, mostInFlight };
    } else {
      const [ended] = open.splice(Math.floor(random() * open.length), 1);
      if (ended === undefined) throw new Error('nothing is in flight, yet a task was told to wait');
      const possiblyPaidAttempts = random() < 0.03 ? 1 : 0;
      const answered = possiblyPaidAttempts < ended.attempts;
      const usd = answered ? ended.attemptUsd * (0.1 + 0.4 * random()) : 0;
      books.settle(ended, { usd, possiblyPaidAttempts });
    }
  }
}
