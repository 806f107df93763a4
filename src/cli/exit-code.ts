import { EXIT } from '../errors/volley-error.ts';
import { wentWell, type Summary } from '../results/summary.ts';
import { usageError, type Arguments } from './arguments.ts';
import { textFlag } from './flag-values.ts';

/** How many tasks may fail: a number, or a share of all tasks from 0 to 1. */
export type MaxFailures =
  | { readonly kind: 'count'; readonly most: number }
  | { readonly kind: 'share'; readonly most: number };

export function maxFailuresFlag(args: Arguments): MaxFailures | undefined {
  const text = textFlag(args, 'max-failures');
  if (text === undefined) return undefined;
  const [, digits = '', percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const amount = digits === '' ? NaN : Number(digits);
  if (percent === '%' && amount <= 100) return { kind: 'share', most: amount / 100 };
  if (percent === '' && Number.isSafeInteger(amount)) return { kind: 'count', most: amount };
  throw usageError(
    `\`--max-failures ${text}\` is neither a number of tasks nor a percentage`,
    'for example, write `--max-failures 5` or `--max-failures 2%`',
  );
}

/** Exit code of a run that reached its end. Signals have their own codes (128 + number). */
export function exitCodeOf(summary: Summary, allowed?: MaxFailures): number {
  if (summary.stopped_by === 'provider') return EXIT.provider;
  if (summary.stopped_by === 'budget') return EXIT.budget;
  if (summary.batches_pending !== undefined) return EXIT.pending;
  return wentWell(summary) || isAllowed(summary, allowed) ? EXIT.ok : EXIT.tasksFailed;
}

/** An interrupted run is never a success, however many failures are allowed. */
function isAllowed(summary: Summary, allowed: MaxFailures | undefined): boolean {
  const { tasks, failed, canceled, unexpected = 0, left_out: leftOut = 0 } = summary;
  if (!allowed || summary.stopped_by !== null || summary.not_started > leftOut) return false;
  const most = allowed.kind === 'count' ? allowed.most : allowed.most * (tasks - leftOut);
  return failed + canceled + unexpected <= most;
}
