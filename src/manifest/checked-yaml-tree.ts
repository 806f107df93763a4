import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Alias,
  type Scalar,
} from './yaml-package.ts';
import { oddCharacter, plainName } from '../errors/invisible.ts';
import { didYouMean } from '../errors/suggest.ts';
import type { ParsedDocument, ParsedYaml, SourceProblem } from './parse-yaml.ts';
import type { MapEntry, ScalarNode, ScalarStyle, SourceNode } from './source-node.ts';
import { unseenKey } from './likely-mistakes.ts';
import { UNQUOTED_BRACES } from './yaml-syntax.ts';
import { YAML_BOUNDS } from '../errors/input-limits.ts';

/**
 * The document as plain values with places. Aliases are resolved (shared, not copied), `<<` is
 * merged, and duplicate keys and unsupported values are reported. Takes time linear in the size of
 * the text.
 */
export function buildTree(document: ParsedDocument, text: string): ParsedYaml {
  const builder = new TreeBuilder(text);
  const { contents } = document;
  for (const { pos, message } of document.warnings) {
    const tag = text.slice(pos[0], Math.min(pos[1], pos[0] + 60));
    builder.report(pos[0], pos[1], {
      code: 'YAML_UNSUPPORTED',
      isPlaceholder: true,
      ...(/tag/i.test(message)
        ? { message: `unknown tag \`${tag}\``, hint: 'delete it, or put the text in quotes' }
        : { message: `\`${tag}\` is not used in a manifest`, hint: 'delete it' }),
    });
  }
  try {
    const root = builder.build(contents, 1);
    return { root: root.node, problems: builder.problems };
  } catch (error) {
    if (error instanceof TooMuch) return { root: undefined, problems: [error.problem] };
    throw error;
  }
}

interface Built {
  readonly node: SourceNode;
  /** Number of values in this node, including the node itself and the values behind aliases. */
  readonly size: number;
  readonly height: number;
}

/** Thrown to leave the recursion at a limit. Never leaves this file. */
class TooMuch extends Error {
  readonly problem: SourceProblem;
  constructor(message: string, hint: string, start: number, end = start + 1) {
    super(message);
    this.problem = { code: 'YAML_UNSUPPORTED', message, hint, start, end };
  }
}

type Words = Omit<SourceProblem, 'start' | 'end'>;

class TreeBuilder {
  readonly problems: SourceProblem[] = [];
  private readonly text: string;
  private readonly anchors = new Map<string, Built | 'open'>();
  private aliases = 0;
  private nodes = 0;

  constructor(text: string) {
    this.text = text;
  }

  report(start: number, end: number, words: Words): void {
    this.problems.push({ ...words, start, end: Math.max(start + 1, end) });
  }

  build(yaml: unknown, depth: number): Built {
    if (isAlias(yaml)) return this.alias(yaml, depth);
    const [start, end] = rangeOf(yaml);
    this.count(start, 1);
    const anchor = isScalar(yaml) || isCollection(yaml) ? yaml.anchor : undefined;
    if (anchor !== undefined) this.anchors.set(anchor, 'open');
    if (depth > YAML_BOUNDS.depth) throw tooDeep(start);
    const built = this.collection(yaml, start, end, depth) ?? this.scalar(yaml, start, end);
    if (anchor !== undefined) this.anchors.set(anchor, built);
    return built;
  }

  private collection(yaml: unknown, start: number, end: number, depth: number): Built | undefined {
    if (isSeq(yaml)) return this.list(yaml, start, end, depth);
    if (!isMap(yaml)) return undefined;
    if (this.text.startsWith('{{', start)) return this.unquotedTemplate(start, end);
    return this.map(yaml, start, end, depth);
  }

  private count(start: number, size: number): void {
    this.nodes += size;
    if (this.nodes > YAML_BOUNDS.nodes) {
      const message = `more than ${YAML_BOUNDS.nodes} values, including those that aliases repeat`;
      throw new TooMuch(
        message,
        'put rows in a JSONL or CSV file and point `for_each` to it',
        start,
      );
    }
  }

