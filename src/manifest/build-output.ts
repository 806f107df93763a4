import { fileNameProblem } from '../ports/file-name.ts';
import type { ResponseCacheSettings } from './manifest.ts';
import { durationOf, stringOf, type ReadContext } from './read-values.ts';
import { child } from './source-node.ts';

/** Undefined if the results go to stdout. The run checks whether it may write the file. */
export function buildOutput({ source, report }: ReadContext): string | undefined {
  const node = child(source.root, 'output');
  const name = stringOf(node);
  if (node === undefined || name === undefined || name.trim() === '') return name;
  const problem = nameProblem(name);
  if (problem !== undefined) {
    report.error(source.place(node), {
      code: 'BAD_VALUE',
      message: `\`output\` cannot be the name of a file: ${problem}`,
      hint: "write a path inside the manifest's folder, such as `results.jsonl`",
    });
  }
  return name;
}

export function buildResponseCache(context: ReadContext): ResponseCacheSettings | undefined {
  const { source, report } = context;
  const node = child(source.root, 'response_cache');
  if (node === undefined) return undefined;
  const place = child(node, 'dir');
  const dir = stringOf(place);
  const problem = dir === undefined ? undefined : nameProblem(`${dir}/x`);
  if (place && problem !== undefined) {
    report.error(source.place(place), {
      code: 'BAD_VALUE',
      message: `\`dir\` cannot be the name of a folder: ${problem}`,
      hint: "write a path inside the manifest's folder, such as `.cache/volley`",
    });
  }
  return { dir, ttlMs: durationOf(child(node, 'ttl'), context) };
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
