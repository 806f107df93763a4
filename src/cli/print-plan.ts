import { EXIT } from '../errors/volley-error.ts';
import type { VolleyPlan } from '../forecast/plan-report.ts';
import { planDocument } from '../forecast/plan-document.ts';
import { planVolley } from '../forecast/plan-volley.ts';
import { systemClock } from '../ports/system-clock.ts';
import { systemOutput } from '../ports/system-output.ts';
import { foreign, type Block } from '../report/document/blocks.ts';
import { counted } from '../report/format.ts';
import { countExactly, type ExactCounts } from '../forecast/exact-counts.ts';
import type { Task } from '../plan/task.ts';
import { openCountCache } from './count-cache.ts';
import { prepare, wireOf, type LoadedManifest } from '../run/library.ts';
import type { PreparedRun } from '../run/prepare.ts';
import { budgetRefusal } from '../run/run-budget.ts';
import type { Arguments } from './arguments.ts';
import { againstOf, type Against } from './against.ts';
import { tellCredentialsLeftOut } from './credentials-note.ts';
import { changedOnlyOf, earlierOf } from './earlier-results.ts';
import { permissionsOf } from './permissions.ts';
import { planText } from './plan-text.ts';
import { printChanges } from './print-changes.ts';
import { printFindings } from './print-findings.ts';
import { documentFormat, printDocument } from './print-document.ts';
import { showPlanInCi } from './show-plan-in-ci.ts';
import { printResult } from './print-result.ts';
import { sampleCommands } from './sample-commands.ts';
import { selectionOf } from './selection.ts';
import { switchFlag } from './settings.ts';

/** Prints what a run would send, cost and take: what `plan` and `--dry-run` share. */
export async function printPlan(args: Arguments, loaded: LoadedManifest): Promise<number> {
  await printFindings(loaded.warnings, systemOutput(process.stderr), args);
  const isExact = switchFlag(args, 'exact');
  const prepared = await prepare(loaded, {
    ...permissionsOf(args),
    purpose: isExact ? 'run' : 'plan',
    selection: selectionOf(args),
  });
  await printFindings(prepared.warnings, systemOutput(process.stderr), args);
  await tellCredentialsLeftOut(args, loaded.files);
  const against = await againstOf(args, loaded, prepared);
  const changed = against && (await changedOnlyOf(args, prepared, against));
  const earlier = changed ?? (await earlierOf(args, prepared));
  const plan = await planVolley(prepared, {
    epochMs: systemClock.epochMs(),
    ...(isExact ? { count: (tasks) => countTasks(args, prepared, tasks) } : {}),
    earlier,
  });
  if (against) await printChanges(args, against, { plan, needed: changed?.needed ?? 0 });
  else await printFigures(args, plan, loaded);
  const refusal = budgetRefusal(prepared.plan.manifest);
  if (refusal) throw refusal;
  return plan.isAboveBudget ? EXIT.budget : EXIT.ok;
}

async function printFigures(
  args: Arguments,
  plan: VolleyPlan,
  loaded: LoadedManifest,
): Promise<void> {
  const format = documentFormat(args, { isPrinted: true }) ?? 'text';
  const page: readonly Block[] = [
    { kind: 'heading', text: foreign(plan.report.manifest) },
    ...planDocument(plan.report),
  ];
  if (format === 'text')
    await printResult(planText(plan) + lastLine(plan) + sampleText(args, loaded));
  else await printDocument(format, page, plan.report);
  await showPlanInCi(args, page);
}

function lastLine({ counted: counts }: VolleyPlan): string {
  if (!counts) return 'Nothing was sent.\n';
  return counts.asked === 0
    ? 'Nothing was sent: all counts were known.\n'
    : `Only to be counted, which is free, ${counted(counts.asked, 'request')} ${counts.asked === 1 ? 'was' : 'were'} sent.\n`;
}

/** With `--sample`: how to plan by real answers. */
function sampleText(args: Arguments, { manifest }: LoadedManifest): string {
  if (!args.values.has('sample') || args.command !== 'plan') return '';
  const commands = sampleCommands(args, manifest.output);
  return `\nTo plan by real answers, send this sample first:\n${commands.map((command) => `  ${command}\n`).join('')}`;
}

async function countTasks(
  args: Arguments,
  prepared: PreparedRun,
  tasks: readonly Task[],
): Promise<ExactCounts> {
  const cache = await openCountCache(prepared.plan.manifest.file);
  const counts = await countExactly(prepared, tasks, {
    clock: systemClock,
    random: Math.random,
    wire: wireOf(permissionsOf(args)),
    cache,
  });
  await cache.save();
  return counts;
}

/** The plan of a run under these flags. */
export async function planOf(
  args: Arguments,
  prepared: PreparedRun,
  against: Against | undefined,
): Promise<VolleyPlan> {
  const earlier = await (against
    ? changedOnlyOf(args, prepared, against)
    : earlierOf(args, prepared));
  return planVolley(prepared, { epochMs: systemClock.epochMs(), earlier });
}
