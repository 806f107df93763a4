import type { LoadedManifest } from '../run/library.ts';
import type { Arguments } from './arguments.ts';
import { checkFrozenFlag } from './frozen.ts';
import { checkRehearsalFlags } from './rehearsal-flags.ts';
import { sendVolley } from './send-volley.ts';
import { switchFlag } from './settings.ts';

/**
 * Runs what was loaded, from the last checks to the exit code: what `run` and `ask` share. Forecasts
 * are loaded only when asked for.
 */
export async function runVolley(args: Arguments, loaded: LoadedManifest): Promise<number> {
  checkRehearsalFlags(args);
  checkFrozenFlag(args);
  if (switchFlag(args, 'dry-run')) {
    return (await import('./print-plan.ts')).printPlan(args, loaded);
  }
  if (switchFlag(args, 'simulate')) {
    return (await import('./print-rehearsal.ts')).printRehearsal(args, loaded);
  }
  return sendVolley(args, loaded);
}
