import type { Task } from '../plan/task.ts';
import type { ResultRecord } from './record.ts';
import { taskFacts, type Included } from './task-facts.ts';

/** The record of a task whose answer was known from another run: it took no time and no money. */
export function cachedRecord(
  task: Task,
  answer: Pick<
    ResultRecord,
    | 'output'
    | 'provider'
    | 'model'
    | 'finish_reason'
    | 'usage'
    | 'usage_estimated'
    | 'request_id'
    | 'fingerprint'
  >,
  { epochMs, included = {} }: { readonly epochMs: number; readonly included?: Included },
): ResultRecord {
  const now = new Date(epochMs).toISOString();
  const { output, provider, model, finish_reason, usage, usage_estimated: isEstimated } = answer;
  return {
    ...taskFacts(task),
    status: 'succeeded',
    ...included,
    ...(output !== undefined && { output }),
    provider,
    model,
    finish_reason,
    usage,
    ...(isEstimated && { usage_estimated: isEstimated }),
    cost_usd: 0,
    attempts: 0,
    retries: 0,
    cached: true,
    queued_ms: 0,
    duration_ms: 0,
    started_at: now,
    finished_at: now,
    request_id: answer.request_id,
    fingerprint: answer.fingerprint,
  };
}
