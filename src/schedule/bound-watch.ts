import type { Clock } from '../ports/clock.ts';
import type { Bound, Waits } from './bound.ts';
import { blocksBetween, waitsBetween, type WaitLedger } from './wait-ledger.ts';

/** Tells at each look what has held a lane up since the one before, and once when nothing does any more. */
export function createBoundWatch({
  ledger,
  clock,
  boundOf,
  tell,
}: {
  readonly ledger: WaitLedger;
  readonly clock: Clock;
  readonly boundOf: (waits: Waits) => Bound | undefined;
  readonly tell: (bound: Bound | undefined) => void;
}): { look(): void } {
  let lookedAtMs = clock.now();
  let before = ledger.reading();
  let blockedBefore = ledger.blockedMs();
  let wasBound = false;
  return {
    look() {
      const overMs = clock.now() - lookedAtMs;
      const after = ledger.reading();
      const blockedAfter = ledger.blockedMs();
      const bound = boundOf({
        waitedMs: waitsBetween(before, after),
        blockedMs: blocksBetween(blockedBefore, blockedAfter),
        overMs,
      });
      lookedAtMs += overMs;
      before = after;
      blockedBefore = blockedAfter;
      if (bound || wasBound) tell(bound);
      wasBound = bound !== undefined;
    },
  };
}
