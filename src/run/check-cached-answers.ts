import type { Task } from '../plan/task.ts';
import type { FoundAnswer, ResponseCache } from '../response-cache/response-cache.ts';

/** Finds answers in a response cache that are valid for a task. */
export interface CachedAnswers {
  find(
    task: Task,
    fingerprints: readonly string[],
    signal?: AbortSignal,
  ): Promise<FoundAnswer | undefined>;
}

/**
 * The caller's seal proves that an answer was checked when it was saved; any other answer is
 * checked again.
 */
export function cachedAnswers(cache: Pick<ResponseCache, 'find'>): CachedAnswers {
  return {
    async find({ template: { schema } }, fingerprints, signal) {
      const found = await cache.find(fingerprints);
      if (!found || found.seal === 'ours') return found;
      const { output } = found.answer;
      if (!schema) return typeof output === 'string' ? found : undefined;
      return (await schema.read(JSON.stringify(output), signal)).ok ? found : undefined;
    },
  };
}
