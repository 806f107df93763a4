import { ANSWER_BOUNDS, WORK_BOUNDS } from '../errors/input-limits.ts';
import { type JsonObject, isJsonObject, type JsonValue } from '../ports/json.ts';
import { inTimeSlice } from '../ports/system-time-slice.ts';
import type { Work } from '../ports/work.ts';
import { jobThread } from './worker-jobs.ts';
import type { OutputSchema, ReadAnswer } from './manifest.ts';
import { wordSet } from './word-set.ts';

/**
 * Reads answers without blocking: cheap ones directly, others in a time slice, then in a thread.
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
  if (why === 'abandoned') return 'the run was stopped during the check';
  const seconds = Math.ceil(cpuMs / 10) / 100;
  const most =
    why === 'time' ? `${seconds} s of CPU time` : `${WORK_BOUNDS.threadMemoryMb} MB of memory`;
  return `it takes more than ${most} to check`;
}

/**
 * The maximum number of schema parts that check each value of an answer. Infinite if that number
 * depends on the answer: for a recursive schema, a pattern, or items that must be unique.
 */
function checkCost(schema: JsonObject): number {
  return costOf(schema, { root: schema, known: new Map() });
}

interface Walk {
  readonly root: JsonObject;
  /**
   * Costs of shared parts. Infinite during the calculation, to detect parts that contain
   * themselves.
   */
  readonly known: Map<JsonObject, number>;
}

/** Keywords that cannot be checked in linear time. */
const WILD = wordSet('pattern patternProperties uniqueItems $dynamicRef $anchor $id');

function costOf(value: JsonValue, walk: Walk): number {
  if (typeof value !== 'object' || value === null) return 1;
  if (!isJsonObject(value)) return value.reduce((sum: number, each) => sum + costOf(each, walk), 1);
  const before = walk.known.get(value);
  if (before !== undefined) return before;
  walk.known.set(value, Infinity);
  let cost = 1;
  for (const [key, part] of Object.entries(value)) {
    if (WILD.has(key)) return Infinity;
    if (key === '$defs' || key === 'definitions') continue;
    cost += key === '$ref' ? costOfReference(part, walk) : costOf(part, walk);
  }
  walk.known.set(value, cost);
  return cost;
}

function costOfReference(reference: JsonValue, walk: Walk): number {
  if (typeof reference !== 'string') return Infinity;
  const [, key = '', name = ''] = /^#\/(\$defs|definitions)\/([^/~%]+)$/.exec(reference) ?? [];
  const definitions = walk.root[key];
  const target = isJsonObject(definitions) ? definitions[name] : undefined;
  return target === undefined ? Infinity : costOf(target, walk);
}
