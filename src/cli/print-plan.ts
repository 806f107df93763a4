import { EXIT } from '../errors/volley-error.ts';
import type { VolleyPlan } from '../forecast/plan-report.ts';
import { planVolley } from '../forecast/plan-volley.ts';
import { systemClock } from '../ports/system-clock.ts';
import { systemOutput } from '../ports/system-output.ts';
import { prepare, type LoadedManifest } from '../run/library.ts';
import type { PreparedRun } from '../run/prepare.ts';
import { budgetRefusal } from '../run/run-budget.ts';
import type { Arguments } from './arguments.ts';
import { earlierOf } from './earlier-results.ts';
import { planText } from './plan-text.ts';
import { printFindings } from './print-findings.ts';
import { printResult } from './print-result.ts';
import { selectionOf } from './selection.ts';
import { switchFlag } from './settings.ts';

/** Prints what a run would send, cost and take: what `plan` and `--dry-run` share. */
export async function printPlan(args: Arguments, loaded: LoadedManifest): Promise<number> {
  await printFindings(loaded.warnings, systemOutput(process.stderr), args);
  const prepared = await prepare(loaded, {
    environment: process.env,
    purpose: 'plan',
    selection: selectionOf(args),
  });
  const plan = await planOf(args, prepared);
  await printResult(
    switchFlag(args, 'json')
      ? `${JSON.stringify(plan.report, null, 2)}\n`
      : `${planText(plan)}Nothing was sent.\n`,
  );
  const refusal = budgetRefusal(prepared.plan.manifest);
  if (refusal) throw refusal;
  return plan.isAboveBudget ? EXIT.budget : EXIT.ok;
}

/** Works out the plan of a run under these flags. */
export async function planOf(args: Arguments, prepared: PreparedRun): Promise<VolleyPlan> {
  return planVolley(prepared, {
    epochMs: systemClock.epochMs(),
    earlier: await earlierOf(args, prepared),
  });
}
