import { posix } from 'node:path';
import type { Place } from '../errors/finding.ts';
import type { RowsFromPaths, RowsFromGlob } from '../manifest/manifest.ts';
import type { ProjectFiles } from '../ports/files.ts';
import { asUtf8 } from '../ports/text-encoding.ts';
import { fileFinding, opened, rowWarning, type RowBatches, type RowRead } from './read-row.ts';
import { readTextLines } from './rows-lines.ts';

/** One row per listed path, like those of a glob. A missing file is an error. */
export async function* readPaths(
  source: RowsFromPaths,
  file: string,
  files: ProjectFiles,
): RowBatches {
  if (typeof source.list !== 'string') {
    const rows: RowRead[] = [];
    for (const [index, path] of source.list.entries()) {
      rows.push(await pathRow(path, { number: index + 1, line: undefined, place: source.place }));
    }
    yield rows;
    return;
  }
  const bytes = opened(await files.stream(source.list));
  for await (const lines of readTextLines(asUtf8(bytes, 'utf-8'))) {
    const rows: RowRead[] = [];
    for (const read of lines) {
      if (!read.ok || typeof read.item !== 'string') continue;
      const { number, line = 1, item } = read;
      rows.push(await pathRow(unquoted(item), { number, line, place: { file, line, column: 1 } }));
    }
    yield rows;
  }

  async function pathRow(
    written: string,
    at: { readonly number: number; readonly line: number | undefined; readonly place: Place },
  ): Promise<RowRead> {
    const path = posix.normalize(written.trim());
    // Only check whether the file exists: "larger than zero bytes" means that it does.
    const found = await files.read(path, { maxBytes: 0 });
    if (found.ok || found.problem.code === 'FILE_TOO_LARGE') {
      return { ok: true, item: fileItem(path), number: at.number, line: at.line };
    }
    const { code, message, hint } = found.problem;
    if (code === 'CREDENTIAL_FILE') {
      return rowWarning(`${message}; it is left out`, hint, at.place);
    }
    const words = code === 'FILE_NOT_FOUND' ? { message, hint: NOT_THERE } : { message, hint };
    return { ok: false, finding: fileFinding({ code, ...words }, at.place) };
  }
}

const NOT_THERE =
  "list paths relative to the manifest's folder, for example with `git diff --name-only --relative --diff-filter=d`, which leaves out deleted files";

/** Git writes paths with special characters in double quotes, with octal escapes for bytes. */
function unquoted(line: string): string {
  if (!/^".*"$/.test(line)) return line;
  const bytes: number[] = [];
  const pattern = /\\([0-7]{3}|.)|[^\\]+/gsu;
  for (const [written, escaped] of line.slice(1, -1).matchAll(pattern)) {
    if (escaped === undefined) bytes.push(...Buffer.from(written));
    else if (/^[0-7]{3}$/.test(escaped)) bytes.push(Number.parseInt(escaped, 8));
    else bytes.push(...Buffer.from(ESCAPES[escaped] ?? escaped));
  }
  return Buffer.from(bytes).toString('utf8');
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** One row per file: `src/auth.ts` has the `name` `auth.ts`, the `stem` `auth`, the `ext` `ts`. */
export async function globRows(
  source: RowsFromGlob,
  files: ProjectFiles,
): Promise<readonly RowRead[]> {
  return opened(await files.glob(source.patterns)).map((path, index) => {
    return { ok: true, item: fileItem(path), number: index + 1, line: undefined };
  });
}

/** A suggestion for a pattern that matches no file. */
export async function globHint(source: RowsFromGlob, files: ProjectFiles): Promise<string> {
  for (const pattern of source.patterns) {
    const folder = pattern.replace(/\/+$/, '');
    if (folder === '' || /[*?[\]{}()!]/.test(folder)) continue;
    const inside = await files.glob([`${folder}/**`]);
    if (inside.ok && inside.value.length > 0) {
      return `\`${folder}\` is a folder: did you mean \`${folder}/**\`?`;
    }
  }
  return "check the pattern: it is relative to the manifest's folder; symbolic links, names that begin with a dot, `node_modules` and what the run itself writes are left out";
}

export function fileItem(path: string): { path: string; name: string; stem: string; ext: string } {
  const { base, name, ext } = posix.parse(path);
  return { path, name: base, stem: name, ext: ext.slice(1) };
}
