import type { Finding } from '../errors/finding.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { ProjectFiles } from '../ports/files.ts';
import { expand, type SurveyedTemplate } from './expand.ts';
import type { Plan, PlannedLane } from './plan.ts';
import { renderTask } from './render-task.ts';
import type { RowContext } from './rows.ts';
import { surveyTemplate } from './survey.ts';
import type { Task } from './task.ts';

export type PlanResult =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * Expands a manifest: reads every row once to check and count it, and gives a plan that reads them
 * again, lazily. Nothing is kept of a row but the hash of its id.
 */
export async function planTasks(manifest: Manifest, files: ProjectFiles): Promise<PlanResult> {
  const context = { files: withGlobsKept(files), manifestFile: manifest.file };
  const findings: Finding[] = [];
  const surveyed: SurveyedTemplate[] = [];
  let firstIndex = 0;
  for (const template of manifest.tasks) {
    const survey = await surveyTemplate(manifest, template, context);
    findings.push(...survey.findings);
    surveyed.push({ template, firstIndex, total: survey.total });
    firstIndex += survey.total;
  }
  if (findings.length > 0) return { ok: false, findings: inOrder(findings) };
  const plan: Plan = {
    manifest,
    total: firstIndex,
    lanes: lanesOf(surveyed, context),
    tasks: () => tasksOf(surveyed, context),
    render: (task) => renderTask(manifest, files, task),
  };
  return { ok: true, plan };
}

/** A run may write into a folder that a glob matches: what matched at first is what counts. */
function withGlobsKept(files: ProjectFiles): ProjectFiles {
  const kept = new Map<string, ReturnType<ProjectFiles['glob']>>();
  return {
    read: (name, options) => files.read(name, options),
    stream: (name) => files.stream(name),
    glob(patterns) {
      const key = JSON.stringify(patterns);
      const found = kept.get(key) ?? files.glob(patterns);
      kept.set(key, found);
      return found;
    },
  };
}

function lanesOf(surveyed: readonly SurveyedTemplate[], context: RowContext): PlannedLane[] {
  const lanes = new Map<string, SurveyedTemplate[]>();
  for (const each of surveyed) {
    const { provider, model } = each.template.model;
    const name = `${provider}/${model}`;
    const lane = lanes.get(name);
    if (lane) lane.push(each);
    else lanes.set(name, [each]);
  }
  return [...lanes.values()].flatMap((templates) => {
    const [first] = templates;
    if (!first) return [];
    const total = templates.reduce((sum, each) => sum + each.total, 0);
    return [{ ...first.template.model, total, tasks: () => tasksOf(templates, context) }];
  });
}

async function* tasksOf(
  surveyed: readonly SurveyedTemplate[],
  context: RowContext,
): AsyncGenerator<Task> {
  for (const each of surveyed) yield* expand(each, context);
}

/** One slip, one finding: a text or a file that several templates share is told once. */
function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Map<string, Finding>();
  for (const finding of findings) {
    const { code, message, place } = finding;
    const key = JSON.stringify([code, message, place.file, place.line, place.column]);
    if (!seen.has(key)) seen.set(key, finding);
  }
  return [...seen.values()].sort(
    ({ place: one }, { place: other }) =>
      (one.file === other.file ? 0 : one.file < other.file ? -1 : 1) ||
      one.line - other.line ||
      one.column - other.column,
  );
}
