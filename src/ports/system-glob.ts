import { besideModule, boundedThread } from './system-thread.ts';
import type { GlobQuery } from './match-files.ts';
import type { Work } from './work.ts';

/**
 * Names of the files that match, or undefined when that takes more than `cpuMs`. Patterns
 * that are matched in one go are matched right here; those that may backtrack, in a thread.
 */
export async function boundedGlob(
  query: GlobQuery,
  { cpuMs, work }: { readonly cpuMs: number; readonly work: Work },
): Promise<readonly string[] | undefined> {
  if (query.patterns.length <= FEW_PATTERNS && query.patterns.every(isLinear)) {
    const { matchFiles } = await import('./match-files.ts');
    return matchFiles(query);
  }
  const outcome = await thread.run<string[]>(query, { cpuMs });
  work.take(outcome.tookMs);
  return outcome.ok ? outcome.value : undefined;
}

const thread = boundedThread<GlobQuery>(besideModule('glob-worker', import.meta.url));

const FEW_PATTERNS = 8;

/** One wildcard for folders, and one in each part: there is nothing to come back to. */
function isLinear(pattern: string): boolean {
  const parts = pattern.split('/');
  if (parts.filter((part) => part === '**').length > 1) return false;
  return parts.every((part) => (part.match(/\*+|\{/g) ?? []).length <= 1 || part === '**');
}
