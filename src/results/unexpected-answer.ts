import type { ResultRecord } from './record.ts';

/** Adds the result of `expect`. `reason` is undefined if the answer is as expected. */
export function withVerdict(record: ResultRecord, reason: string | undefined): ResultRecord {
  const { expected: _expected, unexpected_reason: _reason, ...rest } = record;
  if (reason === undefined) return rest;
  const { v, id, task, index, key, matrix, status, item, prompt, output, ...others } = rest;
  return {
    v,
    id,
    task,
    index,
    ...(key !== undefined && { key }),
    ...(matrix && { matrix }),
    status,
    ...(item !== undefined && { item }),
    ...(prompt !== undefined && { prompt }),
    ...(output !== undefined && { output }),
    expected: false,
    unexpected_reason: reason.toWellFormed(),
    ...others,
  };
}
