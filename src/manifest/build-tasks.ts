import type { Effort } from './bounded-renderer.ts';
import { beyond, type Bounds } from '../errors/input-limits.ts';
import { buildAttachments, readMessages } from './build-messages.ts';
import { conditionReader, readExpect, type ConditionReader } from './build-condition.ts';
import { readNeeds, rootOf, type TaskNeeds } from './build-needs.ts';
import {
  hasModelError,
  modelEntry,
  modelReader,
  refuseBoth,
  reportNoModel,
  type ModelReader,
} from './build-models.ts';
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
import type { TextReader } from './read-text.ts';
import type { SchemaReader } from './build-schema.ts';
import type { KnownErrors } from './collect-findings.ts';
import { taskIds } from './task-ids.ts';
import { checkTaskTexts, type VariableScope } from './task-variables.ts';
import { readOnce, type Reading, type Written } from './written-value.ts';

export interface TasksInput extends Reading {
  readonly root: Written;
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
  const { root, source } = input;
  const list = root.get('tasks');
  const entries = list.isList ? list.items : [];
  if (list.isList && entries.length === 0) {
    const hint = 'write at least one, such as `- What is 2+2?`';
    list.keyError({ code: 'NO_TASKS', message: '`tasks` is empty', hint });
  }
  const ids = taskIds(entries);
  const isStdin = source.file === '-' || source.file === '<stdin>';
  const shared: Shared = {
    entries,
    ids,
    needs: readNeeds(entries, ids),
    defaults: root.get('defaults'),
    rows: readOnce((written) => buildRows(written, { isStdin })),
    models: modelReader(input),
    matrix: matrixReader(input.bounds),
    conditions: conditionReader(input),
    withoutModel: [],
  };
  const tasks: TaskTemplate[] = [];
  refuseBoth(shared.defaults);
  for (const [index, entry] of entries.entries()) {
    const task = await buildTask({ entry, index, id: ids[index] ?? '' }, shared, input);
    if (task) tasks.push(task);
  }
  if (!shared.defaults.hasError) reportNoModel(shared.withoutModel);
  return tasks;
}

interface Shared {
  readonly entries: readonly Written[];
  readonly ids: readonly string[];
  readonly needs: readonly TaskNeeds[];
  readonly defaults: Written;
  readonly models: ModelReader;
  readonly matrix: (matrix: Written) => readonly MatrixCombination[] | undefined;
  readonly conditions: ConditionReader;
  readonly rows: (forEach: Written) => ReadRows | undefined;
  readonly withoutModel: Array<{ readonly task: Written; readonly id: string }>;
}

interface TaskEntry {
  readonly entry: Written;
  readonly index: number;
  readonly id: string;
}

async function buildTask(
  { entry, index, id }: TaskEntry,
  shared: Shared,
  input: TasksInput,
): Promise<TaskTemplate | undefined> {
  const { reader, overrides, providers, source } = input;
  const { defaults } = shared;
  if (entry.string === undefined && !entry.isMap) return undefined;
  const find = (key: string): Written => entry.get(key).or(defaults.get(key));
  refuseBoth(entry);
  const named = overrides.model ? undefined : modelEntry(entry, defaults);
  const models = overrides.model ? [overrides.model] : named && shared.models(named);
  const isReadable = !entry.node || !source.isUnreadable(entry.node);
  if (!models && !named && isReadable && !hasModelError(entry, input.root)) {
    shared.withoutModel.push({ task: entry, id });
  }
  const isAxis = named?.key === 'models';
  const { prompt, earlier } = await readMessages(entry, reader);
  const system = await reader.read(find('system'));
  const attachments = await buildAttachments(find('attachments'), reader);
  const condition = shared.conditions(find('if'));
  const expect = await readExpect(find('expect'), { ...shared, ...input });
  const needs = shared.needs[index] ?? { all: [], follows: undefined, isInvalid: false };
  const rows = rowsOf(index, shared);
  const axes = entry.get('matrix');
  const matrix = axes.isMap ? shared.matrix(axes) : undefined;
  if (isAxis) refuseModelAxis(axes);
  const perRow = (matrix?.length ?? 1) * (isAxis ? (models?.length ?? 1) : 1);
  const repeat = readRepeat(find('repeat'), perRow, input);
  const invalid = new Set(input.scope.invalid);
  if (rows.isInvalid) invalid.add('item');
  if (needs.isInvalid || entry.get('needs').hasError) invalid.add('needs');
  if (axes.hasError || (axes.isGiven && !matrix)) invalid.add('matrix');
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
  const { maxTokens } = overrides;
  const parameters = buildParameters({ find, models: models ?? [], providers, maxTokens });
  const schema = await input.schemas.read(
    find('schema'),
    (models ?? []).map(({ provider }) => provider),
  );
  const onTruncated = readOnTruncated(find('on_truncated'), parameters);
  const promptCache = readPromptCache(find('prompt_cache'), models ?? [], providers);
  const timeoutMs = overrides.timeoutMs ?? find('timeout').duration ?? DEFAULT_TIMEOUT_MS;
  const mode = overrides.mode ?? find('mode').choice(RUN_MODES) ?? input.mode;
  const [model, ...others] = models ?? [];
  if (!model || !models || !prompt) return undefined;
  const fallbacks = isAxis ? [] : others;
  return {
    id,
    place: entry.place,
    model,
    ...(named && { modelPlace: named.place }),
    ...(isAxis && { models }),
    ...(fallbacks.length > 0 && { fallbacks }),
    prompt,
    ...(earlier.length > 0 && { earlier }),
    system,
    ...(attachments.length > 0 && { attachments }),
    useContext: find('context').boolean ?? true,
    parameters,
    schema,
    ...(expect && { expect }),
    onTruncated,
    ...(mode !== 'realtime' && { mode }),
    ...(promptCache && { promptCache }),
    timeoutMs,
    maxRetries: overrides.maxRetries ?? find('max_retries').number ?? DEFAULT_MAX_RETRIES,
    tags: find('tags').strings ?? [],
    forEach: rows.source,
    matrix,
    ...(repeat !== undefined && { repeat }),
    ...(needs.all.length > 0 && {
      needs: needs.all.map(({ id: needed, allowFailed }) => ({ id: needed, allowFailed })),
    }),
    ...(condition && { condition }),
  };
}

