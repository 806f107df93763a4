import { isPlaceholder, looksLikeKeyOf } from '../../manifest/recognize-secrets.ts';
import { knownProviders } from '../../manifest/known-providers.ts';
import type { Environment } from '../../ports/environment.ts';
import { checksIn, type Check } from './check.ts';

const check = checksIn('keys');

/** Lists the names of built-in providers' keys that are set, with one line for all unset ones. */
export function keyChecks(environment: Environment): readonly Check[] {
  const variables = [...knownProviders].flatMap(([provider, { apiKeyEnv }]) =>
    apiKeyEnv === undefined ? [] : [{ provider, variable: apiKeyEnv }],
  );
  const isSet = ({ variable }: { readonly variable: string }): boolean =>
    (environment[variable] ?? '') !== '';
  const unset = variables.filter((each) => !isSet(each));
  return [
    ...variables.filter(isSet).map(({ provider, variable }): Check => {
      const problem = keyProblem(environment[variable] ?? '', provider);
      return problem === undefined
        ? check(variable, 'ok', 'set')
        : check(variable, 'warning', problem.message, problem.hint);
    }),
    ...(unset.length === 0
      ? []
      : [check('not set', 'absent', unset.map(({ variable }) => variable).join(', '))]),
  ];
}

/** Explains what is wrong with a key, without showing any of it. Undefined if it looks fine. */
function keyProblem(
  key: string,
  provider: string,
): { readonly message: string; readonly hint: string } | undefined {
  const hint = 'set it to the bare key, without quotes, spaces or a trailing newline';
  if (!/^[\u0021-\u007e]+$/u.test(key)) {
    return {
      message: 'contains a space, a line break or another character that keys do not have',
      hint,
    };
  }
  if (/^["'].*["']$/u.test(key)) return { message: 'begins and ends with a quote', hint };
  if (isPlaceholder(key)) {
    return { message: 'looks like a placeholder, not a key', hint: `get a key from ${provider}` };
  }
  if (!looksLikeKeyOf(provider, key)) {
    return {
      message: `does not look like a key from ${provider}`,
      hint: `check that it is the key for ${provider}, not for another vendor`,
    };
  }
  return undefined;
}