  private alias(alias: Alias, depth: number): Built {
    const [start, end] = rangeOf(alias);
    const target = this.anchors.get(alias.source);
    this.aliases += 1;
    if (this.aliases > YAML_BOUNDS.aliases) {
      const message = `more than ${YAML_BOUNDS.aliases} aliases`;
      const hint = 'put what the tasks share under `defaults`, and rows in a file for `for_each`';
      throw new TooMuch(message, hint, start, end);
    }
    if (target === undefined || target === 'open') {
      const name = this.text.slice(start, Math.min(end, start + 60));
      const others = 'put text that begins with `*` in quotes';
      const words =
        target === 'open'
          ? {
              message: `\`${name}\` is inside the value it refers to`,
              hint: 'delete the alias: a value cannot contain itself',
            }
          : {
              message: `\`${name}\` is not defined: no \`&${alias.source.slice(0, 60)}\` comes before it`,
              hint: didYouMean(alias.source, this.anchors.keys(), others, (near) => `*${near}`),
            };
      this.report(start, end, { code: 'YAML_UNSUPPORTED', isPlaceholder: true, ...words });
      return { node: emptyScalar(start, end), size: 1, height: 1 };
    }
    if (depth + target.height - 1 > YAML_BOUNDS.depth) throw tooDeep(start);
    this.count(start, target.size);
    return target;
  }

  private list(yaml: { items: unknown[] }, start: number, end: number, depth: number): Built {
    const items: SourceNode[] = [];
    let size = 1;
    let height = 1;
    for (const each of yaml.items) {
      const built = this.build(each, depth + 1);
      items.push(built.node);
      size += built.size;
      height = Math.max(height, built.height + 1);
    }
    return { node: { kind: 'list', start, end, items }, size, height };
  }

  private map(
    yaml: { items: ReadonlyArray<{ key: unknown; value: unknown }> },
    start: number,
    end: number,
    depth: number,
  ): Built {
    const entries = new Map<string, MapEntry>();
    const merged: MapEntry[] = [];
    let size = 1;
    let height = 1;
    for (const pair of yaml.items) {
      const [keyStart, keyEnd] = rangeOf(pair.key);
      const value = this.build(pair.value, depth + 1);
      size += value.size;
      height = Math.max(height, value.height + 1);
      if (isMergeKey(pair.key)) {
        merged.push(...this.mergedEntries(value.node, pair.value, keyStart, keyEnd));
        continue;
      }
      const key = this.key(pair.key, keyStart, keyEnd);
      if (key === undefined) continue;
      const first = entries.get(key);
      if (first) {
        this.report(keyStart, keyEnd, {
          code: 'DUPLICATE_KEY',
          message: `\`${key.slice(0, 60)}\` appears twice in one map, first on line {line}`,
          hint: 'keep one of the two',
          mentions: first.keyStart,
        });
      } else entries.set(key, { key, keyStart, keyEnd, value: value.node });
    }
    // The map's own keys win over merged ones, and earlier merged maps win over later ones.
    for (const each of merged) if (!entries.has(each.key)) entries.set(each.key, each);
    return { node: { kind: 'map', start, end, entries: [...entries.values()] }, size, height };
  }

  private mergedEntries(
    node: SourceNode,
    yaml: unknown,
    start: number,
    end: number,
  ): readonly MapEntry[] {
    if (node.kind === 'map') return node.entries;
    if (node.kind === 'list' && node.items.every((item) => item.kind === 'map')) {
      return node.items.flatMap((item) => (item.kind === 'map' ? item.entries : []));
    }
    const isBroken = isAlias(yaml) && node.kind === 'scalar' && node.value === null;
    if (!isBroken) {
      this.report(start, end, {
        code: 'YAML_UNSUPPORTED',
        message: '`<<` merges maps, but this is not a map',
        hint: 'write `<<: *name`, where `&name` marks a map',
      });
    }
    return [];
  }

