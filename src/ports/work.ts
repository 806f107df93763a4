import { WORK_BOUNDS, type Bounds } from '../errors/bounds.ts';

/** The processor time that one manifest may take, over everything that is done for it. */
export interface Work {
  /** Milliseconds that one piece of work may take: a share of all, as far as that is left. Never below 0. */
  pieceMs(share?: number): number;
  take(ms: number): void;
  /** Each task brings some time of its own: a long run may take longer. */
  addTask(): void;
}

export function newWork({ workMs }: Pick<Bounds, 'workMs'>): Work {
  let left = workMs;
  return {
    pieceMs: (share = WORK_BOUNDS.share) => Math.max(0, Math.min(left, workMs * share)),
    take(ms) {
      left -= ms;
    },
    addTask() {
      left += WORK_BOUNDS.perTaskMs;
    },
  };
}
