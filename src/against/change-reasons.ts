import type { Manifest, TaskTemplate } from '../manifest/manifest.ts';
import { readsText, textsOf, withText } from '../plan/template-data.ts';
import type { Task } from '../plan/task.ts';
import { canonicalJson, isJsonObject } from '../ports/json.ts';
import { laneName } from '../run/task-content.ts';
import type { ChangeReason } from './change.ts';
import { short, type Side, type TaskImage } from './task-image.ts';

/** Why the request of a task changed. Never empty. */
export async function reasonsFor(
  task: Task,
  now: TaskImage,
  before: TaskImage,
  sides: { readonly now: Side; readonly base: Side },
): Promise<readonly ChangeReason[]> {
  const own = templateParts(now.template, sides.now);
  const other = templateParts(before.template, sides.base);
  const reasons: ChangeReason[] = TEMPLATE_PARTS.filter((part) => own[part] !== other[part]);
  if (now.row !== before.row) reasons.push('row');
  if (now.attachments !== before.attachments || (await isOtherText(task, before, sides))) {
    reasons.push('file');
  }
  if (reasons.length > 0) return reasons;
  // The only remaining reasons: the task gets a different number of answers, or its own index
  // changed.
  return task.template.needs ? ['needs'] : ['prompt'];
}

const TEMPLATE_PARTS = ['prompt', 'context', 'model', 'parameters', 'schema', 'if'] as const;
type TemplateParts = Readonly<Record<(typeof TEMPLATE_PARTS)[number], string>>;

function templateParts(template: TaskTemplate, side: Side): TemplateParts {
  const known = parts.get(template);
  if (known) return known;
  const made = newTemplateParts(template, side);
  parts.set(template, made);
  return made;
}

const parts = new WeakMap<TaskTemplate, TemplateParts>();

function newTemplateParts(template: TaskTemplate, { plan, hostOf }: Side): TemplateParts {
  const { model, parameters, schema, useContext, condition } = template;
  const texts = textsOf(template).filter((text) => text !== condition);
  const lane = laneName(model);
  return {
    prompt: short([texts.map(({ text }) => text), usedVars(texts, plan.manifest)]),
    context: short(useContext ? (plan.manifest.context ?? null) : null),
    model: short([lane, hostOf(lane)]),
    parameters: canonicalJson({ ...parameters }),
    schema: schema ? canonicalJson(schema.json) : '',
    if: condition?.text ?? '',
  };
}

/** The values of `vars` that the templates use. */
function usedVars(
  texts: ReturnType<typeof textsOf>,
  { vars }: Pick<Manifest, 'vars'>,
): ReadonlyArray<readonly unknown[]> {
  const names = texts.flatMap(({ variables }) =>
    variables.flatMap(({ path: [root, name] }) =>
      root === 'vars' && name !== undefined ? [name] : [],
    ),
  );
  return [...new Set(names)].sort().map((name) => [name, vars[name] ?? null]);
}

async function isOtherText(
  task: Task,
  before: TaskImage,
  sides: { readonly now: Side; readonly base: Side },
): Promise<boolean> {
  if (!readsText(task.template) || !readsText(before.template)) return false;
  const now = await withText(task.item, sides.now.files);
  const base = await withText(task.item, sides.base.files);
  // Line endings are ignored here, as they are in a request.
  const plain = (read: typeof now): string => {
    const text = read.ok && isJsonObject(read.item) ? read.item['text'] : undefined;
    return typeof text === 'string' ? text.replaceAll('\r\n', '\n') : '';
  };
  return plain(now) !== plain(base);
}
