import { printable } from '../errors/escape-invisible.ts';
import { roughRequestTokens } from '../plan/estimate-input-tokens.ts';
import type { Plan } from '../plan/plan.ts';
import type { Task } from '../plan/task.ts';
import { systemOutput } from '../ports/system-output.ts';
import { documentText } from '../report/document/document-text.ts';
import type { ReporterMode } from '../report/reporter.ts';
import type { PreparedRun } from '../run/prepare-run.ts';
import type { Against } from './against.ts';
import { type Arguments, usageError } from './arguments.ts';
import { switchFlag } from './flag-values.ts';
import { confirm, isInteractive } from './terminal.ts';

/** A terminal user must confirm runs that are larger than this. */
const ASK_ABOVE = { tasks: 10, inputTokens: 50_000 };

/**
 * Shows the estimate if the user asked for it or the run is large, and asks for confirmation of a
 * large run on a terminal. Throws a `VolleyError` (exit 2) if the answer is no.
 */
export async function confirmLargeRun(
  args: Arguments,
  prepared: PreparedRun,
  { mode, against }: { readonly mode: ReporterMode; readonly against: Against | undefined },
): Promise<void> {
  const wanted = args.switches.get('estimate');
  if (wanted === true && mode === 'json') {
    throw usageError(
      '`--estimate` cannot be combined with `--progress json`',
      '`volley plan --json` gives the estimate as data',
    );
  }
  const sent = against ? changedPart(prepared.plan, against) : prepared.plan;
  const isAsked = await mustAsk(args, prepared, sent);
  if (wanted === true || (isAsked && wanted !== false)) {
    const { planDocument } = await import('../forecast/plan-document.ts');
    const { planOf } = await import('./commands/plan.ts');
    const stderr = systemOutput(process.stderr);
    const blocks = planDocument(await planOf(args, prepared, against));
    await stderr.write(documentText(blocks, { columns: stderr.columns() || undefined }));
  }
  if (isAsked) await confirm(printable(question(sent)));
}

/** The tasks that are sent because they changed, not because another task needs them. */
function changedPart(plan: Plan, { comparison: { counts, isChanged } }: Against): Plan {
  async function* changed(): AsyncGenerator<Task> {
    for await (const task of plan.tasks()) if (isChanged[task.index] === 1) yield task;
  }
  return { ...plan, total: counts.new + counts.changed, tasks: changed };
}

async function mustAsk(args: Arguments, { lanes }: PreparedRun, sent: Plan): Promise<boolean> {
  if (switchFlag(args, 'yes') || !isInteractive()) return false;
  if (!isPaid({ lanes })) return false;
  const { tasks, inputTokens } = await estimateInput(sent);
  return tasks > ASK_ABOVE.tasks || inputTokens > ASK_ABOVE.inputTokens;
}

/** Whether a server is asked that may charge for it. */
export function isPaid({ lanes }: Pick<PreparedRun, 'lanes'>): boolean {
  return lanes.some(({ provider }) => provider.type !== 'mock');
}

function question(plan: Plan): string {
  const models = plan.lanes.map(({ provider, model }) => `${provider}/${model}`);
  return `Send ${plan.total.toLocaleString('en')} ${plan.total === 1 ? 'task' : 'tasks'} to ${models.join(', ')}?`;
}

/** How many tasks to render to estimate the size of all of them. */
const SAMPLE = 50;

interface InputEstimate {
  readonly tasks: number;
  /** Input tokens of all tasks, estimated from bytes. Only the first 50 tasks are rendered. */
  readonly inputTokens: number;
}

/** Renders the first tasks and scales up. Tasks that can't be rendered count as zero. */
async function estimateInput(plan: Plan): Promise<InputEstimate> {
  let sampled = 0;
  let tokens = 0;
  for await (const task of plan.tasks()) {
    const rendered = await plan.render(task);
    if (rendered.ok) tokens += roughRequestTokens(rendered.request);
    sampled += 1;
    if (sampled === SAMPLE) break;
  }
  const perTask = sampled === 0 ? 0 : tokens / sampled;
  return { tasks: plan.total, inputTokens: Math.round(perTask * plan.total) };
}
