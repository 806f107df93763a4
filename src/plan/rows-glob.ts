import { posix } from 'node:path';
import type { RowsFromGlob } from '../manifest/manifest.ts';
import type { ProjectFiles } from '../ports/files.ts';
import { fileFinding, type RowBatches } from './row.ts';

/** A row for each file: `{path, name, stem, ext}` of `src/auth.ts` are that, `auth.ts`, `auth` and `ts`. */
export async function* globRows(source: RowsFromGlob, files: ProjectFiles): RowBatches {
  const found = await files.glob(source.patterns);
  if (!found.ok) {
    yield [{ ok: false, finding: fileFinding(found.problem, source.place) }];
    return;
  }
  yield found.value.map((path, index) => ({
    ok: true,
    item: fileItem(path),
    number: index + 1,
    line: undefined,
  }));
}

/** What to try instead of a pattern that no file matches. */
export async function globHint(source: RowsFromGlob, files: ProjectFiles): Promise<string> {
  for (const pattern of source.patterns) {
    const folder = pattern.replace(/\/+$/, '');
    if (folder === '' || /[*?[\]{}()!]/.test(folder)) continue;
    const inside = await files.glob([`${folder}/**`]);
    if (inside.ok && inside.value.length > 0) {
      return `\`${folder}\` is a folder: did you mean \`${folder}/**\`?`;
    }
  }
  return "patterns are relative to the manifest's folder; symbolic links, names that begin with a dot, `node_modules` and what the run itself writes are left out";
}

/** What a row is that is a file. */
export function fileItem(path: string): { path: string; name: string; stem: string; ext: string } {
  const { base, name, ext } = posix.parse(path);
  return { path, name: base, stem: name, ext: ext.slice(1) };
}
