import { tooMuchWork } from '../errors/input-limits.ts';
import type { Finding } from '../errors/finding.ts';
import type { Manifest, TaskTemplate } from '../manifest/manifest.ts';

/** Measures the time to render the templates of an entry, and predicts it for all of its tasks. */
export interface WorkCheck {
  /** Renders the templates of one task with `render`, and measures the time. */
  during(render: () => Promise<void> | undefined): Promise<void>;
  /** Whether the time for all entries together is used up. */
  isSpent(): boolean;
  tooMuch(): Finding;
  /** Returns a finding if this many tasks would take too long. */
  findings(tasks: number): Promise<readonly Finding[]>;
}

export function workCheck({ work }: Manifest, { id, place }: TaskTemplate): WorkCheck {
  /** Time of the fastest task. */
  let leastMs: number | undefined;
  const finding = (what: string, ms: number): Finding => ({
    severity: 'error',
    place,
    ...tooMuchWork(what, ms),
  });

  const spentMs = (): number => work?.spentMs() ?? 0;
  let again: (() => Promise<void> | undefined) | undefined;

  async function measure(render: () => Promise<void> | undefined): Promise<void> {
    const before = spentMs();
    const rendering = render();
    if (!rendering) return;
    await rendering;
    work?.addTask();
    leastMs = Math.min(leastMs ?? Infinity, spentMs() - before);
    again ??= render;
  }

  return {
    during: measure,
    isSpent: () => work?.isSpent() ?? false,
    tooMuch: () => finding(`rendering \`${id}\``, Math.round(spentMs())),
    async findings(tasks) {
      if (!work || !again) return [];
      const allowedMs = work.allowedMs(tasks);
      const isTooMuch = (): boolean => (leastMs ?? 0) * tasks > allowedMs;
      // The first task may be slow because of a cold engine or a busy machine.
      for (let more = 0; more < MOST_REPEATS && isTooMuch() && !work.isSpent(); more += 1) {
        await measure(again);
      }
      return isTooMuch() ? [finding(`rendering ${tasks} tasks of \`${id}\``, allowedMs)] : [];
    },
  };
}

/** Enough to warm up the engine. */
const MOST_REPEATS = 5;
