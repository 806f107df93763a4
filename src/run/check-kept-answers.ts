import type { TaskTemplate } from '../manifest/manifest.ts';
import type { Task } from '../plan/task.ts';
import type { FoundAnswer, ResponseCache } from '../response-cache/response-cache.ts';
import type { SealCheck } from '../results/seal.ts';

/** Finds answers in a response cache that are valid for a task. */
export interface CachedAnswers {
  find(
    task: Task,
    fingerprints: readonly string[],
    signal?: AbortSignal,
  ): Promise<FoundAnswer | undefined>;
}

/** An answer in a response cache counts only if it is valid for the task. */
export function cachedAnswers(cache: Pick<ResponseCache, 'find'>): CachedAnswers {
  return {
    async find({ template }, fingerprints, signal) {
      const found = await cache.find(fingerprints);
      if (!found || found.seal === 'ours') return found;
      const { output } = found.answer;
      if (!template.schema) return typeof output === 'string' ? found : undefined;
      return (await isStillValid(template, found.seal, () => output, signal)) ? found : undefined;
    },
  };
}

/**
 * Whether an answer that is kept or found is valid against its task's schema. The caller's seal
 * proves that it was checked when it was saved; any other answer is checked again.
 */
export async function isStillValid(
  { schema }: Pick<TaskTemplate, 'schema'>,
  seal: SealCheck,
  output: () => unknown,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (!schema || seal === 'ours') return true;
  return (await schema.read(JSON.stringify(await output()), signal)).ok;
}
