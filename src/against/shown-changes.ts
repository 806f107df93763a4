import type { Task } from '../plan/task.ts';
import { canonicalJson } from '../ports/json.ts';
import { laneName } from '../run/task-content.ts';
import type { ChangeReason, Comparison } from './change.ts';
import type { Side } from './task-image.ts';

/** The request of a task before and after the change. */
export interface ShownChange {
  readonly id: string;
  readonly before: string;
  readonly after: string;
}

/** The first changed tasks whose own request changed, each as text. */
export async function shownChanges(
  sides: { readonly now: Side; readonly base: Side },
  comparison: Pick<Comparison, 'changes'>,
  most: number,
): Promise<readonly ShownChange[]> {
  const wanted = new Map<string, readonly ChangeReason[]>();
  for await (const { id, change, reasons } of comparison.changes()) {
    if (wanted.size === most) break;
    if (change === 'changed' && reasons.some((reason) => reason !== 'needs')) {
      wanted.set(id, reasons);
    }
  }
  const [before, after] = [await textsOf(sides.base, wanted), await textsOf(sides.now, wanted)];
  return [...wanted.keys()].map((id) => ({
    id,
    before: before.get(id) ?? '',
    after: after.get(id) ?? '',
  }));
}

async function textsOf(
  side: Side,
  wanted: ReadonlyMap<string, readonly ChangeReason[]>,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for await (const task of side.plan.tasks()) {
    const reasons = wanted.get(task.id);
    if (reasons) texts.set(task.id, await textOf(task, side, reasons));
    if (texts.size === wanted.size) break;
  }
  return texts;
}

/** The messages, and other parts that changed. */
async function textOf(
  task: Task,
  { plan }: Side,
  reasons: readonly ChangeReason[],
): Promise<string> {
  const rendered = await plan.render(task);
  if (!rendered.ok) return rendered.failure.message;
  const { model, parameters, schema, context, system, earlier = [], prompt } = rendered.request;
  const named = {
    model: laneName(model),
    parameters: canonicalJson({ ...parameters }),
    schema: schema ? canonicalJson(schema.json) : 'none',
    if: task.template.condition?.text ?? 'none',
    context: context ?? 'none',
  };
  const facts = Object.entries(named).flatMap(([name, text]) =>
    reasons.some((reason) => reason === name) ? [`${name}: ${text}`] : [],
  );
  const said = earlier.map(({ role, content }) => `${role}: ${content}`);
  return [...facts, ...(system === undefined ? [] : [system]), ...said, prompt].join('\n');
}