  private key(yaml: unknown, start: number, end: number): string | undefined {
    if (isScalar(yaml)) {
      this.count(start, 1);
      const key = typeof yaml.value === 'string' ? yaml.value : (yaml.source ?? String(yaml.value));
      const odd = oddCharacter(key);
      if (odd !== undefined) {
        this.report(start, end, {
          code: 'YAML_SYNTAX',
          message: `the key \`${plainName(key).slice(0, 60)}\` is written with ${odd}`,
          hint: 'write it with plain characters',
        });
      }
      return key;
    }
    this.report(start, end, {
      code: 'YAML_SYNTAX',
      message: 'a key must be a plain word',
      hint: 'put the key in quotes',
    });
    return undefined;
  }

  /** YAML reads `prompt: {{ item }}` as a map in a map, which nobody intends. */
  private unquotedTemplate(start: number, end: number): Built {
    this.report(start, start + 2, { code: 'YAML_SYNTAX', isPlaceholder: true, ...UNQUOTED_BRACES });
    const node = { kind: 'scalar', value: '…', style: 'plain', start, end } as const;
    return { node, size: 1, height: 1 };
  }

  /** A long string counts as many values, so that aliases cannot multiply a megabyte of text. */
  private scalar(yaml: unknown, start: number, end: number): Built {
    if (!isScalar(yaml)) return { node: emptyScalar(start, end), size: 1, height: 1 };
    const style = STYLES[yaml.type ?? 'PLAIN'] ?? 'plain';
    const { value: read } = yaml;
    if (typeof read === 'string') this.checkText(read, style, start, end);
    if (typeof read === 'number') this.checkNumber(yaml, read, start, end);
    const isPlain =
      typeof read === 'string' || typeof read === 'number' || typeof read === 'boolean';
    const value = isPlain ? read : null;
    const length = typeof value === 'string' ? value.length : 0;
    const node = { kind: 'scalar', value, style, start, end } as const;
    return { node, size: 1 + Math.floor(length / 1000), height: 1 };
  }

  private checkText(value: string, style: ScalarStyle, start: number, end: number): void {
    const unseen = style === 'plain' ? unseenKey(value) : undefined;
    if (unseen) this.report(start, end, { ...unseen, code: 'YAML_SYNTAX', isPlaceholder: true });
    if (value.isWellFormed()) return;
    this.report(start, end, {
      code: 'BAD_VALUE',
      message: 'the text contains half of a character: a surrogate without its pair',
      hint: 'write both halves, as in `"\\ud83d\\ude00"`, or delete it',
    });
  }

  private checkNumber(yaml: Scalar, value: number, start: number, end: number): void {
    const written = (yaml.source ?? String(value)).slice(0, 60);
    if (!Number.isFinite(value)) {
      this.report(start, end, {
        code: 'BAD_VALUE',
        message: `\`${written}\` is not a number that JSON can represent`,
        hint: 'put it in quotes if you meant text',
      });
    } else if (Number.isInteger(value) && !Number.isSafeInteger(value) && !/[.eE]/.test(written)) {
      this.report(start, end, {
        code: 'BAD_VALUE',
        message: `\`${written}\` is too large to be kept exactly`,
        hint: 'put it in quotes to keep every digit',
      });
    }
  }
}

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

function rangeOf(yaml: unknown): readonly [number, number] {
  const range = isScalar(yaml) || isCollection(yaml) || isAlias(yaml) ? yaml.range : undefined;
  return range ? [range[0], range[1]] : [0, 0];
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}

function emptyScalar(start: number, end: number): ScalarNode {
  return { kind: 'scalar', value: null, style: 'plain', start, end };
}

function tooDeep(start: number): TooMuch {
  const message = `lists and maps are nested more than ${YAML_BOUNDS.depth} levels deep`;
  return new TooMuch(message, 'make it flatter', start);
}
