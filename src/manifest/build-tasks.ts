import type { Effort } from './bounded-renderer.ts';
import { memoized } from '../ports/memoized.ts';
import { beyond, type Bounds } from '../errors/bounds.ts';
import { buildAttachments, readMessages } from './build-messages.ts';
import { readCondition, readExpect } from './build-condition.ts';
import { readNeeds, rootOf, type TaskNeeds } from './build-needs.ts';
import { modelReader, type ModelReader } from './build-models.ts';
import { buildParameters, readPromptCache } from './build-parameters.ts';
import { buildRows } from './build-rows.ts';
import {
  RUN_MODES,
  type MatrixCombination,
  type ModelName,
  type Parameters,
  type ProviderSettings,
  type ReadRows,
  type RowSource,
  type RunMode,
  type TaskTemplate,
} from './manifest.ts';
import { expandMatrix } from './matrix.ts';
import type { KnownNeed } from './needs-variables.ts';
import {
  booleanOf,
  choiceOf,
  durationOf,
  numberOf,
  stringOf,
  stringsOf,
  type ReadContext,
} from './read-values.ts';
import type { TextReader } from './read-text.ts';
import type { SchemaReader } from './build-schema.ts';
import type { KnownErrors } from './report.ts';
import { child, entry, type MapEntry, type MapNode, type SourceNode } from './source-node.ts';
import { taskIds } from './task-ids.ts';
import { checkTaskTexts, type VariableScope } from './task-variables.ts';

export interface TasksInput extends ReadContext {
  readonly bounds: Bounds;
  readonly effort: Effort;
  readonly providers: ReadonlyMap<string, ProviderSettings>;
  /** Names of all entries under `providers`, including invalid ones. */
  readonly declared: ReadonlySet<string>;
  readonly reader: TextReader;
  readonly schemas: SchemaReader;
  readonly knownErrors: KnownErrors;
  readonly scope: VariableScope;
  /** The mode of tasks that do not set their own. */
  readonly mode: RunMode;
  /** Values from flags. Each overrides the value in every task. */
  readonly overrides: {
    readonly model?: ModelName | undefined;
    readonly maxTokens?: number | undefined;
    readonly maxRetries?: number | undefined;
    readonly timeoutMs?: number | undefined;
    readonly mode?: RunMode | undefined;
  };
}

/** The valid entries of `tasks`. Errors are reported. */
export async function buildTasks(input: TasksInput): Promise<readonly TaskTemplate[]> {
  const { source, report, knownErrors } = input;
  const list = entry(source.root, 'tasks');
  const nodes = list?.value.kind === 'list' ? list.value.items : [];
  if (list?.value.kind === 'list' && nodes.length === 0) {
    report.error(source.keyPlace(list), {
      code: 'NO_TASKS',
      message: '`tasks` is empty',
      hint: 'write at least one, such as `- What is 2+2?`',
    });
  }
  const defaults = child(source.root, 'defaults');
  const ids = taskIds(nodes, input);
  const shared: Shared = {
    nodes,
    ids,
    needs: readNeeds(nodes, ids, input),
    defaults,
    rows: memoized((node) => buildRows(node, input)),
    models: modelReader(input),
    matrix: matrixReader(input),
    withoutModel: [],
  };
  const tasks: TaskTemplate[] = [];
  refuseBoth(defaults, input);
  for (const [index, node] of nodes.entries()) {
    const task = await buildTask({ node, index, id: ids[index] ?? '' }, shared, input);
    if (task) tasks.push(task);
  }
  if (!knownErrors.hasErrorAt('defaults')) reportNoModel(shared.withoutModel, ids, input);
  return tasks;
}

interface Shared {
  readonly nodes: readonly SourceNode[];
  readonly ids: readonly string[];
  readonly needs: readonly TaskNeeds[];
  readonly defaults: SourceNode | undefined;
  readonly models: ModelReader;
  readonly matrix: (node: MapNode) => readonly MatrixCombination[] | undefined;
  readonly rows: (node: SourceNode) => ReadRows | undefined;
  readonly withoutModel: { readonly node: SourceNode; readonly index: number }[];
}

interface TaskEntry {
  readonly node: SourceNode;
  readonly index: number;
  readonly id: string;
}

