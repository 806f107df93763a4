import { existsSync } from 'node:fs';
import { rowId } from '../../compare/model-rows.ts';
import { shellWord } from '../../errors/shell-word.ts';
import { suggest } from '../../errors/suggest.ts';
import { EXIT } from '../../errors/volley-error.ts';
import { shownDocument } from '../../forecast/shown-document.ts';
import { showTask, type ShownTask } from '../../forecast/shown-task.ts';
import type { RecordsFile } from '../../journal/read-records.ts';
import type { Task } from '../../plan/task.ts';
import type { JsonValue } from '../../ports/json.ts';
import { systemOutput } from '../../ports/system-output.ts';
import type { Block } from '../../report/document/blocks.ts';
import { recordDocument } from '../../report/document/task-document.ts';
import type { ResultRecord } from '../../results/record.ts';
import { taskFacts } from '../../results/task-facts.ts';
import { prepare } from '../../run/library.ts';
import type { PreparedRun } from '../../run/prepare-run.ts';
import { usageError, type Arguments } from '../arguments.ts';
import { earlierResults } from '../open-destination.ts';
import { earlierOf } from '../earlier-results.ts';
import { loadNamed } from '../load-named.ts';
import { permissionsOf } from '../permission-flags.ts';
import { documentFormat, printDocument } from '../print-document.ts';
import { printFindings } from '../print-findings.ts';
import { defaultManifest } from '../manifest-argument.ts';
import { tellElsewhere, withRecords } from '../results-argument.ts';
import { countFlag } from '../flag-values.ts';
import { tellEarly } from '../terminal.ts';

/** Shows one task in full: the request before the run, the answer after it. */
export async function show(args: Arguments): Promise<number> {
  const format = documentFormat(args);
  const { file, id } = subjectOf(args);
  const most = countFlag(args, 'first', { min: 1, max: 1_000 });
  const shown = file.endsWith('.jsonl')
    ? await recordsIn(args, { file, id, most })
    : await tasksOf({ ...args, positionals: [file] }, { id, most });
  const blocks = shown.flatMap(({ task, record, is_outdated: isOutdated }): readonly Block[] => [
    ...(task ? shownDocument(task) : []),
    ...(isOutdated ? [OUTDATED] : []),
    ...(record ? recordDocument(record) : []),
  ]);
  await printDocument(format, blocks, { v: 1, tasks: shown });
  return EXIT.ok;
}

interface Shown {
  readonly task?: ShownTask;
  readonly record?: ResultRecord;
  /** The record answers an older version of the request. */
  readonly is_outdated?: true;
}

const OUTDATED: Block = {
  kind: 'line',
  text: 'The answer below is to an earlier version of this request; `--resume` sends it again.',
};

interface Subject {
  /** A manifest, or a results file. */
  readonly file: string;
  /** Id of a task or an entry, or the key of a row. Undefined selects the first ones. */
  readonly id: string | undefined;
}

function subjectOf({ positionals }: Arguments): Subject {
  const [first, second] = positionals;
  const standard = defaultManifest();
  if (first !== undefined && second === undefined && !existsSync(first)) {
    // A lone argument can be an id, for the default manifest.
    const isId = !/\.(?:ya?ml|json|jsonl)$/.test(first);
    if (isId && standard !== undefined) return { file: standard, id: first };
    if (isId && first.includes('@')) {
      throw usageError(
        `no file given before the task \`${first}\``,
        `write \`volley show review.yaml ${shellWord(first)}\``,
      );
    }
  }
  const file = first ?? standard;
  if (file !== undefined) return { file, id: second };
  throw usageError(
    '`volley show` needs a manifest or a results file',
    'write `volley show review.yaml` or `volley show results.jsonl TASK`',
  );
}

async function recordsIn(
  args: Arguments,
  { file, id, most }: Subject & { readonly most: number | undefined },
): Promise<readonly Shown[]> {
  return withRecords(args, file, async (records) => {
    await tellElsewhere(args, records);
    const { found, meant } = await matching(records, id, most);
    await tellOfMore(args, found, meant);
    if (found.length > 0) return found.map((record) => ({ record }));
    throw await noSuch(id, file, recordIds(records));
  });
}

/** Notes that there are more tasks than the one shown, if nobody asked how many. */
async function tellOfMore(
  args: Arguments,
  { length }: { readonly length: number },
  meant: number,
): Promise<void> {
  if (length >= meant || args.values.has('first')) return;
  const count = `${length.toLocaleString('en')} of ${meant.toLocaleString('en')}`;
  await tellEarly(args, `${count} tasks shown: pass the id of one, or add \`--first N\``);
}

