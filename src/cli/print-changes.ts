import { baseFinding, type AgainstReport } from '../against/against-report.ts';
import type { TaskChange } from '../against/change.ts';
import { EXIT } from '../errors/volley-error.ts';
import { planVolley } from '../forecast/plan-volley.ts';
import { systemClock } from '../ports/system-clock.ts';
import { safeJson } from '../results/serialize.ts';
import type { PreparedRun } from '../run/prepare.ts';
import type { Against } from './against.ts';
import type { Arguments } from './arguments.ts';
import { changesText } from './changes-text.ts';
import { changedOnlyOf } from './earlier-results.ts';
import { planText } from './plan-text.ts';
import { printResult } from './print-result.ts';
import { switchFlag } from './settings.ts';

/** Prints what a manifest would change, and what that would cost and take. */
export async function printChanges(
  args: Arguments,
  prepared: PreparedRun,
  against: Against,
): Promise<number> {
  const earlier = await changedOnlyOf(args, prepared, against);
  const plan = await planVolley(prepared, { epochMs: systemClock.epochMs(), earlier });
  const { report } = plan;
  const isListed = ({ change }: TaskChange): boolean =>
    change !== 'unchanged' || switchFlag(args, 'all');
  const tasks: TaskChange[] = [];
  for await (const task of against.comparison.changes()) if (isListed(task)) tasks.push(task);
  const changes: AgainstReport = {
    v: 1,
    manifest: report.manifest,
    base: { name: against.base.name, commit: against.base.commit ?? null },
    counts: against.comparison.counts,
    tasks,
    models: report.models,
    total: report.total,
    already_done: report.already_done,
    prices_as_of: report.prices_as_of,
    warnings: [...against.warnings, ...report.warnings],
    findings: against.findings.map(baseFinding),
  };
  await printResult(
    switchFlag(args, 'json')
      ? `${safeJson(changes, { indent: 2 })}\n`
      : `${changesText(changes, { needed: earlier.needed, warnings: against.warnings })}\n${planText(plan)}Nothing was sent.\n`,
  );
  return plan.isAboveBudget ? EXIT.budget : EXIT.ok;
}
