import { usageError, type Arguments } from './arguments.ts';
import { flagsOf, type FlagName } from './flags.ts';

/** Flags that need one of the listed others, unless the command has none of those. */
const NEEDS: ReadonlyArray<readonly [flag: FlagName, oneOf: readonly FlagName[]]> = [
  ['seed', ['sample', 'simulate']],
  ['exact', ['dry-run']],
  ['resubmit', ['resume']],
  ['against-tip', ['against']],
  ['show', ['against']],
  ['all', ['against']],
  ['key', ['rows']],
];

const MODES =
  '`--resume` runs only unfinished tasks, `--retry-failed` only failed ones, `--overwrite` all of them again';

/** Flags that contradict each other, with a hint if it is not enough to leave one out. */
const CONFLICTS: ReadonlyArray<readonly [FlagName, FlagName, hint?: string]> = [
  ['first', 'sample'],
  ['frozen', 'dry-run'],
  ['frozen', 'simulate'],
  ['simulate', 'dry-run', '`--dry-run` estimates a run, `--simulate` runs it on a virtual clock'],
  ['graph', 'against'],
  [
    'graph',
    'json',
    '`--graph` prints a tree and a Mermaid diagram, `--json` the figures of the plan',
  ],
  ['resume', 'retry-failed', MODES],
  ['resume', 'overwrite', MODES],
  ['retry-failed', 'overwrite', MODES],
  ['manifest', 'rows'],
];

/** Throws a `VolleyError` (exit 2) for flags that contradict each other or need another flag. */
export function checkFlags(args: Arguments): void {
  const { command, switches, values } = args;
  const isGiven = (name: FlagName): boolean => switches.get(name) === true || values.has(name);
  const known = new Set(flagsOf(command).map(({ name }) => name));
  for (const [flag, oneOf] of NEEDS) {
    if (!isGiven(flag) || oneOf.some(isGiven) || !oneOf.some((name) => known.has(name))) continue;
    throw usageError(
      `\`--${flag}\` needs ${oneOf.map((name) => `\`--${name}\``).join(' or ')}`,
      `add ${oneOf.length > 1 ? 'one of them' : 'it'}, or leave \`--${flag}\` out`,
    );
  }
  for (const [one, other, hint = 'leave one of them out'] of CONFLICTS) {
    if (!isGiven(one) || !isGiven(other)) continue;
    throw usageError(`\`--${one}\` and \`--${other}\` cannot be combined`, hint);
  }
}
