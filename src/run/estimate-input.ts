import type { Plan } from '../plan/plan.ts';
import { roughRequestTokens } from '../plan/rough-tokens.ts';

/** How many tasks are rendered to guess the size of all. */
const SAMPLE = 50;

export interface InputEstimate {
  readonly tasks: number;
  /** Input tokens of the whole volley, from bytes; exact to the estimate for up to 50 tasks. */
  readonly inputTokens: number;
}

/** Renders the first tasks and scales up. Tasks that cannot be rendered count as nothing. */
export async function estimateInput(plan: Plan): Promise<InputEstimate> {
  let sampled = 0;
  let tokens = 0;
  for await (const task of plan.tasks()) {
    const rendered = await plan.render(task);
    if (rendered.ok) tokens += roughRequestTokens(rendered.request);
    sampled += 1;
    if (sampled === SAMPLE) break;
  }
  const perTask = sampled === 0 ? 0 : tokens / sampled;
  return { tasks: plan.total, inputTokens: Math.round(perTask * plan.total) };
}
