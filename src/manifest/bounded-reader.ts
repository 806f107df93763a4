import { ANSWER_BOUNDS, WORK_BOUNDS } from '../errors/bounds.ts';
import type { JsonObject } from '../ports/json.ts';
import { inTimeSlice } from '../ports/system-time-slice.ts';
import type { Work } from '../ports/work.ts';
import { checkCost } from './check-cost.ts';
import { jobThread } from './jobs.ts';
import type { OutputSchema, ReadAnswer } from './manifest.ts';

/**
 * Reads answers without holding up anything else for long, whatever a stranger wrote into schema and
 * answer: what is cheap for sure at once, the rest for a moment, and then in a thread.
 */
export function boundedReader(
  schema: JsonObject,
  readHere: (text: string) => ReadAnswer,
  work: Work,
): OutputSchema['read'] {
  const cost = checkCost(schema);
  return async (text, signal) => {
    if (cost * text.length <= ANSWER_BOUNDS.cheapSteps) return readHere(text);
    if (text.length <= ANSWER_BOUNDS.inPlaceChars) {
      const sliced = inTimeSlice(WORK_BOUNDS.inPlaceMs, () => readHere(text));
      work.take(sliced.tookMs);
      if (sliced.ok) return sliced.value;
    }
    const cpuMs = work.pieceMs();
    if (work.isSpent()) return { ok: false, problem: problemOf('time', WORK_BOUNDS.inPlaceMs) };
    const job = { kind: 'answer', schema, text } as const;
    const outcome = await jobThread.run<ReadAnswer>(job, { cpuMs, signal, keepThread: true });
    work.take(outcome.tookMs);
    return outcome.ok ? outcome.value : { ok: false, problem: problemOf(outcome.why, cpuMs) };
  };
}

function problemOf(why: 'time' | 'memory' | 'abandoned', cpuMs: number): string {
  switch (why) {
    case 'time':
      return `it takes more than ${Math.ceil(cpuMs / 10) / 100} s of processor time to check`;
    case 'memory':
      return `it takes more than ${WORK_BOUNDS.threadMemoryMb} MB of memory to check`;
    case 'abandoned':
      return 'the run was stopped while it was checked';
  }
}
