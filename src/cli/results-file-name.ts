import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { Manifest } from '../manifest/manifest.ts';
import { whereWritten } from '../ports/system-real-path.ts';
import { usageError, type Arguments } from './arguments.ts';
import { textFlag } from './flag-values.ts';

/**
 * The results file, or undefined for stdout. `--output` may name any file. A manifest may only name
 * a file below its own folder, even after following symlinks, and not one of git's own files.
 */
export async function resultFile(args: Arguments, manifest: Manifest): Promise<string | undefined> {
  const flag = textFlag(args, 'output');
  const file = flag ?? (await manifestOutput(manifest));
  if (file === undefined || flag === '-') return undefined;
  if (file.endsWith('/')) {
    throw usageError(
      `\`${file}\` is the name of a folder`,
      `choose a file in it, such as \`${file}results.jsonl\``,
    );
  }
  const table = /\.(?:csv|tsv|xlsx?|parquet|sqlite)$/i.exec(file)?.[0];
  if (table !== undefined) {
    const results = `${file.slice(0, -table.length)}.jsonl`;
    throw usageError(
      `\`${file}\` would contain JSON lines, not a table`,
      `write \`-o ${results}\`, then \`volley export ${results} --to ${file}\``,
    );
  }
  return file;
}

async function manifestOutput({ output, file }: Manifest): Promise<string | undefined> {
  if (output === undefined) return undefined;
  const path = join(dirname(file), output);
  const place = relative(await whereWritten(dirname(file)), await whereWritten(path));
  const parts = place.split(sep);
  if (isAbsolute(output) || isAbsolute(place) || parts[0] === '..') {
    throw usageError(
      `the manifest's \`output: ${output}\` is outside its folder`,
      "choose a path inside the manifest's folder, or pass --output",
    );
  }
  if (parts.some((part) => part.toLowerCase() === '.git')) {
    throw usageError(
      `the manifest's \`output: ${output}\` is in git's own folder`,
      "choose another path inside the manifest's folder",
    );
  }
  return path;
}