interface TaskRows {
  readonly source: RowSource | undefined;
  readonly root: ReadRows | undefined;
  readonly hasRows: boolean;
  readonly isInvalid: boolean;
}

const NO_ROWS: TaskRows = { source: undefined, root: undefined, hasRows: false, isInvalid: false };

function rowsOf(index: number, shared: Shared): TaskRows {
  const forEach = shared.entries[index]?.get('for_each');
  if (!forEach?.isGiven || forEach.hasError) {
    const isInvalid = forEach?.hasError ?? false;
    return { ...NO_ROWS, hasRows: forEach?.isGiven ?? false, isInvalid };
  }
  const own = shared.rows(forEach);
  if (!forEach.get('needs').isGiven) {
    return { source: own, root: own, hasRows: true, isInvalid: false };
  }
  const follows = shared.needs[index]?.follows;
  if (follows === undefined) return { ...NO_ROWS, hasRows: true, isInvalid: true };
  const { root, ...rows } = rowsOf(rootOf(follows, shared.needs), shared);
  const task = shared.ids[follows] ?? '';
  const source = { kind: 'needs', task, key: undefined, place: forEach.place, root } as const;
  return { ...rows, root, source };
}

function knownNeeds(
  { all, follows }: TaskNeeds,
  { entries, defaults, needs }: Shared,
  { hasModelFlag }: { readonly hasModelFlag: boolean },
): readonly KnownNeed[] {
  return all.map(({ id, to }): KnownNeed => {
    const has = (key: string): boolean => entries[to]?.get(key).isGiven ?? false;
    const hasAnywhere = (key: string): boolean => has(key) || defaults.get(key).isGiven;
    const isPerModel = !hasModelFlag && modelEntry(entries[to], defaults)?.key === 'models';
    const isMany = isPerModel || has('for_each') || has('matrix') || hasAnywhere('repeat');
    return {
      id,
      isList: isMany && to !== follows,
      hasItem: entries[rootOf(to, needs)]?.get('for_each').isGiven ?? false,
      hasMatrix: has('matrix') || isPerModel,
      hasSchema: hasAnywhere('schema'),
    };
  });
}

/** Limits `repeat`, because all samples of all combinations of a task are kept in memory. */
function readRepeat(
  written: Written,
  combinations: number,
  { bounds }: TasksInput,
): number | undefined {
  const { number: repeat } = written;
  if (repeat !== undefined && repeat * combinations > bounds.matrix) {
    written.error(beyond('matrix', bounds));
  }
  return repeat;
}

const DEFAULT_TIMEOUT_MS = 600_000;
const DEFAULT_MAX_RETRIES = 3;

function refuseModelAxis(matrix: Written): void {
  const axis = matrix.get('model');
  if (!axis.isGiven) return;
  axis.keyError({
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

function readOnTruncated(written: Written, { maxTokens }: Parameters): 'fail' | 'grow' {
  if (written.string !== 'grow') return 'fail';
  if (maxTokens === undefined) {
    written.keyError({
      message: '`on_truncated: grow` doubles `max_tokens`, but it is not set',
      hint: 'set `max_tokens`, such as `max_tokens: 800`',
    });
  }
  return 'grow';
}

/** Expands each matrix once, until all of them together exceed a limit. */
function matrixReader(bounds: Bounds): Shared['matrix'] {
  let combinations = 0;
  return readOnce((written) => {
    if (combinations > bounds.matrix) return undefined;
    const made = expandMatrix(written, bounds);
    combinations += made?.length ?? 0;
    if (combinations > bounds.matrix) written.error(beyond('matrix', bounds));
    return made;
  });
}
