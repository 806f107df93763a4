import type { JsonValue } from '../ports/json.ts';
import type { Report } from './report.ts';
import type { TextReader } from './read-text.ts';
import type { SourceNode } from './source-node.ts';
import type { Template } from './template.ts';
import { checkVariables, type KnownVariables } from './variables.ts';

export interface ContextInput {
  readonly node: SourceNode | undefined;
  /** From flags: they go after the manifest's own. */
  readonly added: readonly Template[];
  readonly vars: Readonly<Record<string, JsonValue>>;
  readonly known: KnownVariables | undefined;
}

/** The shared prefix, filled in and joined with blank lines; undefined when there is none or it is wrong. */
export async function buildContext(
  { node, added, vars, known }: ContextInput,
  reader: TextReader,
  report: Report,
): Promise<string | undefined> {
  const parts: string[] = [];
  const nodes = node?.kind === 'list' ? node.items : node ? [node] : [];
  const templates: Template[] = [];
  for (const each of nodes) {
    const template = await reader.read(each);
    if (template) templates.push(template);
  }
  for (const template of [...templates, ...added]) {
    if (!isStatic(template, report)) continue;
    const unknown = known ? checkVariables(template, known) : [];
    report.add(unknown);
    if (!known || unknown.length > 0) continue;
    const rendered = template.render({ vars });
    if (rendered.ok) parts.push(rendered.text.replace(/\s+$/, ''));
    else report.error(rendered.place, { ...rendered, code: 'UNKNOWN_VARIABLE' });
  }
  return parts.length === 0 ? undefined : parts.join('\n\n');
}

/** Row data in the context would give every task another prefix, and no cache could serve it. */
function isStatic(template: Template, report: Report): boolean {
  let isFine = true;
  for (const { path, place } of template.variables) {
    if (!CHANGING.has(path[0] ?? '')) continue;
    isFine = false;
    report.error(place, {
      code: 'CONTEXT_NOT_STATIC',
      message: `\`${path.slice(0, 4).join('.')}\` cannot be used in \`context\`, which is the same for every task`,
      hint: 'use it in `prompt` or `system`; `context` may use `vars.*` only',
    });
  }
  return isFine;
}

const CHANGING: ReadonlySet<string> = new Set(['item', 'matrix', 'needs', 'task']);
