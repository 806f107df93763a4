import type { SelectionRules, Shard } from '../plan/select-tasks.ts';
import { counted } from '../report/format-numbers.ts';
import type { PreparedRun } from '../run/prepare-run.ts';
import { usageError, type Arguments } from './arguments.ts';
import { countFlag, listFlag, seedFlag, textFlag } from './flag-values.ts';

/** The tasks that the flags select. Undefined means all. */
export function selectionOf(args: Arguments): SelectionRules | undefined {
  const count = countFlag(args, 'sample', { min: 1, max: 1_000_000_000 });
  const first = countFlag(args, 'first', { min: 1, max: 1_000_000_000 });
  const rules: SelectionRules = {
    only: listFlag(args, 'only'),
    skip: listFlag(args, 'skip'),
    tags: listFlag(args, 'tag'),
    first,
    sample: count === undefined ? undefined : { count, seed: seedFlag(args) },
    shard: shardFlag(args),
  };
  const { only, skip, tags, sample, shard } = rules;
  const isAll =
    [...only, ...skip, ...tags].length === 0 && first === undefined && !sample && !shard;
  return isAll ? undefined : rules;
}

/** Notes for stderr. */
export function selectionNotes({ pulledIn }: Pick<PreparedRun, 'pulledIn'>): readonly string[] {
  return pulledIn === 0
    ? []
    : [`${counted(pulledIn, 'task')} that the selected ones need will be sent too`];
}

const MOST_PARTS = 10_000;

function shardFlag(args: Arguments): Shard | undefined {
  const text = textFlag(args, 'shard');
  if (text === undefined) return undefined;
  const [, part = '', of = ''] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const shard = { part: Number(part), of: Number(of) };
  if (part === '' || shard.part < 1 || shard.part > shard.of || shard.of > MOST_PARTS) {
    throw usageError(
      `\`--shard ${text}\` is not a valid shard`,
      `write \`--shard 1/4\` for the first of four parts, ${MOST_PARTS} at most`,
    );
  }
  return shard;
}
