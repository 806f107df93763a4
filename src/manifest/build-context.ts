import type { JsonValue } from '../ports/json.ts';
import type { Report } from './collect-findings.ts';
import type { TextReader } from './read-text.ts';
import type { VarUses } from './unused-set-values.ts';
import type { Template } from './template.ts';
import type { Written } from './written-value.ts';
import { checkVariables, type KnownVariables } from './unknown-variable.ts';

export interface ContextInput {
  readonly context: Written;
  /** Context from flags, which follows the manifest's own context. */
  readonly added: readonly Template[];
  readonly vars: Readonly<Record<string, JsonValue>>;
  readonly known: KnownVariables | undefined;
  readonly uses: VarUses;
}

/** The shared prefix, rendered and joined. Undefined if there is none, or after an error. */
export async function buildContext(
  { context, added, vars, known, uses }: ContextInput,
  reader: TextReader,
  report: Report,
): Promise<string | undefined> {
  const parts: string[] = [];
  let length = 0;
  const templates: Template[] = [];
  for (const each of context.items) {
    const template = await reader.read(each);
    if (template) templates.push(template);
  }
  for (const template of [...templates, ...added]) {
    uses.note(template);
    if (!isStatic(template, report)) continue;
    const unknown = known ? checkVariables(template, known) : [];
    report.add(unknown);
    if (!known || unknown.length > 0) continue;
    const rendered = await template.render({ vars });
    if (!rendered.ok) {
      report.error(rendered.place, { ...rendered, code: 'OBJECT_IN_TEXT' });
      continue;
    }
    length += rendered.text.length;
    if (length <= MOST_CHARACTERS) parts.push(rendered.text.trimEnd());
  }
  if (length > MOST_CHARACTERS) {
    context.keyError({
      code: 'FILE_TOO_LARGE',
      message: `\`context\` has ${length} characters, more than any model accepts`,
      hint: 'give each task only what it needs',
    });
  }
  return parts.length === 0 ? undefined : parts.join('\n\n');
}

/** In characters; a token has about four. */
const MOST_CHARACTERS = 16 * 1024 * 1024;

/**
 * With row data in the context, every task would have a different prefix, so no cache could help.
 */
function isStatic(template: Template, report: Report): boolean {
  let isValid = true;
  for (const { path, place } of template.variables) {
    if (!CHANGING.has(path[0] ?? '')) continue;
    isValid = false;
    report.error(place, {
      code: 'CONTEXT_NOT_STATIC',
      message: `\`${path.slice(0, 4).join('.')}\` cannot be used in \`context\`, which is the same for every task`,
      hint: 'use it in `prompt` or `system`; `context` can only use `vars.*`',
    });
  }
  return isValid;
}

const CHANGING: ReadonlySet<string> = new Set(['item', 'matrix', 'needs', 'task']);
