import { EXIT, VolleyError } from '../errors/volley-error.ts';
import type { ReadRows, TaskTemplate } from '../manifest/manifest.ts';
import { combinationsOf } from './combinations.ts';
import { readRows, type RowContext } from './rows.ts';
import { rowKey, taskId } from './task-id.ts';
import type { Task } from './task.ts';

/** A template that was surveyed: its rows are known to be good, and how many tasks it makes. */
export interface SurveyedTemplate {
  readonly template: TaskTemplate;
  /** Index of its first task in the manifest. */
  readonly firstIndex: number;
  readonly total: number;
}

/**
 * The tasks of one template in order, reading its rows again.
 * Throws a `VolleyError` when the rows are no longer those that were surveyed.
 */
export async function* expand(
  surveyed: SurveyedTemplate,
  context: RowContext,
): AsyncGenerator<Task> {
  const { template, firstIndex, total } = surveyed;
  const combinations = combinationsOf(template);
  const source = template.forEach;
  let index = firstIndex;
  if (!source || source.kind === 'needs') {
    for (const { matrix, key } of combinations) {
      yield { id: taskId(template.id, undefined, key), index, template, item: undefined, matrix };
      index += 1;
    }
    return;
  }
  const end = firstIndex + total;
  for await (const batch of readRows(source, context)) {
    for (const read of batch) {
      const row = read.ok ? rowKey(read.item, read.number, source.key) : read;
      if (!read.ok || !row.ok || index >= end) throw changed(source);
      const { item } = read;
      for (const { matrix, key } of combinations) {
        yield { id: taskId(template.id, row.key, key), index, template, item, matrix };
        index += 1;
      }
    }
  }
  if (index !== end) throw changed(source);
}

function changed(source: ReadRows): VolleyError {
  const what = source.kind === 'file' ? `\`${source.file}\`` : '`for_each`';
  return new VolleyError(`${what} changed while Volley was working`, {
    exitCode: EXIT.usage,
    hint: 'leave the rows as they are until the run has ended',
  });
}
