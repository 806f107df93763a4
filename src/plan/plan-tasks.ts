import { beyond, DEFAULT_BOUNDS, type Bounds } from '../errors/input-limits.ts';
import { errorCount, inOrder, type Finding } from '../errors/finding.ts';
import type { Manifest, ModelName, TaskTemplate } from '../manifest/manifest.ts';
import { variantsOf } from '../manifest/task-models.ts';
import type { ProjectFiles } from '../ports/files.ts';
import { memoized } from '../ports/memoized.ts';
import { expand } from './expand.ts';
import { linkNodes, needsFirst, type TaskNode } from './graph.ts';
import { placeholderNeeds, type KnownEntry, type NeedsData } from './needs-data.ts';
import type { Plan, PlannedLane } from './plan.ts';
import { createAttachmentReader } from './read-attachments.ts';
import { unexpectedReason } from './check-expect.ts';
import { renderTask } from './render-task.ts';
import type { RowContext } from './rows.ts';
import { surveyTemplate } from './survey-rows.ts';
import type { Task } from './task.ts';

export type PlanResult =
  | { readonly ok: true; readonly plan: Plan; readonly warnings: readonly Finding[] }
  /** Includes warnings. */
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** Reads every row once to check and count it. Keeps only the hash of each row's id. */
export async function planTasks(
  manifest: Manifest,
  files: ProjectFiles,
  { skipsBadRows }: Pick<RowContext, 'skipsBadRows'> = {},
): Promise<PlanResult> {
  const attachments = createAttachmentReader(manifest, withGlobsKept(files));
  const context = {
    files: withGlobsKept(files),
    manifestFile: manifest.file,
    attachments,
    skipsBadRows,
  };
  const findings: Finding[] = [];
  const surveyed = new Map<string, KnownEntry>();
  const { bounds = DEFAULT_BOUNDS } = manifest;
  let counted = 0;
  for (const template of needsFirst(manifest.tasks)) {
    const survey = await surveyTemplate(manifest, template, context, {
      surveyed,
      room: bounds.tasks - counted,
    });
    const { total, example } = survey;
    findings.push(...(skipsBadRows ? survey.findings.map(asWarning) : survey.findings));
    counted += total;
    if (counted > bounds.tasks) {
      findings.push(tooManyTasks(template, bounds));
      break;
    }
    if (example) surveyed.set(template.id, { template, total, example });
  }
  const found = inOrder(findings);
  if (errorCount(found) > 0) return { ok: false, findings: found };
  const nodes = linkNodes(manifest.tasks, ({ id }) => surveyed.get(id)?.total ?? 0);
  const expected = expectedNeeds(surveyed);
  const total = nodes.reduce((sum, node) => sum + node.total, 0);
  const plan: Plan = {
    manifest,
    total,
    end: total,
    selection: undefined,
    unselected: nothing,
    lanes: lanesOf(nodes, context),
    nodes,
    tasks: () => tasksOf(nodes, context),
    tasksOf: (node) => expand(node, context),
    judge: (task, answer) => unexpectedReason({ manifest, files }, task, answer),
    render: (task, { needs, model } = {}) =>
      renderTask({ manifest, files, attachments }, task, {
        model,
        ...(needs ? { needs } : { needs: expected(task.template), isEstimate: true }),
      }),
  };
  return { ok: true, plan, warnings: found };
}

function asWarning(finding: Finding): Finding {
  return { ...finding, severity: 'warning' };
}

function tooManyTasks({ forEach, place }: TaskTemplate, bounds: Bounds): Finding {
  return { severity: 'error', place: forEach?.place ?? place, ...beyond('tasks', bounds) };
}

/**
 * Keeps the first result of each glob, because a run may write into a folder that the glob matches.
 */
function withGlobsKept(files: ProjectFiles): ProjectFiles {
  const glob = memoized((patterns: string) => files.glob(JSON.parse(patterns)));
  return {
    read: (name, options) => files.read(name, options),
    stream: (name) => files.stream(name),
    credentialsLeftOut: () => files.credentialsLeftOut(),
    glob: (patterns) => glob(JSON.stringify(patterns)),
  };
}

/** The expected length of an answer without `max_tokens`. */
const EXPECTED_OUTPUT_TOKENS = 512;

/** Placeholders for the results that a template needs. Cached. */
function expectedNeeds(
  surveyed: ReadonlyMap<string, KnownEntry>,
): (template: TaskTemplate) => NeedsData | undefined {
  const placeholders = memoized((template: TaskTemplate) =>
    placeholderNeeds(template, surveyed, { longest: Infinity, textOf: expectedOutput }),
  );
  return (template) => (template.needs ? placeholders(template) : undefined);
}

/** A string of half of `max_tokens`, at four characters per token. */
function expectedOutput({ parameters: { maxTokens } }: TaskTemplate): string {
  const tokens = maxTokens === undefined ? EXPECTED_OUTPUT_TOKENS : Math.ceil(maxTokens / 2);
  return 'text '.repeat(Math.ceil((tokens * 4) / 5));
}

function lanesOf(surveyed: readonly TaskNode[], context: RowContext): PlannedLane[] {
  const lanes = new Map<string, { readonly model: ModelName; readonly own: TaskNode[] }>();
  const laneOf = (model: ModelName) => {
    const name = `${model.provider}/${model.model}`;
    const lane = lanes.get(name) ?? { model, own: [] };
    lanes.set(name, lane);
    return lane;
  };
  for (const each of surveyed) {
    for (const { model } of variantsOf(each.template)) laneOf(model).own.push(each);
  }
  for (const { template } of surveyed) template.fallbacks?.forEach(laneOf);
  return [...lanes.values()].map(({ model, own }) => ({
    ...model,
    total: own.reduce((sum, { template, total }) => sum + total / variantsOf(template).length, 0),
    hasFallbacks: own.some(({ template }) => template.fallbacks !== undefined),
    tasks: () => tasksAt(model, tasksOf(own, context)),
  }));
}

/** The tasks that ask this model first. */
async function* tasksAt(
  { provider, model }: ModelName,
  tasks: AsyncIterable<Task>,
): AsyncGenerator<Task, void, void> {
  for await (const task of tasks) {
    const first = task.template.model;
    if (first.provider === provider && first.model === model) yield task;
  }
}

async function* nothing(): AsyncGenerator<never> {}

async function* tasksOf(surveyed: readonly TaskNode[], context: RowContext): AsyncGenerator<Task> {
  for (const each of surveyed) yield* expand(each, context);
}
