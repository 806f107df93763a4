import { EXIT } from '../../errors/volley-error.ts';
import type { VolleyPlan } from '../../forecast/plan-report.ts';
import { planDocument } from '../../forecast/plan-document.ts';
import { planVolley } from '../../forecast/plan-volley.ts';
import { systemClock } from '../../ports/system-clock.ts';
import { systemOutput } from '../../ports/system-output.ts';
import { line, type Block } from '../../report/document/blocks.ts';
import { counted } from '../../report/format-numbers.ts';
import { countExactly } from '../../forecast/exact-counts.ts';
import { prepare, wireOf, type LoadedManifest } from '../../run/library.ts';
import type { PreparedRun } from '../../run/prepare-run.ts';
import { budgetRefusal } from '../../run/run-budget.ts';
import type { Arguments } from '../arguments.ts';
import { againstOf, type Against } from '../against.ts';
import { earlierOf } from '../earlier-results.ts';
import { permissionsOf } from '../permission-flags.ts';
import { printFindings } from '../print-findings.ts';
import { documentFormat, printDocument, writeDocument } from '../print-document.ts';
import { printResult } from '../print-result.ts';
import { sharedParts } from '../run-share.ts';
import { selectionOf } from '../selection-flags.ts';
import { switchFlag, textFlag } from '../flag-values.ts';
import { baseFinding, type AgainstReport } from '../../against/against-report.ts';
import type { TaskChange } from '../../against/change.ts';
import { changesDocument } from '../../against/changes-document.ts';
import { shownCommand } from '../how-to-resume.ts';
import { createNotes } from '../print-notes.ts';
import { addToJobSummary } from '../job-summary.ts';
import { checkWrittenFile } from '../written-file.ts';
import { graphText } from '../graph-text.ts';
import { loadNamed } from '../load-named.ts';
import { tellCredentialsLeftOut } from '../credential-files-left-out.ts';

export async function plan(args: Arguments): Promise<number> {
  const loaded = await loadNamed(args);
  return switchFlag(args, 'graph') ? printGraph(args, loaded) : printPlan(args, loaded);
}

/** Prints the requests, cost and duration of a run, for `plan` and `--dry-run`. */
export async function printPlan(args: Arguments, loaded: LoadedManifest): Promise<number> {
  await printFindings(loaded.warnings, systemOutput(process.stderr), args);
  const isExact = switchFlag(args, 'exact');
  const prepared = await prepare(loaded, {
    ...permissionsOf(args),
    purpose: isExact ? 'run' : 'plan',
    selection: selectionOf(args),
    shared: sharedParts(args),
  });
  await printFindings(prepared.warnings, systemOutput(process.stderr), args);
  await tellCredentialsLeftOut(args, loaded.files);
  const against = await againstOf(args, loaded, prepared);
  const earlier = await earlierOf(args, prepared, against);
  const plan = await planVolley(prepared, {
    epochMs: systemClock.epochMs(),
    ...(isExact && {
      count: (tasks) =>
        countExactly(prepared, tasks, {
          clock: systemClock,
          random: Math.random,
          wire: wireOf(permissionsOf(args)),
          cache: new Map(),
        }),
    }),
    earlier,
  });
  if (against) await printChanges(args, against, { plan, needed: earlier?.needed ?? 0 });
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
  const format = documentFormat(args);
  const page = [...planDocument(plan), line(lastLine(args, plan)), ...sampleBlocks(args, loaded)];
  await printDocument(format, page, plan.report);
  await showPlanInCi(args, page);
}

function lastLine(args: Arguments, { counted: counts }: VolleyPlan): string {
  const alone = sharedParts(args).limits
    ? 'The times assume that no other run uses the same key. '
    : '';
  if (!counts) return `${alone}Nothing was sent.`;
  return counts.asked === 0
    ? 'Nothing was sent.'
    : `${counted(counts.asked, 'request')} ${counts.asked === 1 ? 'was' : 'were'} sent only to count tokens, which is free.`;
}