async function buildTask(
  task: TaskEntry,
  shared: Shared,
  input: TasksInput,
): Promise<TaskTemplate | undefined> {
  const { node, index, id } = task;
  const { source, reader, knownErrors, overrides } = input;
  const isText = stringOf(node) !== undefined;
  if (!isText && node.kind !== 'map') return undefined;
  const find = (key: string): MapEntry | undefined =>
    entry(node, key) ?? entry(shared.defaults, key);
  refuseBoth(node, input);
  const named = modelEntry(node, shared.defaults);
  const models = overrides.model ? [overrides.model] : readModels(named, task, shared, input);
  const isAxis = !overrides.model && named?.key === 'models';
  const { prompt, earlier } = await readMessages(node, reader, input);
  const system = await reader.read(find('system')?.value);
  const attachments = await buildAttachments(find('attachments'), reader, input);
  const condition = readCondition(find('if'), input);
  const expect = await readExpect(find('expect'), input);
  const needs = shared.needs[index] ?? { all: [], follows: undefined, isInvalid: false };
  const rows = rowsOf(index, shared, input);
  const axes = child(node, 'matrix');
  const matrix = axes?.kind === 'map' ? shared.matrix(axes) : undefined;
  if (isAxis) refuseModelAxis(axes, input);
  const perRow = (matrix?.length ?? 1) * (isAxis ? (models?.length ?? 1) : 1);
  const repeat = readRepeat(find('repeat'), perRow, input);
  const hasError = (key: string): boolean => knownErrors.hasErrorAt(key, ['tasks', index]);
  const invalid = new Set(input.scope.invalid);
  if (rows.isInvalid) invalid.add('item');
  if (needs.isInvalid || hasError('needs')) invalid.add('needs');
  if (hasError('matrix') || (axes && !matrix)) invalid.add('matrix');
  const scope = {
    ...input.scope,
    hasItem: rows.hasRows,
    rows: rows.root,
    needs: knownNeeds(needs, shared, { hasModelFlag: overrides.model !== undefined }),
    tasks: shared.ids,
    matrix: isAxis ? withModelAxis(matrix) : matrix,
    invalid,
  };
  const asked = expect?.kind === 'condition' ? [expect.condition] : [];
  const texts = [...earlier.map(({ content }) => content), prompt, system, ...asked];
  checkTaskTexts(condition, [...texts, ...attachments.map(({ name }) => name)], {
    scope,
    report: input.report,
  });
  const parameters = buildParameters(
    { find, models: models ?? [], providers: input.providers, maxTokens: overrides.maxTokens },
    input,
  );
  const schema = await input.schemas.read(
    find('schema')?.value,
    (models ?? []).map(({ provider }) => provider),
  );
  const onTruncated = readOnTruncated(find('on_truncated'), parameters, input);
  const promptCache = readPromptCache(find('prompt_cache'), models ?? [], input);
  const timeoutMs = overrides.timeoutMs ?? durationOf(find('timeout')?.value, input);
  const mode = overrides.mode ?? modeIn(find('mode')?.value) ?? input.mode;
  const [model, ...others] = models ?? [];
  if (!model || !models || !prompt) return undefined;
  const fallbacks = isAxis ? [] : others;
  return {
    id,
    place: source.place(node),
    model,
    ...(named && !overrides.model && { modelPlace: source.place(named.value) }),
    ...(isAxis && { models }),
    ...(fallbacks.length > 0 && { fallbacks }),
    prompt,
    ...(earlier.length > 0 && { earlier }),
    system,
    ...(attachments.length > 0 && { attachments }),
    useContext: booleanOf(find('context')?.value) ?? true,
    parameters,
    schema,
    ...(expect && { expect }),
    onTruncated,
    ...(mode !== 'realtime' && { mode }),
    ...(promptCache && { promptCache }),
    timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS,
    maxRetries: overrides.maxRetries ?? numberOf(find('max_retries')?.value) ?? DEFAULT_MAX_RETRIES,
    tags: stringsOf(find('tags')?.value) ?? [],
    forEach: rows.source,
    matrix,
    ...(repeat !== undefined && { repeat }),
    ...(needs.all.length > 0 && {
      needs: needs.all.map(({ id: needed, allowFailed }) => ({ id: needed, allowFailed })),
    }),
    ...(condition && { condition }),
  };
}

export function modeIn(node: SourceNode | undefined): RunMode | undefined {
  return choiceOf(node, RUN_MODES);
}

interface TaskRows {
  readonly source: RowSource | undefined;
  readonly root: ReadRows | undefined;
  readonly hasRows: boolean;
  readonly isInvalid: boolean;
}

const NO_ROWS: TaskRows = { source: undefined, root: undefined, hasRows: false, isInvalid: false };

function rowsOf(index: number, shared: Shared, input: TasksInput): TaskRows {
  const { knownErrors, source } = input;
  const node = child(shared.nodes[index], 'for_each');
  const isInvalid =
    knownErrors.hasErrorAt('for_each', ['tasks', index]) ||
    knownErrors.hasErrorIn(['tasks', index, 'for_each']);
  if (!node || isInvalid) return { ...NO_ROWS, hasRows: node !== undefined, isInvalid };
  const own = shared.rows(node);
  if (!entry(node, 'needs')) return { source: own, root: own, hasRows: true, isInvalid: false };
  const follows = shared.needs[index]?.follows;
  if (follows === undefined) return { ...NO_ROWS, hasRows: true, isInvalid: true };
  const { root, ...rows } = rowsOf(rootOf(follows, shared.needs), shared, input);
  const task = shared.ids[follows] ?? '';
  const place = source.place(node);
  return { ...rows, root, source: { kind: 'needs', task, key: undefined, place, root } };
}

