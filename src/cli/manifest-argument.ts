import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { shellWord } from '../errors/shell-word.ts';
import { suggest } from '../errors/suggest.ts';
import type { VolleyError } from '../errors/volley-error.ts';
import { withFile } from '../ports/disk.ts';
import { systemDisk } from '../ports/system-disk.ts';
import { usageError, type Arguments } from './arguments.ts';
import { namesIn, readStdin } from './read-input.ts';

const DEFAULT_MANIFESTS = ['volley.yaml', 'volley.yml'];

/** The manifest that the command line names, or the one in the current folder. `-` means stdin. */
export function manifestArgument(args: Arguments): string {
  const file = args.positionals[0] ?? defaultManifest();
  if (file !== undefined && file !== '') return file;
  const [only, ...others] = manifestsIn('.').filter((name) => !name.endsWith('.json'));
  const meant = others.length === 0 && only !== undefined ? shellWord(only) : manifestAbove();
  throw usageError(
    `\`volley ${args.command}\` needs a manifest, but there is no \`volley.yaml\` here`,
    meant === undefined
      ? `write \`volley ${args.command} manifest.yaml\`, or \`-\` to read it from stdin; \`volley init\` creates one`
      : `did you mean \`volley ${args.command} ${meant}\`?`,
  );
}

/** A manifest in a parent folder, for users who are in a subfolder. */
function manifestAbove(): string | undefined {
  const names = ['..', '../..', '../../..'].flatMap((folder) =>
    DEFAULT_MANIFESTS.map((name) => `${folder}/${name}`),
  );
  return names.find((name) => existsSync(name));
}

/** The manifest in the current folder, if it has one of the default names. */
export function defaultManifest(): string | undefined {
  return DEFAULT_MANIFESTS.find((name) => existsSync(name));
}

function noSuchManifest(file: string): VolleyError {
  const folder = dirname(file);
  if (/\s/.test(file) && !/\.(?:ya?ml|json)$/.test(file)) {
    return usageError(
      `there is no manifest \`${file}\``,
      `if it is a prompt, write \`volley ask -m PROVIDER/MODEL ${shellWord(file)}\``,
    );
  }
  const names = manifestsIn(folder);
  const near =
    names.find((name) => name.startsWith(`${basename(file)}.`)) ?? suggest(basename(file), names);
  const meant = near === undefined ? undefined : join(folder, near);
  return usageError(
    `there is no manifest \`${file}\``,
    meant === undefined
      ? `check the path: it is relative to \`${process.cwd()}\``
      : `did you mean \`${meant}\`?`,
  );
}

function manifestsIn(folder: string): readonly string[] {
  return namesIn(folder).filter((name) => /\.(?:ya?ml|json)$/.test(name));
}

/** The text of a manifest from stdin. Empty if the manifest is a file. */
export async function readManifestArgument(file: string): Promise<{ text?: string }> {
  if (file === '-') return { text: await readStdin('the manifest') };
  if (!existsSync(file)) throw noSuchManifest(file);
  if (statSync(file).isDirectory()) {
    const [inside] = manifestsIn(file);
    throw usageError(
      `\`${file}\` is a folder, not a manifest`,
      `pass the manifest in it: \`${join(file, inside ?? 'volley.yaml')}\``,
    );
  }
  if (await isResultsFile(file)) {
    throw usageError(
      `\`${file}\` is a results file, not a manifest`,
      `read it with \`volley report ${file}\`, or continue it with \`volley run MANIFEST -o ${file} --resume\``,
    );
  }
  if (ROWS.test(file)) {
    throw usageError(
      `\`${file}\` is a file of rows, not a manifest`,
      `use it in a manifest: \`for_each: { file: ${file} }\``,
    );
  }
  return {};
}

const ROWS = /\.(?:jsonl|ndjson|csv|tsv|parquet|xlsx?)$/i;

/** False if the file can't be read: loading it reports why. */
async function isResultsFile(path: string): Promise<boolean> {
  const start = Buffer.alloc(200);
  await systemDisk
    .resolve(path)
    .then((real) => withFile(systemDisk, real, (file) => file.read(start, 0)))
    .catch(() => undefined);
  return /^\s*\{\s*"v"\s*:\s*1\s*,\s*"(?:id|status)"\s*:/.test(String(start));
}
