import { posix } from 'node:path';
import type { Finding, Place } from '../errors/finding.ts';
import type { FileResult, ProjectFiles } from '../ports/files.ts';
import { decodeText, type BadBytes } from '../ports/text-encoding.ts';
import { memoized } from '../ports/memoized.ts';
import { linesOf } from './line-and-column.ts';
import { environmentUses } from './environment-in-text.ts';
import type { FindingWords } from './collect-findings.ts';
import { isBlank } from '../errors/invisible.ts';
import type { Effort } from './bounded-renderer.ts';
import type { ScalarNode } from './source-node.ts';
import { literalTemplate, parseTemplate } from './parse-template.ts';
import type { Template, TemplateOrigin } from './template.ts';
import { readOnce, type Reading, type Written } from './written-value.ts';

/** Reads the strings that a manifest sends, inline or as `{file: …}`. */
export interface TextReader {
  /** Undefined after an error, which is reported only once. */
  read(written: Written): Promise<Template | undefined>;
  /** A string from outside the manifest, such as a flag. */
  readForeign(text: string, file: string): Template | undefined;
  /** Contents of the files read, by the names used in places. */
  readonly texts: ReadonlyMap<string, string>;
}

export interface TextReaderOptions extends Reading {
  readonly files: ProjectFiles;
  /** Send everything unchanged. */
  readonly isLiteral: boolean;
  readonly effort: Effort;
}

export function textReader(options: TextReaderOptions): TextReader {
  const { source, report, files, isLiteral, effort } = options;
  const texts = new Map<string, string>();
  const readFile = memoized(readNamed);
  const read = readOnce(async (written: Written): Promise<Template | undefined> => {
    const { node } = written;
    if (node?.kind === 'scalar') return readInline(written, node);
    const file = written.get('file');
    if (!file.string?.trim()) return undefined;
    const { problem, finding, template } = await readFile(file.string);
    if (problem) file.error(problem);
    if (finding) report.add([finding]);
    return template;
  });
  let totalBytes = 0;
  return { texts, read, readForeign };

  function readInline(written: Written, node: ScalarNode): Template | undefined {
    const { string: text } = written;
    if (text === undefined) return undefined;
    if (isBlank(text)) {
      written.error(EMPTY);
      return undefined;
    }
    const placeAt = (offset: number): Place => source.textPlace(node, offset);
    if (!isLiteral) {
      for (const { at, length, ...words } of environmentUses(text)) {
        const place = placeAt(at);
        report.warning({ ...place, endColumn: place.column + length }, words);
      }
    }
    return parsed(text, { file: source.file, placeAt });
  }

  async function readNamed(name: string): Promise<ReadFile> {
    const bytes = await files.read(name);
    if (!bytes.ok) return { problem: bytes.problem };
    totalBytes += bytes.value.length;
    if (totalBytes > MOST_BYTES) return { problem: tooMuchText(name) };
    const shown = besides(source.file, name);
    const decoded = decodeText(bytes.value);
    if (!decoded.ok) return { finding: badText(shown, decoded.bad) };
    if (isBlank(decoded.text)) return { problem: EMPTY };
    const template = readForeign(decoded.text, shown);
    return template ? { template } : {};
  }

  function readForeign(text: string, file: string): Template | undefined {
    texts.set(file, text);
    const lines = linesOf(file, text);
    return parsed(text, { file, placeAt: (offset) => lines.place(offset) });
  }

  function parsed(text: string, origin: TemplateOrigin): Template | undefined {
    if (isLiteral) return literalTemplate(text);
    const result = parseTemplate(text, origin, effort);
    if (result.ok) return result.template;
    report.add(result.findings);
    return undefined;
  }
}

interface ReadFile {
  readonly problem?: FindingWords;
  /** An error within the file. */
  readonly finding?: Finding;
  readonly template?: Template;
}

/** Limit for all files given in `prompt`, `system` and `context` together, which stay in memory. */
const MOST_BYTES = 100 * 1024 * 1024;

const EMPTY: FindingWords = {
  code: 'BAD_VALUE',
  message: 'the text is empty',
  hint: 'write something to send, or delete it',
};

function tooMuchText(name: string): FindingWords {
  return {
    code: 'FILE_TOO_LARGE',
    message: `the files of all prompts, including \`${name}\`, are larger than 100 MiB in total`,
    hint: 'use `for_each: {glob: …}` for large files: it reads them one at a time',
  };
}

/** The text of a file; otherwise what is wrong, at `place` if the file cannot be read. */
export function textIn(
  bytes: FileResult<Uint8Array>,
  { file, place }: { readonly file: string; readonly place: Place },
): string | Finding {
  if (!bytes.ok) return { ...bytes.problem, severity: 'error', place };
  const decoded = decodeText(bytes.value);
  return decoded.ok ? decoded.text : badText(file, decoded.bad);
}

export function badText(file: string, { line, column, found, looksLike }: BadBytes): Finding {
  return {
    code: 'FILE_UNREADABLE',
    severity: 'error',
    message:
      looksLike === 'utf-16'
        ? `\`${file}\` is UTF-16, not UTF-8`
        : `\`${file}\` is not valid UTF-8: line ${line} has ${found}`,
    hint: 'save it as UTF-8',
    place: { file, line, column },
  };
}

/** Turns a name relative to the manifest into one relative to the working directory. */
export function besides(manifest: string, name: string): string {
  return manifest.startsWith('<') ? name : posix.join(posix.dirname(manifest), name);
}
