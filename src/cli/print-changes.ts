import { baseFinding, type AgainstReport } from '../against/against-report.ts';
import type { TaskChange } from '../against/change.ts';
import { changesDocument } from '../against/changes-document.ts';
import { planDocument } from '../forecast/plan-document.ts';
import type { Block } from '../report/document/blocks.ts';
import type { VolleyPlan } from '../forecast/plan-report.ts';
import type { Against } from './against.ts';
import type { Arguments } from './arguments.ts';
import { planText } from './plan-text.ts';
import { documentFormat, printDocument } from './print-document.ts';
import { showPlanInCi } from './show-plan-in-ci.ts';
import { printResult } from './print-result.ts';
import { switchFlag } from './settings.ts';

/** In a pull request; the rest is counted. */
const MOST_IN_MARKDOWN = 200;

/** Prints what a manifest would change, and what that would cost and take. */
export async function printChanges(
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
  const format = documentFormat(args, { isPrinted: true }) ?? 'text';
  const changes = (mostListed: number): readonly Block[] =>
    changesDocument(report, { needed, shown, mostListed, warnings });
  const page = [...changes(MOST_IN_MARKDOWN), ...planDocument(figures)];
  await printDocument(format, format === 'markdown' ? page : changes(Infinity), report);
  await showPlanInCi(args, page);
  if (format === 'text') await printResult(`\n${planText(plan)}Nothing was sent.\n`);
}
