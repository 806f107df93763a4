import { tooMuchWork } from '../errors/bounds.ts';
import type { Finding } from '../errors/finding.ts';
import type { Manifest, TaskTemplate } from '../manifest/manifest.ts';

/** Watches what filling in the texts of an entry takes, and foretells it for all of its tasks. */
export interface WorkCheck {
  /** Fills in the texts of one task. */
  during(fill: () => Promise<void> | undefined): Promise<void>;
  /** Nothing is left for the rest of them. */
  isSpent(): boolean;
  tooMuch(): Finding;
  /** That so many tasks would take more than they may. */
  findings(tasks: number): Promise<readonly Finding[]>;
}

export function workCheck({ work }: Manifest, { id, place }: TaskTemplate): WorkCheck {
  /** Of the cheapest one that was filled in. */
  let leastMs: number | undefined;
  const finding = (what: string, ms: number): Finding => ({
    severity: 'error',
    place,
    ...tooMuchWork(what, ms),
  });

  const spentMs = (): number => work?.spentMs() ?? 0;
  let again: (() => Promise<void> | undefined) | undefined;

  async function fillIn(fill: () => Promise<void> | undefined): Promise<void> {
    const before = spentMs();
    const filling = fill();
    if (!filling) return;
    await filling;
    work?.addTask();
    leastMs = Math.min(leastMs ?? Infinity, spentMs() - before);
    again ??= fill;
  }

  return {
    during: fillIn,
    isSpent: () => work?.isSpent() ?? false,
    tooMuch: () => finding(`filling in \`${id}\``, Math.round(spentMs())),
    async findings(tasks) {
      if (!work || !again) return [];
      const allowedMs = work.allowedMs(tasks);
      const isTooMuch = (): boolean => (leastMs ?? 0) * tasks > allowedMs;
      // The first one may be slow because nothing is warm, or the machine is busy.
      for (let more = 0; more < MOST_REPEATS && isTooMuch() && !work.isSpent(); more += 1) {
        await fillIn(again);
      }
      return isTooMuch() ? [finding(`filling in ${tasks} tasks of \`${id}\``, allowedMs)] : [];
    },
  };
}

/** Enough for the engine to be warm. */
const MOST_REPEATS = 5;
