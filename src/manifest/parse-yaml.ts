import { parseDocument, type Document } from './yaml-package.ts';
import { buildTree } from './checked-yaml-tree.ts';
import type { SourceNode } from './source-node.ts';
import { NESTED_TOO_DEEP, syntaxProblem } from './yaml-syntax.ts';

/** A string read as YAML 1.2. Plain data, so that a worker can send it. */
export interface ParsedYaml {
  /** Undefined if the text has no usable value; `problems` says why. */
  readonly root: SourceNode | undefined;
  readonly problems: readonly SourceProblem[];
}

/** A finding whose place is given as offsets. */
export interface SourceProblem {
  readonly code: 'YAML_SYNTAX' | 'YAML_UNSUPPORTED' | 'DUPLICATE_KEY' | 'BAD_VALUE';
  readonly message: string;
  readonly hint: string;
  readonly start: number;
  readonly end: number;
  /** Another offset. Its line number replaces `{line}` in the message. */
  readonly mentions?: number;
  /** The value here is a placeholder, so other errors in it are consequences. */
  readonly isPlaceholder?: true;
}

export type ParsedDocument = Document.Parsed;

/**
 * Reads one YAML document with the core schema. Leaves to `buildTree` the work that the `yaml`
 * package does in quadratic time (unique keys, aliases, merging) or too leniently (unknown tags).
 */
export function parseYaml(text: string): ParsedYaml {
  const document = parsedDocument(text);
  if (!document) return { root: undefined, problems: [TOO_DEEP] };
  const directive = oldVersion(text, document);
  if (directive) return { root: undefined, problems: [directive] };
  const [error] = document.errors;
  // Later syntax errors are nearly always consequences of the first.
  if (error) return { root: undefined, problems: [syntaxProblem(error, document, text)] };
  return buildTree(document, text);
}

/**
 * Undefined if the text is nested too deeply for the package, which does not always check the depth
 * itself.
 */
function parsedDocument(text: string): ParsedDocument | undefined {
  try {
    return parseDocument(text, OPTIONS);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const TOO_DEEP: SourceProblem = { code: 'YAML_UNSUPPORTED', ...NESTED_TOO_DEEP, start: 0, end: 0 };

const OPTIONS = {
  version: '1.2',
  schema: 'core',
  merge: false,
  uniqueKeys: false,
  resolveKnownTags: false,
  prettyErrors: false,
  keepSourceTokens: false,
  // 'silent' would also ignore a second document.
  logLevel: 'error',
} as const;

/** `%YAML 1.1` would turn `yes` into true, `012` into 10 and `12:30:45` into 45045. */
function oldVersion(text: string, document: ParsedDocument): SourceProblem | undefined {
  if (!document.directives.yaml.explicit || document.directives.yaml.version === '1.2')
    return undefined;
  const start = Math.max(0, text.search(/^%YAML/m));
  return {
    code: 'YAML_UNSUPPORTED',
    message: `a manifest is YAML 1.2, not \`${document.directives.yaml.version}\``,
    hint: 'delete the `%YAML` line',
    start,
    end: start + '%YAML 1.1'.length,
  };
}
