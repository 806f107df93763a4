import { printable } from '../errors/printable.ts';
import { systemOutput } from '../ports/system-output.ts';
import type { Plan } from '../plan/plan.ts';
import type { Task } from '../plan/task.ts';
import type { ReporterMode } from '../report/reporter.ts';
import { estimateInput } from '../run/estimate-input.ts';
import type { PreparedRun } from '../run/prepare.ts';
import type { Against } from './against.ts';
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
  { mode, against }: { readonly mode: ReporterMode; readonly against: Against | undefined },
): Promise<void> {
  const wanted = args.switches.get('estimate');
  if (wanted === true && mode === 'json') {
    throw usageError(
      '`--estimate` has no room beside `--progress json`',
      '`volley plan --json` gives the estimate as data',
    );
  }
  const sent = against ? changedPart(prepared.plan, against) : prepared.plan;
  const isAsked = await mustAsk(args, prepared, sent);
  if (wanted === true || (isAsked && wanted !== false)) {
    const { planText } = await import('./plan-text.ts');
    const { planOf } = await import('./print-plan.ts');
    await systemOutput(process.stderr).write(planText(await planOf(args, prepared, against)));
  }
  if (isAsked) await confirm(printable(question(sent)));
}

/** The part of a plan that is sent without being asked for by others. */
function changedPart(plan: Plan, { comparison: { counts, isChanged } }: Against): Plan {
  async function* changed(): AsyncGenerator<Task> {
    for await (const task of plan.tasks()) if (isChanged[task.index] === 1) yield task;
  }
  return { ...plan, total: counts.new + counts.changed, tasks: changed };
}

async function mustAsk(args: Arguments, { lanes }: PreparedRun, sent: Plan): Promise<boolean> {
  if (switchFlag(args, 'yes') || !isInteractive()) return false;
  if (lanes.every(({ provider }) => provider.type === 'mock')) return false;
  const { tasks, inputTokens } = await estimateInput(sent);
  return tasks > ASK_ABOVE.tasks || inputTokens > ASK_ABOVE.inputTokens;
}

function question(plan: Plan): string {
  const models = plan.lanes.map(({ provider, model }) => `${provider}/${model}`);
  return `Send ${plan.total.toLocaleString('en')} ${plan.total === 1 ? 'task' : 'tasks'} to ${models.join(', ')}?`;
}
