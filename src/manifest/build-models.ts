import type { ModelName } from './manifest.ts';
import { parseModelName } from './model-name.ts';
import type { KnownErrors } from './collect-findings.ts';
import { readOnce, type Written } from './written-value.ts';

export type ModelReader = (written: Written) => readonly ModelName[] | undefined;

/**
 * Reads the values of `model`: one model, or a list to try in turn. Returns undefined after an
 * error, never an empty list.
 */
export function modelReader({
  declared,
  knownErrors,
}: {
  readonly declared: ReadonlySet<string>;
  readonly knownErrors: KnownErrors;
}): ModelReader {
  return readOnce((written) => {
    const models = new Map<string, ModelName>();
    for (const each of written.items) {
      const { string: text } = each;
      const model = text === undefined ? undefined : readOne(each, text);
      if (text === undefined || !model) return undefined;
      if (models.has(text)) {
        each.error({
          message: `\`${text}\` is in the list twice`,
          hint: 'delete one: a model that failed is not tried again',
        });
      }
      models.set(text, model);
    }
    return models.size === 0 ? undefined : [...models.values()];
  });

  function readOne(written: Written, text: string): ModelName | undefined {
    const parsed = parseModelName(text, declared);
    if (parsed.ok) return parsed.value;
    const isFollowing = parsed.code === 'UNKNOWN_PROVIDER' && knownErrors.hasErrorAt('providers');
    if (!isFollowing) written.error(parsed);
    return undefined;
  }
}

/** `model` or `models`. Either one in a task overrides both in `defaults`. */
export function modelEntry(task: Written | undefined, defaults: Written): Written | undefined {
  return [task, defaults]
    .flatMap((each) => (each ? [each.get('models'), each.get('model')] : []))
    .find(({ isGiven }) => isGiven);
}

/** Reports `model` and `models` in the same place, because it is unclear which one applies. */
export function refuseBoth(task: Written): void {
  const models = task.get('models');
  if (!models.isGiven || !task.get('model').isGiven) return;
  models.keyError({
    message: 'both `models` and `model` are set',
    hint: 'keep `models` to ask each of them, or `model: [a/x, b/y]` to ask the next when one fails',
  });
}

/** Whether the model of a task is missing because `model` or `models` has an error. */
export function hasModelError(task: Written, root: Written): boolean {
  const defaults = root.get('defaults');
  const given = [task, defaults].flatMap((each) => [each.get('model'), each.get('models')]);
  return [...given, root.get('model')].some(({ hasError }) => hasError);
}

/** One finding for all tasks without a model: a single edit, `defaults.model`, fixes them all. */
export function reportNoModel(
  tasks: ReadonlyArray<{ readonly task: Written; readonly id: string }>,
): void {
  const [first, ...others] = tasks;
  const rest =
    others.length === 0
      ? ''
      : `, nor ${others.length === 1 ? 'has 1 other' : `have ${others.length} others`}`;
  first?.task.error({
    code: 'NO_MODEL',
    message: `task \`${first.id}\` has no model${rest}`,
    hint: 'set `defaults: {model: anthropic/claude-haiku-5-5}`, or pass `--model`',
  });
}