/** For `--sample`: explains how to plan from real answers. */
function sampleBlocks(args: Arguments, { manifest }: LoadedManifest): readonly Block[] {
  if (!args.values.has('sample') || args.command !== 'plan') return [];
  const text = sampleCommands(args, manifest.output).join('\n');
  return [
    { kind: 'text', title: 'To base the plan on real answers, send this sample first:', text },
  ];
}

/** Plans a run with these flags. */
export async function planOf(
  args: Arguments,
  prepared: PreparedRun,
  against: Against | undefined,
): Promise<VolleyPlan> {
  const earlier = await earlierOf(args, prepared, against);
  return planVolley(prepared, { epochMs: systemClock.epochMs(), earlier });
}

const MOST_IN_MARKDOWN = 200;

/** Prints what changed since the base, and what sending the changes would cost. */
async function printChanges(
  args: Arguments,
  against: Against,
  { plan, needed }: { readonly plan: VolleyPlan; readonly needed: number },
): Promise<void> {
  const { base, comparison, findings, warnings, shown } = against;
  const { v, manifest, ...figures } = plan.report;
  const isListed = ({ change }: TaskChange): boolean =>
    change !== 'unchanged' || switchFlag(args, 'all');
  const tasks: TaskChange[] = [];
  for await (const task of comparison.changes()) if (isListed(task)) tasks.push(task);
  const report: AgainstReport = {
    v,
    manifest,
    base: { name: base.name, commit: base.commit ?? null },
    counts: comparison.counts,
    tasks,
    ...figures,
    warnings: [...warnings, ...figures.warnings],
    findings: findings.map(baseFinding),
  };
  const format = documentFormat(args);
  const page = (mostListed: number): readonly Block[] => [
    ...changesDocument(report, { needed, shown, mostListed, warnings }),
    ...planDocument(plan),
    line('Nothing was sent.'),
  ];
  await printDocument(format, page(format === 'text' ? Infinity : MOST_IN_MARKDOWN), report);
  await showPlanInCi(args, page(MOST_IN_MARKDOWN));
}

const DEFAULT_RESULTS = 'results.jsonl';

const ONLY_PLANS = new Set(['sample', 'seed', 'output', 'json', 'exact', 'graph', 'overwrite']);

/**
 * The commands for a plan based on real answers: the run that sends the sample, and the plan that
 * uses its results. `output` is the results file that the manifest names.
 */
function sampleCommands(args: Arguments, output: string | undefined): readonly string[] {
  const values = [...args.values].filter(([name]) => !ONLY_PLANS.has(name));
  const switches = [...args.switches].filter(([name, isOn]) => isOn && !ONLY_PLANS.has(name));
  const kept = [
    ...args.positionals,
    ...values.flatMap(([name, texts]) => texts.flatMap((text) => [`--${name}`, text])),
    ...switches.map(([name]) => `--${name}`),
  ];
  const chance = ['sample', 'seed'].flatMap((name) =>
    (args.values.get(name) ?? []).flatMap((text) => [`--${name}`, text]),
  );
  const file = args.values.get('output')?.[0];
  const results = file === undefined && output !== undefined ? [] : ['-o', file ?? DEFAULT_RESULTS];
  return [
    shownCommand(['run', ...kept, ...chance, ...results]),
    shownCommand(['plan', ...kept, ...results]),
  ];
}

/** Writes the plan to the `--markdown` file, and to the summary page of a GitHub Actions job. */
async function showPlanInCi(args: Arguments, page: readonly Block[]): Promise<void> {
  const path = textFlag(args, 'markdown');
  if (path !== undefined) {
    await checkWrittenFile({ flag: '--markdown ', path, reading: [], overwrite: true });
    await writeDocument(path, page);
  }
  const notes = createNotes(systemOutput(process.stderr), { mode: 'plain' });
  await notes.print(await addToJobSummary(page));
}

export async function printGraph(args: Arguments, loaded: LoadedManifest): Promise<number> {
  const { plan } = await prepare(loaded, {
    environment: process.env,
    purpose: 'plan',
    selection: selectionOf(args),
  });
  await printResult(graphText(plan));
  return EXIT.ok;
}
