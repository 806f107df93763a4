import { fileNameProblem } from '../ports/file-name.ts';
import type { ResponseCacheSettings } from './manifest.ts';
import type { Written } from './written-value.ts';

/** Undefined if the results go to stdout. The run checks whether it may write the file. */
export function buildOutput(output: Written): string | undefined {
  const { string: name } = output;
  if (name === undefined || name.trim() === '') return name;
  const problem = nameProblem(name);
  if (problem !== undefined) {
    output.error({
      message: `\`output\` is not a valid file name: ${problem}`,
      hint: "write a path inside the manifest's folder, such as `results.jsonl`",
    });
  }
  return name;
}

export function buildResponseCache(cache: Written): ResponseCacheSettings | undefined {
  if (!cache.isGiven) return undefined;
  const dir = cache.get('dir');
  const problem = dir.string === undefined ? undefined : nameProblem(`${dir.string}/x`);
  if (problem !== undefined) {
    dir.error({
      message: `\`dir\` is not a valid folder name: ${problem}`,
      hint: "write a path inside the manifest's folder, such as `.cache/volley`",
    });
  }
  return { dir: dir.string, ttlMs: cache.get('ttl').duration };
}

function nameProblem(name: string): string | undefined {
  const problem = fileNameProblem(name);
  if (problem !== undefined) return problem;
  if (/^(?:[/\\]|[a-z]:)/i.test(name)) return "it is not inside the manifest's folder";
  const parts = name.split(/[/\\]/);
  if (parts.includes('..')) return 'it contains `..`';
  if (['', '.'].includes(parts.at(-1) ?? '')) return 'it is the name of a folder';
  const reserved = parts.find((part) => RESERVED.test(part));
  return reserved === undefined ? undefined : `\`${reserved}\` is a device on Windows`;
}

const RESERVED = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;
