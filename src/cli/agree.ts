import { printable } from '../errors/printable.ts';
import { systemOutput } from '../ports/system-output.ts';
import type { ReporterMode } from '../report/reporter.ts';
import { estimateInput } from '../run/estimate-input.ts';
import type { PreparedRun } from '../run/prepare.ts';
import { usageError, type Arguments } from './arguments.ts';
import { confirm } from './confirm.ts';
import { switchFlag } from './settings.ts';
import { isInteractive } from './terminal.ts';

/** Above these, a terminal is asked once. */
const ASK_ABOVE = { tasks: 10, inputTokens: 50_000 };

/**
 * Shows the estimate of a run, if asked to, and of a large one on a terminal, where it also asks.
 * Throws a `VolleyError` (exit 2) when the answer is no.
 */
export async function agree(
  args: Arguments,
  prepared: PreparedRun,
  { mode }: { readonly mode: ReporterMode },
): Promise<void> {
  const wanted = args.switches.get('estimate');
  if (wanted === true && mode === 'json') {
    throw usageError(
      '`--estimate` has no room beside `--progress json`',
      '`volley plan --json` gives the estimate as data',
    );
  }
  const isAsked = await mustAsk(args, prepared);
  if (wanted === true || (isAsked && wanted !== false)) {
    const { planText } = await import('./plan-text.ts');
    const { planOf } = await import('./print-plan.ts');
    await systemOutput(process.stderr).write(planText(await planOf(args, prepared)));
  }
  if (isAsked) await confirm(printable(question(prepared)));
}

async function mustAsk(args: Arguments, { plan, lanes }: PreparedRun): Promise<boolean> {
  if (switchFlag(args, 'yes') || !isInteractive()) return false;
  if (lanes.every(({ provider }) => provider.type === 'mock')) return false;
  const { tasks, inputTokens } = await estimateInput(plan);
  return tasks > ASK_ABOVE.tasks || inputTokens > ASK_ABOVE.inputTokens;
}

function question({ plan }: PreparedRun): string {
  const models = plan.lanes.map(({ provider, model }) => `${provider}/${model}`);
  return `Send ${plan.total.toLocaleString('en')} ${plan.total === 1 ? 'task' : 'tasks'} to ${models.join(', ')}?`;
}
