import { oddCharacter } from '../errors/invisible.ts';
import type { ReadContext } from './read-values.ts';
import type { FindingWords } from './report.ts';
import { child, type ScalarNode, type SourceNode } from './source-node.ts';
import type { ManifestSource } from './source.ts';

/**
 * Reports where YAML makes something else of a text without quotes than was meant: ` #` ends it, and
 * `3.10` is a number. Looks at what goes into prompts: settings are not meant as texts.
 */
export function reportWrittenValues({ source, report }: ReadContext): void {
  const { root } = source;
  const seen = new Set<SourceNode>();
  const tasks = child(root, 'tasks');
  const entries = tasks?.kind === 'list' ? tasks.items : [];
  for (const task of [...entries, child(root, 'defaults')]) {
    for (const key of ['prompt', 'messages', 'system']) look(child(task, key), { isData: false });
    for (const key of ['for_each', 'matrix']) {
      const node = child(task, key);
      if (key === 'matrix' || node?.kind === 'list') look(node, { isData: true });
    }
  }
  for (const task of entries) if (task.kind === 'scalar') look(task, { isData: false });
  look(child(root, 'context'), { isData: false });
  look(child(root, 'vars'), { isData: true });

  function look(node: SourceNode | undefined, { isData }: { readonly isData: boolean }): void {
    if (!node || seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'list') for (const item of node.items) look(item, { isData });
    else if (node.kind === 'map') for (const { value } of node.entries) look(value, { isData });
    else {
      const lost = isData ? lostDigits(node, source) : undefined;
      if (lost) report.error(source.place(node), lost);
      const cut = cutText(node, source);
      if (cut) report.warning(source.place(node), cut);
    }
  }
}

/** A number that is not what was written: `3.10` is 3.1, `01234` is 1234, `1e5` is 100000. */
export function lostDigits(
  node: SourceNode,
  { text }: Pick<ManifestSource, 'text'>,
): FindingWords | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'number' || node.style !== 'plain') {
    return undefined;
  }
  // Numbers that cannot be kept have a finding of their own.
  if (!Number.isFinite(node.value) || Math.abs(node.value) > Number.MAX_SAFE_INTEGER) {
    return undefined;
  }
  const written = text.slice(node.start, node.end);
  if (!/^[\w.+-]{1,60}$/.test(written) || written === String(node.value)) return undefined;
  return {
    code: 'BAD_VALUE',
    message: `\`${written}\` would become \`${node.value}\`, as it is a number to YAML`,
    hint: `put it into quotes: \`"${written}"\`; or write \`${node.value}\` if the number is meant`,
  };
}

function cutText(node: ScalarNode, { text }: ManifestSource): FindingWords | undefined {
  if (node.style !== 'plain' || typeof node.value !== 'string') return undefined;
  const comment = /^[ \t]+(#[\p{L}\p{N}_][^\s,;.]{0,30})/u.exec(
    text.slice(node.end, node.end + 99),
  );
  if (!comment) return undefined;
  return {
    code: 'TEXT_CUT',
    message: `the text ends before \`${comment[1]}\`: to YAML what follows is a comment`,
    hint: 'put the text into quotes; if it is a comment, write a space after `#`',
  };
}

/** `prompt:` and a no-break space: to YAML a text, and no key. */
export function unseenKey(text: string): FindingWords | undefined {
  const found = /^([A-Za-z_][\w-]{0,40}:|-)(?! )(\s|\u200b|\ufeff|\u2060)/u.exec(text);
  const odd = found && oddCharacter(found[2] ?? '');
  if (!found || !odd) return undefined;
  return {
    code: 'BAD_VALUE',
    message: `${odd} follows \`${found[1]}\`, so that all of it is one text to YAML`,
    hint: 'write a plain space there',
  };
}
