import { WORK_BOUNDS, type Bounds } from '../errors/input-limits.ts';

/** The CPU time that a manifest may take in total. */
export interface Work {
  /** Milliseconds for one piece of work: a share of the total, or what is left of it. */
  pieceMs(share?: number): number;
  /** Whether too little is left to be worth a thread. */
  isSpent(): boolean;
  take(ms: number): void;
  /** Milliseconds used so far. */
  spentMs(): number;
  /** Milliseconds that this many tasks may take in total. */
  allowedMs(tasks: number): number;
  /** Adds some time for one more task, because a longer run may take longer. */
  addTask(): void;
}

export function newWork({ workMs }: Pick<Bounds, 'workMs'>): Work {
  let left = workMs;
  let spent = 0;
  return {
    spentMs: () => spent,
    allowedMs: (tasks) => workMs + tasks * WORK_BOUNDS.perTaskMs,
    pieceMs: (share = WORK_BOUNDS.share) => Math.max(0, Math.min(left, workMs * share)),
    isSpent: () => left < WORK_BOUNDS.inPlaceMs,
    take(ms) {
      left -= ms;
      spent += ms;
    },
    addTask() {
      left += WORK_BOUNDS.perTaskMs;
    },
  };
}
