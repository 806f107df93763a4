import { beyond, DEFAULT_BOUNDS, tooMuchWork, WORK_BOUNDS } from '../errors/input-limits.ts';
import { inTimeSlice, threadCpuMs } from '../ports/system-time-slice.ts';
import { newWork, type Work } from '../ports/work.ts';
import { jobThread } from './worker-jobs.ts';
import type { RenderResult, TemplateData } from './template.ts';

/** How much work the templates of a manifest may take. */
export interface Effort {
  readonly work: Work;
  readonly promptChars: number;
}

export function usualEffort(): Effort {
  return { work: newWork(DEFAULT_BOUNDS), promptChars: DEFAULT_BOUNDS.promptChars };
}

export type RenderProblem = Pick<Extract<RenderResult, { ok: false }>, 'code' | 'message' | 'hint'>;

export const TOO_MUCH: RenderProblem = {
  code: 'TEMPLATE_SYNTAX',
  message: 'the template produces too much text',
  hint: 'make its loops shorter',
};

/** A rendered string, or the place of the error in the template. */
export type Rendered =
  | { readonly ok: true; readonly text: string }
  | (RenderProblem & { readonly ok: false; readonly begin: number; readonly end: number });

interface Renderable {
  readonly text: string;
  /** Returns undefined if rendering takes longer than `ms`. */
  readonly renderWithin: (data: TemplateData, ms: number) => Rendered | undefined;
  /** Whether the engine may run for a long time without checking the clock. */
  readonly isWatched: boolean;
}

/** Renders without blocking: in a short time slice, then in a thread. */
export function boundedRenderer(
  { text, renderWithin, isWatched }: Renderable,
  { work, promptChars }: Effort,
): (data: TemplateData) => Promise<Rendered> {
  return async (data) => {
    const rendered = renderHere(data) ?? (await renderInThread(data));
    if (!rendered.ok || rendered.text.length <= promptChars) return rendered;
    const words = beyond('promptChars', { ...DEFAULT_BOUNDS, promptChars });
    return { ok: false, ...words, begin: 0, end: 0 };
  };

  function renderHere(data: TemplateData): Rendered | undefined {
    if (!work.isSpent()) return renderInTime(WORK_BOUNDS.inPlaceMs, data);
    // No thread may be used here, and a single garbage collection can use up the time, so this
    // tries twice.
    const ms = WORK_BOUNDS.perTaskMs;
    return renderInTime(ms, data) ?? renderInTime(ms, data);
  }

  function renderInTime(ms: number, data: TemplateData): Rendered | undefined {
    if (isWatched) {
      const sliced = inTimeSlice(ms, () => renderWithin(data, ms));
      work.take(sliced.tookMs);
      return sliced.ok ? sliced.value : undefined;
    }
    let rendered: Rendered | undefined;
    for (let tries = 0; !rendered && tries < MOST_TRIES; tries += 1) {
      const startedMs = threadCpuMs();
      rendered = renderWithin(data, ms);
      const tookMs = threadCpuMs() - startedMs;
      work.take(tookMs);
      // If less CPU time was used, other processes kept this one waiting: try again.
      if (tookMs > ms / 2) break;
    }
    return rendered;
  }

  async function renderInThread(data: TemplateData): Promise<Rendered> {
    const cpuMs = work.pieceMs();
    if (work.isSpent()) return tooMuch(work.allowedMs(0));
    const job = { kind: 'template', text, data } as const;
    const outcome = await jobThread.run<Rendered | undefined>(job, { cpuMs, keepThread: true });
    work.take(outcome.tookMs);
    if (outcome.ok && outcome.value) return outcome.value;
    if (!outcome.ok && outcome.why === 'memory')
      return { ok: false, ...TOO_MUCH, begin: 0, end: 0 };
    return tooMuch(cpuMs);
  }
}

const MOST_TRIES = 5;

function tooMuch(ms: number): Rendered {
  return { ok: false, ...tooMuchWork('rendering the template', ms), begin: 0, end: 0 };
}
