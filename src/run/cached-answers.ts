import type { Task } from '../plan/task.ts';
import type { FoundAnswer, ResponseCache } from '../response-cache/response-cache.ts';

/** The answers of a response cache, as far as they are what a task asks for. */
export interface CachedAnswers {
  find(
    task: Task,
    fingerprints: readonly string[],
    signal?: AbortSignal,
  ): Promise<FoundAnswer | undefined>;
}

/** A seal proves that an answer is what it was when it was checked; any other is checked again. */
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
