import { oddCharacter } from '../errors/invisible.ts';
import type { ProjectFiles } from '../ports/files.ts';
import type { Reading } from './written-value.ts';
import type { FindingWords } from './collect-findings.ts';
import { child, type ScalarNode, type SourceNode } from './source-node.ts';
import type { ManifestSource } from './manifest-source.ts';

interface WrittenContext extends Reading {
  readonly files: ProjectFiles;
  readonly isLiteral: boolean;
}

/**
 * Reports prompt text and values that the user probably did not mean: ` #` and `&x` cut off
 * unquoted text, `3.10` is a number, and file names and `{item}` are sent unchanged.
 */
export async function reportWrittenValues(context: WrittenContext): Promise<void> {
  const { source, report, files, isLiteral } = context;
  const { root } = source;
  const seen = new Set<SourceNode>();
  const texts: SentText[] = [];
  const tasks = child(root, 'tasks');
  const entries = tasks?.kind === 'list' ? tasks.items : [];
  for (const task of [...entries, child(root, 'defaults')]) {
    for (const key of ['prompt', 'messages', 'system']) {
      look(child(task, key), { task, isData: false });
    }
    for (const key of ['for_each', 'matrix']) {
      const node = child(task, key);
      if (key === 'matrix' || node?.kind === 'list') look(node, { isData: true });
    }
  }
  for (const task of entries) if (task.kind === 'scalar') look(task, { isData: false });
  look(child(root, 'context'), { isData: false });
  look(child(root, 'vars'), { isData: true });
  if (isLiteral) return;
  for (const text of texts) {
    const { node } = text;
    const found = otherForm(text, root);
    if (!found) continue;
    const place = source.textPlace(node, found.at);
    report.warning({ ...place, endColumn: place.column + found.length }, found);
  }
  const names = texts.filter(({ node }) => isLikeFile(String(node.value)));
  for (const { node } of names.slice(0, MOST_NAMES)) {
    const name = String(node.value);
    if (await isFile(name, files)) report.warning(source.place(node), fileAsText(name));
  }

  function look(
    node: SourceNode | undefined,
    { isData, task }: { readonly isData: boolean; readonly task?: SourceNode | undefined },
  ): void {
    if (!node || seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'list') for (const item of node.items) look(item, { isData, task });
    else if (node.kind === 'map') {
      for (const { key, value } of node.entries) {
        if (isData || key !== 'file') look(value, { isData, task });
      }
    } else {
      if (!isData) texts.push({ node, task });
      const lost = isData ? lostDigits(node, source) : undefined;
      if (lost) report.error(source.place(node), lost);
      const cut = cutText(node, source, isData) ?? cutBeginning(node, source);
      if (cut) report.warning(source.place(node), cut);
    }
  }
}

interface SentText {
  readonly node: ScalarNode;
  /** Undefined for a bare task and `context`, which have no rows. */
  readonly task: SourceNode | undefined;
}

/** Real manifests have few prompts that look like file names. */
const MOST_NAMES = 100;

export function isLikeFile(name: string): boolean {
  return name.length < 1_000 && !/\s/.test(name) && /[/.]\w/.test(name) && !/^\w+:/.test(name);
}

/** Whether the file exists. Reading zero bytes is enough to find out. */
export async function isFile(name: string, files: ProjectFiles): Promise<boolean> {
  const read = await files.read(name, { maxBytes: 0 });
  return read.ok || read.problem.code === 'FILE_TOO_LARGE';
}

function fileAsText(name: string): FindingWords {
  return {
    code: 'SENT_AS_TEXT',
    message: `the name \`${name}\` is sent, not the file's contents`,
    hint: `write \`{ file: ${name} }\` to send its contents`,
  };
}

/**
 * As in other template languages: `{item}`, `${item}`, `<<item>>`, `[[item]]`, `%(item)s`, `$item`.
 */
const OTHER_FORMS = [
  ['(?<!\\{)\\$?\\{ ?', ' ?\\}(?!\\})'],
  ['<< ?', ' ?>>'],
  ['\\[\\[ ?', ' ?\\]\\]'],
  ['%\\(', '\\)s\\b'],
  ['(?<![\\w$])\\$', '(?![\\w(])'],
].map(([open, close]) => new RegExp(`${open}([a-z][\\w-]*)((?:\\.[\\w-]+)*)${close}`, 'i'));

/**
 * Finds the first variable in the syntax of another template language, unless the text also uses
 * the right syntax.
 */
