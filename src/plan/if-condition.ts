import type { Failure } from '../errors/failure.ts';
import type { TaskTemplate } from '../manifest/manifest.ts';
import type { RenderResult, TemplateData } from '../manifest/template.ts';

/** What `if` says when the task is not sent: it is false, so the task is skipped, or it fails. */
type NotSent =
  | { readonly kind: 'skipped'; readonly failure: Failure }
  | { readonly kind: 'error'; readonly error: Extract<RenderResult, { ok: false }> };

/**
 * Evaluates the `if` of a task; undefined if the task is sent. `isEstimate`: `needs` are only
 * placeholders, so a condition that uses them counts as true.
 */
export async function checkIf(
  { condition }: TaskTemplate,
  data: TemplateData,
  { isEstimate }: { readonly isEstimate: boolean },
): Promise<NotSent | undefined> {
  const usesNeeds = condition?.variables.some(({ path }) => path[0] === 'needs') === true;
  if (!condition || (isEstimate && usesNeeds)) return undefined;
  const result = await condition.render(data);
  if (!result.ok) return { kind: 'error', error: result };
  if (result.text !== '') return undefined;
  const message = `\`if\` is false: ${condition.text}`;
  return { kind: 'skipped', failure: { code: 'CONDITION_FALSE', message, retryable: false } };
}
