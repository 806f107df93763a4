import { createHash } from 'node:crypto';
import type { BudgetGate, Reserved } from '../money/budget-wait.ts';
import { formatUsd } from '../money/cost.ts';
import type { Reservation } from '../money/budget-ledger.ts';
import { sleep, type Clock } from '../ports/clock.ts';
import { FOLD, MERGE, RENEW, RESERVE, SETTLE } from './budget-scripts.ts';
import { listOf } from './lane-store.ts';
import type { RedisStore } from './redis.ts';

/**
 * One budget for several runs. A run reserves whatever it may spend in the store. If it dies, the
 * money that it has not released counts as spent. A run also reserves in its own ledger, which
 * knows what earlier runs with the same results file cost.
 */
export interface SharedBudget {
  gate(own: BudgetGate, maxCostUsd: number): BudgetGate;
  /** Called once per second. Rejects if the store cannot be reached. */
  beat(): Promise<void>;
  leave(): Promise<void>;
}

/** After this many milliseconds of silence, a run's reservations count as spent. */
const LEASE_MS = 10_000;
/** How long a run that waits for others to release money pauses before it asks again. */
const ASK_AGAIN_MS = 100;

/** Whole billionths of a dollar, as in the ledger. */
type Nano = number;

type Reply =
  | { readonly kind: 'granted'; readonly attempts: number }
  | { readonly kind: 'wait' }
  | { readonly kind: 'used_up'; readonly leftUsd: number };

export function openSharedBudget(
  redis: RedisStore,
  options: {
    readonly name: string;
    readonly member: string;
    readonly clock: Clock;
    readonly leaseMs?: number;
  },
): SharedBudget {
  const { name, member, clock, leaseMs = LEASE_MS } = options;
  const key = createHash('sha256').update(name).digest('hex').slice(0, 32);
  const keys = ['sums', 'members'].map((part) => `volley:1:{budget-${key}}:${part}`);
  /** This run's reservations in the store. */
  const open = new Map<string, Nano>();
  const ended = new Map<string, { readonly reserved: Nano; readonly spent: Nano }>();
  let spent: Nano = 0;
  let isKnown = false;
  let lastId = 0;
  /** The store's sums when they were last read, to be restored if the store loses everything. */
  let sums: readonly string[] = [];

  async function run(script: string, ...args: ReadonlyArray<string | number>): Promise<unknown> {
    const call = (): Promise<unknown> => redis.run(script, keys, [member, leaseMs, ...args]);
    const reply = await call();
    if (listOf(reply)[0] !== -1) return reply;
    await merge();
    return call();
  }

  /**
   * Enters the run in the store, along with what it knows about others in case the store lost
   * everything.
   */
  async function merge(): Promise<void> {
    const own = [
      `spent:${member}`,
      spent,
      ...[...open].flatMap(([id, nano]) => [`open:${member}:${id}`, nano]),
    ];
    await redis.run(MERGE, keys, [member, leaseMs, own.length, ...own, ...(isKnown ? sums : [])]);
    isKnown = true;
  }

  async function reserve(id: string, attempt: Nano, attempts: number, cap: Nano): Promise<Reply> {
    const [, granted, left] = listOf(await run(RESERVE, id, attempt, attempts, cap));
    if (Number(granted) > 0) {
      open.set(id, Number(granted) * attempt);
      return { kind: 'granted', attempts: Number(granted) };
    }
    return Number(granted) === 0
      ? { kind: 'wait' }
      : { kind: 'used_up', leftUsd: Number(left) / 1e9 };
  }

  /** Ends a reservation. Its sums are kept here until the store has them. */
  function settle(id: string, spentNow: Nano): void {
    const reserved = open.get(id) ?? 0;
    open.delete(id);
    spent += spentNow;
    ended.set(id, { reserved, spent: spentNow });
    void settleEnded().catch(() => {});
  }

  async function settleEnded(): Promise<void> {
    await Promise.all(
      [...ended].map(async ([id, each]) => {
        await run(SETTLE, id, each.reserved, each.spent);
        ended.delete(id);
      }),
    );
  }

  return {
    gate(own, maxCostUsd) {
      const cap = Math.floor(maxCostUsd * 1e9 + 1e-3);
      const held = new Map<Reservation, { readonly id: string; readonly own: Reservation }>();

      async function reserveShared(inner: Reservation, stop: AbortSignal): Promise<Reserved> {
        const attempt = ceilNano(inner.attemptUsd);
        const giveBack = (): void => own.settle(inner, { usd: 0, possiblyPaidAttempts: 0 });
        for (;;) {
          lastId += 1;
          const id = String(lastId);
          const reply = await reserve(id, attempt, inner.attempts, cap).catch((): Reply => {
            // It is unknown whether the money was reserved.
            settle(id, 0);
            return { kind: 'wait' };
          });
          if (stop.aborted) {
            if (reply.kind === 'granted') settle(id, 0);
            giveBack();
            return { kind: 'stopped' };
          }
          if (reply.kind === 'granted') {
            const reservation = { attempts: reply.attempts, attemptUsd: inner.attemptUsd };
            held.set(reservation, { id, own: inner });
            return { kind: 'covered', reservation };
          }
          if (reply.kind === 'used_up') {
            giveBack();
            const [needs, left] = [
              formatUsd(inner.attemptUsd),
              formatUsd(Math.max(0, reply.leftUsd)),
            ];
            const message = `the next attempt may cost up to ${needs}, but only ${left} of the shared budget is left`;
            return { kind: 'used_up', message };
          }
          await sleep(clock, ASK_AGAIN_MS, stop).catch(() => {});
        }
      }

      return {
        async reserve(need, lane, stop) {
          const inner = await own.reserve(need, lane, stop);
          return inner.kind === 'covered' ? reserveShared(inner.reservation, stop) : inner;
        },
        wasExceeded: (lane, byUsd) => own.wasExceeded(lane, byUsd),
        settle(reservation, spentNow) {
          const shared = held.get(reservation);
          if (!shared) throw new Error('a reservation was settled twice');
          held.delete(reservation);
          own.settle(shared.own, spentNow);
          const { usd, possiblyPaidAttempts } = spentNow;
          const unknown = possiblyPaidAttempts * ceilNano(reservation.attemptUsd);
          settle(shared.id, ceilNano(usd) + unknown);
        },
      };
    },
    async beat() {
      sums = listOf(listOf(await run(RENEW))[1]).map(String);
      await settleEnded();
    },
    async leave() {
      await settleEnded();
      if (open.size === 0) await run(FOLD);
    },
  };
}

/** In floating point, 0.07 dollars is 70000000.00000001 nano. */
function ceilNano(usd: number): Nano {
  return Math.ceil(usd * 1e9 - 1e-3);
}
