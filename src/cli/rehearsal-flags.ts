import { usageError, type Arguments } from './arguments.ts';
import type { FlagName } from './flags.ts';
import { switchFlag } from './settings.ts';

/** Refuses what only a rehearsal has a use for. */
export function checkRehearsalFlags(args: Arguments): void {
  const isRehearsal = switchFlag(args, 'simulate');
  if (isRehearsal && switchFlag(args, 'dry-run')) {
    throw usageError(
      '`--simulate` and `--dry-run` exclude each other',
      '`--dry-run` estimates a run, `--simulate` plays it',
    );
  }
  if (switchFlag(args, 'exact') && !switchFlag(args, 'dry-run')) {
    throw usageError('`--exact` needs `--dry-run`', 'write `--dry-run=exact`, or leave it out');
  }
  const stray = REHEARSAL_FLAGS.find((name) => args.values.has(name));
  if (isRehearsal || stray === undefined) return;
  throw usageError(`\`--${stray}\` needs \`--simulate\``, `add it, or leave \`--${stray}\` out`);
}

const REHEARSAL_FLAGS: readonly FlagName[] = ['latency', 'error-rate'];
