import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { runsInCi } from '../ports/environment.ts';
import { counted } from '../report/format-numbers.ts';
import type { FromElsewhere } from '../run/resume.ts';
import type { Arguments } from './arguments.ts';
import { switchFlag } from './flag-values.ts';

/**
 * Returns notes about answers in a results file or response cache that are not sealed with the
 * caller's key. In CI, whoever opened a pull request may have written such a file, so this throws a
 * `VolleyError` (exit 2) before anything is sent.
 */
export function answersFromElsewhere(
  args: Arguments,
  { unsealed, foreign, cached, mayGrow }: FromElsewhere,
): readonly string[] {
  const count = unsealed + foreign;
  const isTrusted = switchFlag(args, 'trust-results');
  if (!isTrusted && runsInCi(process.env) && (count > 0 || mayGrow)) {
    throw new VolleyError(
      count > 0
        ? `${counted(count, 'answer')} from elsewhere would be used: ${whose({ unsealed, foreign })}`
        : 'answers from elsewhere might be used once the tasks that others need have ended',
      {
        exitCode: EXIT.usage,
        hint: `set \`VOLLEY_SEAL_KEY\` to the key of the job that created them, pass \`--trust-results\` to use them, or ${waysOut({ isAll: cached === count && !mayGrow, isSome: cached > 0 })} to send everything again`,
      },
    );
  }
  if (count === 0) return [];
  const what = `${counted(count, 'answer')} from elsewhere ${count === 1 ? 'is' : 'are'} used`;
  return [
    isTrusted
      ? `${what} because of \`--trust-results\``
      : `${what}: ${whose({ unsealed, foreign })}; \`--trust-results\` seals them as yours`,
  ];
}

function waysOut({ isAll, isSome }: { readonly isAll: boolean; readonly isSome: boolean }): string {
  if (isAll) return '`--response-cache off`';
  return isSome ? '`--overwrite` and `--response-cache off`' : '`--overwrite`';
}

function whose({ unsealed, foreign }: Pick<FromElsewhere, 'unsealed' | 'foreign'>): string {
  const parts = [
    ...(unsealed > 0 ? [`${unsealed} without a seal`] : []),
    ...(foreign > 0 ? [`${foreign} sealed with another key, or changed since`] : []),
  ];
  return parts.join(', ');
}
