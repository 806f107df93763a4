import { baseUrlProblem } from '../manifest/base-url.ts';
import { knownProviders } from '../manifest/known-providers.ts';
import { hostRules } from '../providers/host-rules.ts';
import { usageError, type Arguments } from './arguments.ts';
import { permissionsOf } from './permissions.ts';
import { textFlag } from './settings.ts';

/**
 * The `providers` of a manifest in which the provider of `--model` is at `--base-url`, with the key that
 * the caller bound to its host; undefined without the flag. Throws a `VolleyError` (exit 2).
 */
export function serverOf(args: Arguments): object | undefined {
  const text = textFlag(args, 'base-url');
  if (text === undefined) return undefined;
  const problem = baseUrlProblem(text);
  if (problem) throw usageError(`--base-url: ${problem.message}`, problem.hint ?? '');
  const [, name] = /^([^/]+)\/./.exec(textFlag(args, 'model') ?? '') ?? [];
  if (name === undefined) {
    throw usageError(
      '`--base-url` needs a model, such as `-m gateway/gpt-6.1-sol`',
      'add `-m NAME/MODEL`: the name is yours to choose, `anthropic/…` speaks the Anthropic API',
    );
  }
  const type = knownProviders.get(name)?.type ?? 'openai';
  if (type === 'mock') {
    throw usageError(
      '`mock` is not at any address',
      'leave out `--base-url`, or choose another model',
    );
  }
  const url = new URL(text);
  const [key, ...more] = hostRules(permissionsOf(args)).variablesFor(url);
  if (more.length > 0) {
    throw usageError(
      `several keys are bound to \`${url.host}\``,
      `keep one \`--allow-host ${url.host}=…\``,
    );
  }
  return { [name]: { type, base_url: text, ...(key !== undefined && { api_key_env: key }) } };
}
