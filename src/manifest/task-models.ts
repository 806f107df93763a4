import { weaklyMemoized } from '../ports/memoized.ts';
import type { ModelName, TaskTemplate } from './manifest.ts';

/**
 * Every model that a task may use: each of `models`, or the first one and its fallbacks in order.
 */
export function modelsOf({
  model,
  models,
  fallbacks = [],
}: Pick<TaskTemplate, 'model' | 'models' | 'fallbacks'>): readonly ModelName[] {
  return models ?? [model, ...fallbacks];
}

/**
 * One variant of an entry per model in `models`. Cached, because tasks are identified by these
 * objects.
 */
export function variantsOf(template: TaskTemplate): readonly TaskTemplate[] {
  return template.models ? perModel(template) : [template];
}

const perModel = weaklyMemoized(
  ({ models = [], ...alike }: TaskTemplate): readonly TaskTemplate[] =>
    models.map((model) => ({ ...alike, model })),
);

export function modelText({ provider, model }: ModelName): string {
  return `${provider}/${model}`;
}
