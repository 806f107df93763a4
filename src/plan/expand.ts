import { EXIT, VolleyError } from '../errors/volley-error.ts';
import type { ReadRows, MatrixCombination, TaskTemplate } from '../manifest/manifest.ts';
import type { JsonValue } from '../ports/json.ts';
import type { TaskNode } from './graph.ts';
import { isBad } from './read-row.ts';
import { readRows, rowFile, type RowContext } from './rows.ts';
import { rowKey } from './row-key.ts';
import { taskId, matrixKey } from './task-id.ts';
import type { Task } from './task.ts';
import { modelText, variantsOf } from '../manifest/task-models.ts';

/** The tasks of an entry, in order. Throws a `VolleyError` if its rows have changed. */
export async function* expand(node: TaskNode, context: RowContext): AsyncGenerator<Task> {
  const { template, firstIndex, total, follows } = node;
  if (follows) {
    for await (const followed of expand(follows, context)) yield* tasksFollowing(node, followed);
    return;
  }
  const source = template.forEach;
  if (!source || source.kind === 'needs') {
    yield* tasksOf(node, { id: template.id, item: undefined, firstIndex });
    return;
  }
  const end = firstIndex + total;
  let index = firstIndex;
  for await (const batch of readRows(source, context)) {
    for (const read of batch) {
      if (!read.ok && (context.skipsBadRows || !isBad(read))) continue;
      const row = read.ok ? rowKey(read.item, read.number, source.key) : read;
      if (!row.ok && context.skipsBadRows) continue;
      if (!read.ok || !row.ok || index >= end) throw changed(source);
      const id = taskId(template.id, { key: row.key });
      yield* tasksOf(node, { id, item: read.item, key: row.value, firstIndex: index });
      index += node.perRow;
    }
  }
  if (index !== end && !context.skipsBadRows) throw changed(source);
}

/** For one task, the tasks of an entry that follows it. They have the same key and row. */
export function tasksFollowing(node: TaskNode, followed: Task): Generator<Task> {
  const { template, firstIndex, perRow, follows } = node;
  const place = followed.index - (follows?.firstIndex ?? 0);
  return tasksOf(node, {
    id: template.id + followed.id.slice(followed.template.id.length),
    item: followed.item,
    key: followed.key,
    firstIndex: firstIndex + place * perRow,
    followed,
  });
}

interface Start {
  /** The id before matrix and repeat are added. */
  readonly id: string;
  readonly item: JsonValue | undefined;
  readonly key?: JsonValue | undefined;
  readonly firstIndex: number;
  readonly followed?: Task;
}

/** Creates each combination `repeat` times. */
function* tasksOf(
  node: TaskNode,
  { id: start, item, key: rowKeyValue, firstIndex, followed }: Start,
): Generator<Task> {
  const origin = {
    ...(rowKeyValue !== undefined && { key: rowKeyValue }),
    ...(followed && { followed }),
  };
  let index = firstIndex;
  for (const { template, matrix, key } of node.combinations) {
    const id = taskId(start, { matrix: key });
    if (template.repeat === undefined) {
      yield { id, index, template, item, matrix, ...origin };
      index += 1;
      continue;
    }
    for (let sample = 1; sample <= template.repeat; sample += 1) {
      yield { id: `${id}#${sample}`, index, template, item, matrix, sample, ...origin };
      index += 1;
    }
  }
}

function changed(source: ReadRows): VolleyError {
  const file = rowFile(source);
  const what = file === undefined ? '`for_each`' : `\`${file}\``;
  return new VolleyError(`${what} changed while Volley was working`, {
    exitCode: EXIT.usage,
    hint: 'do not change the rows until the run has ended',
  });
}

/** One combination of a matrix, whose last axis is `models`, with its part of the id. */
export interface Combination {
  /** The entry with the model of this combination. */
  readonly template: TaskTemplate;
  readonly matrix: MatrixCombination | undefined;
  readonly key: string | undefined;
}

export function combinationsOf(entry: TaskTemplate): readonly Combination[] {
  const own: ReadonlyArray<MatrixCombination | undefined> = entry.matrix ?? [undefined];
  return own.flatMap((combination) =>
    variantsOf(entry).map((template): Combination => {
      const matrix = entry.models
        ? { ...combination, model: modelText(template.model) }
        : combination;
      return { template, matrix, key: matrix && matrixKey(matrix) };
    }),
  );
}
