import type { Finding } from '../errors/finding.ts';
import type { RowsFromFile } from '../manifest/manifest.ts';
import { parseBounded } from '../manifest/yaml-time-limit.ts';
import { linesOf } from '../manifest/line-and-column.ts';
import { readSource, type ManifestSource } from '../manifest/manifest-source.ts';
import { plainValue, type SourceNode } from '../manifest/source-node.ts';
import { lostDigits } from '../manifest/likely-mistakes.ts';
import { YAML_BOUNDS } from '../errors/input-limits.ts';
import type { ProjectFiles } from '../ports/files.ts';
import { parseJson } from './json-error.ts';
import { decodeText, type BadBytes, type TextEncoding } from '../ports/text-encoding.ts';
import { badRow, checkedRow, fileFinding, type RowRead } from './read-row.ts';
import { badText } from '../manifest/read-text.ts';

/** A JSON list of rows, read as a whole. */
export async function readJson(
  source: RowsFromFile,
  file: string,
  files: ProjectFiles,
): Promise<readonly RowRead[]> {
  const text = await readText(source, file, { files, maxBytes: MAX_JSON_BYTES });
  if (!text.ok) return [text];
  const parsed = parseJson(text.text);
  if (!parsed.ok) {
    const place = linesOf(file, text.text).place(parsed.offset);
    return [badRow('the file is not JSON', 'write one list: `[{"id": 1}]`', place)];
  }
  if (!Array.isArray(parsed.value)) return [notAList(file)];
  return parsed.value.map((item, index) =>
    checkedRow(item, index + 1, undefined, { file, line: 1, column: 1 }),
  );
}

/** A YAML list of rows, with the limits of a manifest. */
export async function readYaml(
  source: RowsFromFile,
  file: string,
  files: ProjectFiles,
): Promise<readonly RowRead[]> {
  const text = await readText(source, file, { files, maxBytes: YAML_BOUNDS.bytes });
  if (!text.ok) return [text];
  const { source: tree, findings } = await readSource(file, text.text, parseBounded);
  if (findings.some(({ severity }) => severity === 'error') || !tree) {
    return findings.map((finding) => ({ ok: false, finding: aboutRows(finding, source) }));
  }
  if (tree.root.kind !== 'list') return [notAList(file)];
  return tree.root.items.map((node, index) => {
    const place = tree.place(node);
    const lost = lostDigitsIn(node, tree);
    if (lost) return lost;
    return checkedRow(plainValue(node), index + 1, place.line, place);
  });
}

function lostDigitsIn(node: SourceNode, tree: ManifestSource): RowRead | undefined {
  if (node.kind !== 'map' && node.kind !== 'list') {
    const lost = lostDigits(node, tree);
    return lost && badRow(lost.message, lost.hint, tree.place(node));
  }
  for (const value of node.kind === 'list' ? node.items : node.entries.map((each) => each.value)) {
    const found = lostDigitsIn(value, tree);
    if (found) return found;
  }
  return undefined;
}

const MAX_JSON_BYTES = 64 * 1024 * 1024;
const USE_JSONL = 'write the rows as JSONL, one object per line: a JSONL file can be any size';

async function readText(
  source: RowsFromFile,
  file: string,
  { files, maxBytes }: { readonly files: ProjectFiles; readonly maxBytes: number },
): Promise<{ ok: true; text: string } | { ok: false; finding: Finding }> {
  const read = await files.read(source.file, { maxBytes });
  if (read.ok) {
    const decoded = decodeText(read.value, source.encoding);
    if (decoded.ok) return decoded;
    return { ok: false, finding: badBytes(file, decoded.bad, source.encoding) };
  }
  const finding = fileFinding(read.problem, source.place);
  const isTooLarge = finding.code === 'FILE_TOO_LARGE';
  return { ok: false, finding: isTooLarge ? { ...finding, hint: USE_JSONL } : finding };
}

function notAList(file: string): ReturnType<typeof badRow> {
  const place = { file, line: 1, column: 1 };
  return badRow('the file is not a list of rows', 'begin it with `[`, or use JSONL', place);
}

/** Rewords findings that mention a manifest. */
function aboutRows(finding: Finding, source: RowsFromFile): Finding {
  if (finding.code === 'NO_TASKS') {
    const message = 'the file is empty';
    return { ...finding, code: 'NO_ROWS', message, hint: 'add a row: `- id: 1`' };
  }
  if (finding.code !== 'MANIFEST_TOO_SLOW') return finding;
  const message = `reading \`${source.file}\` took more than 2 s or 512 MB`;
  return { ...finding, code: 'FILE_TOO_LARGE', message, hint: USE_JSONL };
}

/** The finding for a row file with bytes that are not text in its encoding. */
export function badBytes(file: string, bad: BadBytes, encoding: TextEncoding = 'utf-8'): Finding {
  const finding = badText(file, bad);
  if (encoding === 'utf-8') {
    const hint =
      bad.looksLike === undefined
        ? 'save it as UTF-8'
        : `add \`encoding: ${bad.looksLike}\` next to \`file\`, or save it as UTF-8 (in Excel: CSV UTF-8)`;
    return { ...finding, hint };
  }
  return {
    ...finding,
    message: `\`${file}\` is not valid ${NAMES[encoding]}: line ${bad.line} has ${bad.found}`,
    hint: 'write the `encoding` that it is saved in, or save it as UTF-8 and delete `encoding`',
  };
}

const NAMES: Readonly<Record<TextEncoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16': 'UTF-16',
  'windows-1252': 'Windows-1252',
};
