import { WORK_BOUNDS, type Bounds } from '../errors/bounds.ts';

/** The CPU time that one manifest may take, over everything that is done for it. */
export interface Work {
  /** Milliseconds that one piece of work may take: a share of all, as far as that is left. Never below 0. */
  pieceMs(share?: number): number;
  /** Nothing is left that would be worth a thread. */
  isSpent(): boolean;
  take(ms: number): void;
  /** Milliseconds that were taken so far. */
  spentMs(): number;
  /** Milliseconds that so many tasks may take in all. */
  allowedMs(tasks: number): number;
  /** Each task brings some time of its own: a long run may take longer. */
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
