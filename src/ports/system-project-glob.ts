import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import {
  beyond,
  DEFAULT_BOUNDS,
  tooMuchWork,
  WORK_BOUNDS,
  type Bounds as WorkBounds,
} from '../errors/input-limits.ts';
import type { FileProblem, FileResult } from './files.ts';
import { patternProblem } from './glob-pattern.ts';
import {
  isInside,
  isLexicallyInside,
  outsideProblem,
  realpathOr,
  type Bounds,
  type ProjectFolder,
} from './system-inside-root.ts';
import { newWork, type Work } from './work.ts';
import { besideModule, boundedThread } from './system-thread.ts';
import type { GlobQuery } from './match-files.ts';

export interface GlobbedFolder extends ProjectFolder {
  /** Limits on work; default `DEFAULT_BOUNDS`. */
  readonly bounds?: WorkBounds;
  /** The work that is left; default: all of `bounds`. */
  readonly work?: Work;
}

/**
 * Relative paths of files below the root, with `/` as the separator, to match instead of the files
 * on disk.
 */
type FileListing = readonly string[];

type GlobReader = (
  bounds: Bounds,
  patterns: readonly string[],
) => Promise<FileResult<readonly string[]>>;

/** Reads globs until they match more files, or take more work, than a manifest is allowed. */
export function globReader(
  { bounds: most = DEFAULT_BOUNDS, work = newWork(most) }: GlobbedFolder,
  listing?: FileListing,
): GlobReader {
  /** How many files each glob matched. */
  const counts = new Map<string, number>();
  return async (bounds, patterns) => {
    const problem = await globProblem(bounds, patterns);
    if (problem) return { ok: false, problem };
    const left = ['node_modules', '.git'].filter(
      (each) => !patterns.some((text) => text.includes(each)),
    );
    const query = {
      patterns,
      directory: bounds.directory,
      ignore: ignored(bounds, left),
      ...(listing && { listing: { root: bounds.root, paths: listing } }),
    };
    const cpuMs = work.pieceMs(WORK_BOUNDS.globShare);
    const matches = await boundedGlob(query, { cpuMs, work });
    if (!matches) return { ok: false, problem: tooMuchWork('matching the globs', cpuMs) };
    counts.set(JSON.stringify(patterns), matches.length);
    const count = [...counts.values()].reduce((sum, each) => sum + each, 0);
    if (count > most.files) return { ok: false, problem: beyond('files', most) };
    return {
      ok: true,
      value: await insideOnly(bounds, matches, { left, isListed: listing !== undefined }),
    };
  };
}

async function globProblem(
  bounds: Bounds,
  patterns: readonly string[],
): Promise<FileProblem | undefined> {
  for (const pattern of patterns) {
    const problem = patternProblem(pattern);
    if (problem) return problem;
    if (!pattern.startsWith('!') && !(await staysInside(bounds, pattern))) {
      return outsideProblem(pattern, bounds);
    }
  }
  return undefined;
}

/**
 * Patterns for folders to leave out. They include `../` prefixes, because otherwise the matcher
 * walks those folders before dropping them.
 */
function ignored({ root, directory }: Bounds, folders: readonly string[]): readonly string[] {
  const upwards = relative(root, directory).split(sep).filter(Boolean);
  return ['', ...upwards.map((_, index) => '../'.repeat(index + 1))].flatMap((prefix) =>
    folders.map((folder) => `${prefix}**/${folder}/**`),
  );
}

async function insideOnly(
  bounds: Bounds,
  matches: readonly string[],
  { left, isListed }: { readonly left: readonly string[]; readonly isListed: boolean },
): Promise<readonly string[]> {
  const roots = [bounds.root, ...bounds.allowed];
  const folders = new Map<string, boolean>();
  const names: string[] = [];
  for (const match of new Set(matches)) {
    const name = match.split(sep).join('/');
    if (name.split('/').some((part) => left.includes(part))) continue;
    const folder = dirname(resolve(bounds.directory, match));
    let isOwn = folders.get(folder);
    if (isOwn === undefined) {
      isOwn = isListed || isInside(await realpathOr(folder), roots);
      folders.set(folder, isOwn);
    }
    if (isOwn) names.push(name);
  }
  return names.sort();
}

/**
 * Whether matching a pattern lists only folders inside the roots. `..` is allowed only at the
 * start.
 */
async function staysInside(bounds: Bounds, pattern: string): Promise<boolean> {
  if (pattern.includes('\0')) return false;
  const parts = pattern.split('/');
  const ups = parts.findIndex((part) => part !== '..' && part !== '.');
  const rest = ups === -1 ? '' : parts.slice(ups).join('/');
  // `{1..3}` is a range; anything else with two dots may lead outside.
  const withoutRanges = rest.replaceAll(/(\w)\.\.(?=\w)/g, '$1');
  if (/(^|[^.])\.\.([^.]|$)/.test(withoutRanges)) return false;
  const magic = parts.findIndex((part) => /[*?[\]{}()!+@\\]/.test(part));
  const folder = parts.slice(0, magic).join('/');
  const start = isAbsolute(pattern) ? `/${folder}` : folder;
  const roots = isAbsolute(pattern) ? bounds.allowed : [bounds.root, ...bounds.allowed];
  return isLexicallyInside(resolve(bounds.directory, start), roots);
}

/**
 * The names of matching files, or undefined if matching takes more than `cpuMs`. Patterns that
 * cannot backtrack are matched here, others in their own thread.
 */
async function boundedGlob(
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

/**
 * Whether a pattern has at most one `**`, and one wildcard per part, so that it cannot backtrack.
 */
function isLinear(pattern: string): boolean {
  const parts = pattern.split('/');
  if (parts.filter((part) => part === '**').length > 1) return false;
  return parts.every((part) => (part.match(/\*+|\{/g) ?? []).length <= 1 || part === '**');
}
