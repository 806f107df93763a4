import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { shellWord } from '../errors/shell-word.ts';
import { suggest } from '../errors/suggest.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import { reasonOf } from '../results/write-problems.ts';
import { decodeText } from '../ports/text-encoding.ts';
import { withFile } from '../ports/disk.ts';
import { systemDisk } from '../ports/system-disk.ts';
import { systemOutput } from '../ports/system-output.ts';
import { usageError, type Arguments } from './arguments.ts';

/** Limit for stdin. A manifest has a lower limit with its own message. */
const MAX_STDIN_BYTES = 64 * 1024 * 1024;

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

/** Empty if the folder cannot be read. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The error if the file that a flag names can't be read. */
export function unreadable(file: string, cause: unknown, hint: string): VolleyError {
  const isMissing = systemErrorCode(cause) === 'ENOENT';
  const near = isMissing ? suggest(basename(file), namesIn(dirname(file))) : undefined;
  const message = isMissing
    ? `there is no file \`${file}\``
    : `cannot read \`${file}\`: ${reasonOf(cause)}`;
  return new VolleyError(message, {
    exitCode: EXIT.usage,
    hint: near === undefined ? hint : `did you mean \`${join(dirname(file), near)}\`?`,
    cause,
  });
}

/** The text of a manifest from stdin. Empty if the manifest is a file. */
export async function readManifestArgument(file: string): Promise<{ text?: string }> {
  if (file === '-') return { text: await readStdin('the manifest') };
  if (!existsSync(file)) throw noSuchManifest(file);
  if (statSync(file).isDirectory()) {
    const [inside] = manifestsIn(file);
    throw usageError(
      `\`${file}\` is a folder, not a manifest`,
      `give the manifest in it: \`${join(file, inside ?? 'volley.yaml')}\``,
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

/** Reads all of stdin as text. On a terminal, says what it is waiting for. */
export async function readStdin(what: string): Promise<string> {
  return textOf('stdin', await readStdinBytes(what));
}

/** Decodes the user's text. Refuses bytes that are not UTF-8 instead of replacing them. */
export function textOf(name: string, bytes: Uint8Array): string {
  const decoded = decodeText(bytes);
  if (decoded.ok) return decoded.text;
  const { line, found } = decoded.bad;
  throw usageError(`${name} is not valid UTF-8: line ${line} has ${found}`, 'save it as UTF-8');
}

export async function readStdinBytes(what: string): Promise<Uint8Array> {
  if (process.stdin.isTTY) {
    const text = `Reading ${what} from the terminal; end with Ctrl-D.\n`;
    await systemOutput(process.stderr).write(text);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > MAX_STDIN_BYTES) {
      throw new VolleyError(`stdin is longer than ${MAX_STDIN_BYTES} bytes`, {
        exitCode: EXIT.usage,
        hint: 'put the rows in a JSONL file and point `for_each` to it',
      });
    }
    chunks.push(buffer);
  }
  return Buffer.concat(chunks);
}
