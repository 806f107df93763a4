import { createBudgetGate } from '../../src/money/budget-wait.ts';
import { createLedger } from '../../src/money/budget-ledger.ts';
import { sleep } from '../../src/ports/clock.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { systemClock } from '../../src/ports/system-clock.ts';
import { connectRedis, type RedisStore } from '../../src/share/redis.ts';
import { openSharedBudget } from '../../src/share/shared-budget.ts';

export function connect(url: string): Promise<RedisStore> {
  const ports = { clock: systemClock, random: Math.random };
  return connectRedis(url, { ...ports, onLost: ignored, onBack: ignored });
}

/**
 * Lets runs spend from one budget, each through its own connection, with random costs in a random
 * order. One run may die and is then charged for everything that it had reserved. Returns what was
 * spent, according to the vendor, and the budget.
 */
export async function playBudget(
  stores: readonly RedisStore[],
  seed: number,
): Promise<{ readonly spentUsd: number; readonly maxCostUsd: number; readonly covered: number }> {
  const random = seededRandom(seed);
  const maxCostUsd = 0.2 + Math.round(random() * 1_000) / 1_000;
  const dies = random() < 0.5 ? Math.floor(random() * stores.length) : -1;
  let spentUsd = 0;
  let covered = 0;
  const pause = async (): Promise<void> => {
    for (let turns = Math.floor(random() * 4); turns > 0; turns -= 1) await sleep(systemClock, 0);
  };
  await Promise.all(
    stores.map(async (redis, place) => {
      const name = `play-${seed}-${Math.round(maxCostUsd * 1e6)}`;
      const member = redis.newId();
      const budget = openSharedBudget(redis, { name, member, clock: systemClock, leaseMs: 200 });
      const ledger = createLedger({ maxCostUsd, maxTaskCostUsd: undefined });
      const gate = budget.gate(createBudgetGate(ledger), maxCostUsd);
      const over = new AbortController();
      const livesFor = place === dies ? 1 + random() * 10 : Infinity;
      const task = async (at: number): Promise<void> => {
        const attemptUsd = 0.001 + random() * 0.05;
        const attempts = 1 + Math.floor(random() * 3);
        const reserved = await gate.reserve({ attemptUsd, attempts }, 'a/b', over.signal);
        if (reserved.kind !== 'covered') return over.abort();
        covered += 1;
        const { reservation } = reserved;
        const worstUsd = reservation.attempts * reservation.attemptUsd;
        if (at >= livesFor || over.signal.reason === DEAD) {
          over.abort(DEAD);
          spentUsd += worstUsd;
          return;
        }
        await pause();
        const unknown = Math.floor(random() * (reservation.attempts + 1));
        const usd = random() * (reservation.attempts - unknown) * reservation.attemptUsd;
        spentUsd += usd + unknown * reservation.attemptUsd;
        gate.settle(reservation, { usd, possiblyPaidAttempts: unknown });
      };
      for (let at = 0; at < 60 && !over.signal.aborted; at += 3) {
        await Promise.all([task(at), task(at + 1), task(at + 2)]);
      }
      if (over.signal.reason !== DEAD) await budget.leave();
    }),
  );
  return { spentUsd, maxCostUsd, covered };
}

function ignored(): void {}

const DEAD = 'dead';
