import type { ModelName, TaskTemplate } from './manifest.ts';

/** Every model that a task may go to, the first one first. */
export function modelsOf({
  model,
  fallbacks = [],
}: Pick<TaskTemplate, 'model' | 'fallbacks'>): readonly ModelName[] {
  return [model, ...fallbacks];
}
