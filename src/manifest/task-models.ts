import type { ModelName, TaskTemplate } from './manifest.ts';

/** Every model that a task may use: each of `models`, or the first one and its fallbacks in order. */
export function modelsOf({
  model,
  models,
  fallbacks = [],
}: Pick<TaskTemplate, 'model' | 'models' | 'fallbacks'>): readonly ModelName[] {
  return models ?? [model, ...fallbacks];
}

/**
 * One variant of an entry per model in `models`; the entry itself if it has none. Cached, because
 * tasks are identified by these objects.
 */
export function variantsOf(template: TaskTemplate): readonly TaskTemplate[] {
  const { models, ...alike } = template;
  if (!models) return [template];
  let variants = made.get(template);
  if (!variants) {
    variants = models.map((model) => ({ ...alike, model }));
    made.set(template, variants);
  }
  return variants;
}

const made = new WeakMap<TaskTemplate, readonly TaskTemplate[]>();

export function modelText({ provider, model }: ModelName): string {
  return `${provider}/${model}`;
}
