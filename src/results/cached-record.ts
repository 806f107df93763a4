import { NO_TOKENS } from '../plan/needs-data.ts';
import type { Task } from '../plan/task.ts';
import { taskFacts, type Included } from './task-facts.ts';
import type { ResultRecord } from './record.ts';

interface UnsentOptions {
  readonly epochMs: number;
  readonly included?: Included;
}

type Reused = Pick<
  ResultRecord,
  | 'output'
  | 'partial_output'
  | 'error'
  | 'provider'
  | 'model'
  | 'finish_reason'
  | 'usage'
  | 'usage_estimated'
  | 'request_id'
  | 'fingerprint'
>;

/**
 * The record of a task answered from another run; the task itself took no time and cost nothing.
 */
export function cachedRecord(task: Task, answer: Reused, options: UnsentOptions): ResultRecord {
  return unsentRecord(task, { ...answer, status: 'succeeded' }, { cached: true }, options);
}

/**
 * The record of a task with the same request as another one, whose result it shares. Only the other
 * record contains the cost, tokens and time.
 */
export function sharedRecord(
  task: Task,
  original: ResultRecord,
  options: UnsentOptions,
): ResultRecord {
  const { usage_estimated: _estimated, usage, ...result } = original;
  const origin = { shared_with: original.shared_with ?? original.id };
  return unsentRecord(task, { ...result, usage: usage && NO_TOKENS }, origin, options);
}

function unsentRecord(
  task: Task,
  reused: Reused & Pick<ResultRecord, 'status'>,
  origin: Pick<ResultRecord, 'cached' | 'shared_with'>,
  { epochMs, included = {} }: UnsentOptions,
): ResultRecord {
  const { output, partial_output: partial, error, usage_estimated: isEstimated } = reused;
  const now = new Date(epochMs).toISOString();
  return {
    ...taskFacts(task),
    status: reused.status,
    ...included,
    ...(output !== undefined && { output }),
    ...(partial !== undefined && { partial_output: partial }),
    ...(error && { error }),
    provider: reused.provider,
    model: reused.model,
    finish_reason: reused.finish_reason,
    usage: reused.usage,
    ...(isEstimated && { usage_estimated: isEstimated }),
    cost_usd: 0,
    attempts: 0,
    retries: 0,
    ...origin,
    queued_ms: 0,
    duration_ms: 0,
    started_at: now,
    finished_at: now,
    request_id: reused.request_id,
    fingerprint: reused.fingerprint,
  };
}