function otherForm(
  sent: SentText,
  manifest: SourceNode | undefined,
): (FindingWords & { readonly at: number; readonly length: number }) | undefined {
  const text = String(sent.node.value);
  const rows = child(sent.task, 'for_each');
  const isTemplate = /\{[{%]/.test(text) && !/\{%-? *raw\b/.test(text);
  const comment = isTemplate ? /\{#[^{}]*#\}/.exec(text) : null;
  if (comment) {
    return {
      code: 'SENT_AS_TEXT',
      message: 'a comment in `{# … #}` is sent as is',
      hint: 'write `{% comment %}…{% endcomment %}`',
      at: comment.index,
      length: comment[0].length,
    };
  }
  for (const form of OTHER_FORMS) {
    const found = form.exec(text);
    const [written = '', name = '', rest = ''] = found ?? [];
    const root = rootOf(name, sent, manifest);
    const isEnvironment = /^\$\{?[A-Z]/.test(written);
    if (!found || isEnvironment || root === undefined) continue;
    // `$word` is too common in prompts about code to assume a column of that name.
    const isKnown = root !== 'item' || name === 'item' || child(rows, 'file') === undefined;
    if (/^\$\w/.test(written) && !isKnown) continue;
    const isBare = root === name;
    if (new RegExp(isBare ? `\\{[{%][^}]*\\b${root}\\b` : '\\{[{%]').test(text)) continue;
    const path = isBare ? `${name}${rest}` : `${root}.${name}${rest}`;
    return {
      code: 'SENT_AS_TEXT',
      message: `\`${written}\` is sent as is`,
      hint: `write \`{{ ${path} }}\``,
      at: found.index,
      length: written.length,
    };
  }
  return undefined;
}

/**
 * The root of the variable that `name` probably means, such as `item`; undefined if there is none.
 */
function rootOf(
  name: string,
  { node, task }: SentText,
  manifest: SourceNode | undefined,
): string | undefined {
  const rows = child(task, 'for_each');
  if (name === 'item') return rows && name;
  if (name === 'matrix') return child(task, name) && name;
  if (child(child(task, 'matrix'), name)) return 'matrix';
  if (child(child(manifest, 'vars'), name)) return 'vars';
  // The columns of a file are unknown here, but a prompt that does not use its row is suspicious.
  const isField =
    rows?.kind === 'list'
      ? child(rows.items[0], name)
      : child(task, 'prompt') === node && child(rows, 'file');
  return isField ? 'item' : undefined;
}

/** A number that YAML changes: `3.10` is 3.1, `01234` is 1234, `1e5` is 100000. */
export function lostDigits(
  node: SourceNode,
  { text }: Pick<ManifestSource, 'text'>,
): FindingWords | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'number' || node.style !== 'plain') {
    return undefined;
  }
  // Numbers that cannot be represented have their own finding.
  if (!Number.isFinite(node.value) || Math.abs(node.value) > Number.MAX_SAFE_INTEGER) {
    return undefined;
  }
  const written = text.slice(node.start, node.end);
  if (!/^[\w.+-]{1,60}$/.test(written) || written === String(node.value)) return undefined;
  return {
    code: 'BAD_VALUE',
    message: `\`${written}\` would become \`${node.value}\`, because YAML reads it as a number`,
    hint: `put it in quotes: \`"${written}"\`; or write \`${node.value}\` if you meant the number`,
  };
}

function cutText(
  node: ScalarNode,
  { text }: ManifestSource,
  isData: boolean,
): FindingWords | undefined {
  if (node.style !== 'plain' || typeof node.value !== 'string') return undefined;
  const comment = /^[ \t]+(#[ \t]*[^\s,;.]{1,30})/.exec(text.slice(node.end, node.end + 99))?.[1];
  if (comment === undefined) return undefined;
  const isAttached = /^#[\p{L}\p{N}_]/u.test(comment);
  // Comments normally have a space after `#`. Only an incomplete sentence before it was cut off.
  const isCutSentence =
    comment.startsWith('# ') && !isData && / .*[\p{L}\p{N},%]$/u.test(node.value);
  if (!isAttached && !isCutSentence) return undefined;
  return {
    code: 'TEXT_CUT',
    message: `the text ends before \`${comment}\`: YAML treats the rest as a comment`,
    hint: `put the text in quotes; if it is a comment, ${isAttached ? 'write a space after `#`' : 'give it a line of its own'}`,
  };
}

/**
 * YAML reads `&x` before a value as its name, and drops a `!` before text. A name that is referred
 * to was meant as one.
 */
function cutBeginning(node: ScalarNode, { text }: ManifestSource): FindingWords | undefined {
  if (node.style !== 'plain' || node.value === null) return undefined;
  const before = text.slice(Math.max(0, node.start - 99), node.start);
  const [, written, name] = /(?:^|[\s[{,])(&([^\s,[\]{}]+)|!)[ \t]+$/.exec(before) ?? [];
  if (written === undefined || (name !== undefined && isReferredTo(name, text))) return undefined;
  if (name === undefined && !/\p{L}/u.test(String(node.value))) return undefined;
  const reason =
    name === undefined
      ? 'YAML reads it as a tag'
      : `YAML reads it as the name of this value, and no \`*${name}\` refers to it`;
  return {
    code: 'TEXT_CUT',
    message: `\`${written}\` is not part of the text: ${reason}`,
    hint: `put the whole text in quotes, or delete \`${written}\``,
  };
}

function isReferredTo(name: string, text: string): boolean {
  return text
    .split(`*${name}`)
    .slice(1)
    .some((after) => /^(?:$|[\s,\]}])/.test(after));
}

/** YAML reads `prompt:` with a no-break space as text, not as a key. */
export function unseenKey(text: string): FindingWords | undefined {
  const found = /^([A-Za-z_][\w-]{0,40}:|-)(?! )(\s|\u200b|\ufeff|\u2060)/u.exec(text);
  const odd = found && oddCharacter(found[2] ?? '');
  if (!found || !odd) return undefined;
  return {
    code: 'BAD_VALUE',
    message: `${odd} follows \`${found[1]}\`, so YAML reads the whole line as text`,
    hint: 'write a plain space there',
  };
}