function knownNeeds(
  { all, follows }: TaskNeeds,
  shared: Shared,
  { hasModelFlag }: { readonly hasModelFlag: boolean },
): readonly KnownNeed[] {
  const { nodes, defaults, needs } = shared;
  return all.map(({ id, to }): KnownNeed => {
    const has = (key: string): boolean => entry(nodes[to], key) !== undefined;
    const isPerModel = !hasModelFlag && modelEntry(nodes[to], defaults)?.key === 'models';
    const isMany =
      isPerModel ||
      ['for_each', 'matrix', 'repeat'].some(has) ||
      entry(defaults, 'repeat') !== undefined;
    return {
      id,
      isList: isMany && to !== follows,
      hasItem: entry(nodes[rootOf(to, needs)], 'for_each') !== undefined,
      hasMatrix: has('matrix') || isPerModel,
      hasSchema: has('schema') || entry(defaults, 'schema') !== undefined,
    };
  });
}

/** Limits `repeat`, because all samples of all combinations of a task are kept in memory. */
function readRepeat(
  found: MapEntry | undefined,
  combinations: number,
  { source, report, bounds }: TasksInput,
): number | undefined {
  const repeat = numberOf(found?.value);
  if (found && repeat !== undefined && repeat * combinations > bounds.matrix) {
    report.error(source.place(found.value), beyond('matrix', bounds));
  }
  return repeat;
}

const DEFAULT_TIMEOUT_MS = 600_000;
const DEFAULT_MAX_RETRIES = 3;

const MODEL_KEYS = ['model', 'models'];

/** `model` or `models`. Either one in a task overrides both in `defaults`. */
function modelEntry(
  node: SourceNode | undefined,
  defaults: SourceNode | undefined,
): MapEntry | undefined {
  return [node, defaults]
    .flatMap((each) => [entry(each, 'models'), entry(each, 'model')])
    .find((found) => found !== undefined);
}

/** Reports `model` and `models` in the same place, because it is unclear which one applies. */
function refuseBoth(node: SourceNode | undefined, { source, report }: TasksInput): void {
  const models = entry(node, 'models');
  if (!models || !entry(node, 'model')) return;
  report.error(source.keyPlace(models), {
    code: 'BAD_VALUE',
    message: 'both `models` and `model` are set',
    hint: 'keep `models` to ask each of them, or `model: [a/x, b/y]` to ask the next when one fails',
  });
}

function refuseModelAxis(matrix: SourceNode | undefined, { source, report }: TasksInput): void {
  const axis = entry(matrix, 'model');
  if (!axis) return;
  report.error(source.keyPlace(axis), {
    code: 'BAD_VALUE',
    message: 'the matrix has an axis `model`, which `models` also creates',
    hint: 'give the axis another name, or delete it',
  });
}

/** The matrix that templates see, including the axis of `models`. */
function withModelAxis(
  matrix: readonly MatrixCombination[] | undefined,
): readonly MatrixCombination[] {
  return (matrix ?? [{}]).map((combination) => ({ ...combination, model: '' }));
}

function readModels(
  found: MapEntry | undefined,
  { node, index }: TaskEntry,
  shared: Shared,
  { source, knownErrors }: TasksInput,
): readonly ModelName[] | undefined {
  if (found) return shared.models.read(found);
  const isInvalid =
    MODEL_KEYS.some((key) => knownErrors.hasErrorAt(key, ['tasks', index])) ||
    MODEL_KEYS.some((key) => knownErrors.hasErrorAt(key, ['defaults']));
  if (!isInvalid && !knownErrors.hasErrorAt('model', []) && !source.isUnreadable(node))
    shared.withoutModel.push({ node, index });
  return undefined;
}

function readOnTruncated(
  found: MapEntry | undefined,
  { maxTokens }: Parameters,
  { source, report }: TasksInput,
): 'fail' | 'grow' {
  const isGrowing = found && stringOf(found.value) === 'grow';
  if (!isGrowing) return 'fail';
  if (maxTokens === undefined) {
    report.error(source.keyPlace(found), {
      code: 'BAD_VALUE',
      message: '`on_truncated: grow` doubles `max_tokens`, but it is not set',
      hint: 'set `max_tokens`, such as `max_tokens: 800`',
    });
  }
  return 'grow';
}

/** One finding for all tasks without a model: a single edit, `defaults.model`, fixes them all. */
function reportNoModel(
  tasks: Shared['withoutModel'],
  ids: readonly string[],
  { source, report }: TasksInput,
): void {
  const [first, ...others] = tasks;
  if (!first) return;
  const rest =
    others.length === 0
      ? ''
      : `, nor ${others.length === 1 ? 'has 1 other' : `have ${others.length} others`}`;
  report.error(source.place(first.node), {
    code: 'NO_MODEL',
    message: `task \`${ids[first.index] ?? ''}\` has no model${rest}`,
    hint: 'set `defaults: {model: anthropic/claude-haiku-5-5}`, or give `--model`',
  });
}

/** Expands each matrix once, until all of them together exceed a limit. */
function matrixReader(input: TasksInput): Shared['matrix'] {
  const { source, report, bounds } = input;
  let combinations = 0;
  return memoized((node) => {
    if (combinations > bounds.matrix) return undefined;
    const made = expandMatrix(node, input);
    combinations += made?.length ?? 0;
    if (combinations > bounds.matrix) report.error(source.place(node), beyond('matrix', bounds));
    return made;
  });
}