async function matching(
  records: RecordsFile,
  id: string | undefined,
  most: number | undefined,
): Promise<{ readonly found: readonly ResultRecord[]; readonly meant: number }> {
  const exact = id === undefined ? undefined : await records.find(id);
  if (exact) return { found: [exact], meant: 1 };
  const found: ResultRecord[] = [];
  let meant = 0;
  for await (const batch of records.records()) {
    for (const { record } of batch) {
      if (!isMeant(record, id)) continue;
      meant += 1;
      if (found.length < limitOf(record, id, most)) found.push(record);
    }
  }
  return { found, meant };
}

/** A key, or an id without the model, selects a row's tasks. An entry selects its first tasks. */
function isMeant(facts: Facts, id: string | undefined): boolean {
  return id === undefined || facts.id === id || facts.task === id || isRow(facts, id);
}

/** One row can go to several models. */
function limitOf(facts: Facts, id: string | undefined, most: number | undefined): number {
  return most ?? (id !== undefined && facts.task !== id && isRow(facts, id) ? MOST_OF_ROW : 1);
}

const MOST_OF_ROW = 20;

type Facts = Pick<ResultRecord, 'id' | 'task' | 'key' | 'matrix'>;

function isRow(facts: Facts, id: string): boolean {
  return rowId(facts) === id || (facts.key !== undefined && keyText(facts.key) === id);
}

function keyText(key: JsonValue): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

async function tasksOf(
  args: Arguments,
  { id, most }: { readonly id: string | undefined; readonly most: number | undefined },
): Promise<readonly Shown[]> {
  const loaded = await loadNamed(args);
  await printFindings(loaded.warnings, systemOutput(process.stderr), args);
  const prepared = await prepare(loaded, { ...permissionsOf(args), purpose: 'plan' });
  const earlier = await earlierOf(args, prepared);
  const { found, meant } = await wanted(prepared, id, most);
  await tellOfMore(args, found, meant);
  const results = await earlierResults(args, loaded.manifest);
  const shown: Shown[] = [];
  for (const { task, neighbor } of found) {
    shown.push({ task: await showTask(prepared, task, { neighbor, earlier }) });
  }
  if (!results || !existsSync(results.file)) return shown;
  return withRecords(args, results.file, (records) =>
    Promise.all(
      found.map(async ({ task }, at): Promise<Shown> => {
        const record = await records.find(task.id);
        if (!record) return { ...shown[at] };
        const isOutdated =
          record.status === 'succeeded' && earlier?.resumption?.fateOf(task) === 'send';
        return { ...shown[at], record, ...(isOutdated && { is_outdated: true }) };
      }),
    ),
  );
}

/** The selected tasks, each with another task of its entry, and how many tasks match. */
async function wanted(
  { plan }: PreparedRun,
  id: string | undefined,
  most: number | undefined,
): Promise<{
  readonly found: ReadonlyArray<{ readonly task: Task; readonly neighbor: Task | undefined }>;
  readonly meant: number;
}> {
  const found: Task[] = [];
  let meant = 0;
  const neighbors = new Map<Task['template'], Task[]>();
  for await (const task of plan.tasks()) {
    const seen = neighbors.get(task.template) ?? [];
    neighbors.set(task.template, seen);
    if (seen.length < 2) seen.push(task);
    const facts = taskFacts(task);
    if (!isMeant(facts, id)) continue;
    meant += 1;
    if (found.length < limitOf(facts, id, most)) found.push(task);
  }
  if (found.length === 0) throw await noSuch(id, plan.manifest.file, taskIds(plan));
  return {
    found: found.map((task) => ({
      task,
      neighbor: neighbors.get(task.template)?.find((other) => other.id !== task.id),
    })),
    meant,
  };
}

async function* taskIds({ tasks }: Pick<PreparedRun['plan'], 'tasks'>): AsyncGenerator<string> {
  for await (const { id } of tasks()) yield id;
}

async function* recordIds(records: RecordsFile): AsyncGenerator<string> {
  for await (const batch of records.records()) for (const { record } of batch) yield record.id;
}

/** How many ids to search for a suggestion. */
const MOST_IDS = 5_000;

async function noSuch(id: string | undefined, file: string, ids: AsyncIterable<string>) {
  const some: string[] = [];
  for await (const each of ids) {
    some.push(each);
    if (some.length === MOST_IDS) break;
  }
  if (id === undefined || some.length === 0) {
    return usageError(`\`${file}\` has no tasks`, 'choose another file');
  }
  const near = suggest(id, some);
  return usageError(
    `\`${file}\` has no task \`${id}\``,
    near === undefined
      ? `pass a task id, an entry id or a row key, such as \`${some[0]}\``
      : `did you mean \`${near}\`?`,
  );
}
