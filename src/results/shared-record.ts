import { NO_TOKENS } from '../plan/needs-data.ts';
import type { Task } from '../plan/task.ts';
import { taskFacts, type Included } from './task-facts.ts';
import type { ResultRecord } from './record.ts';

/**
 * The record of a task that was not sent, because another asked for the same: it ended as that one
 * did. What that cost, in money, tokens and time, is in the other's record alone.
 */
export function sharedRecord(
  task: Task,
  original: ResultRecord,
  { epochMs, included = {} }: { readonly epochMs: number; readonly included?: Included },
): ResultRecord {
  const { output, partial_output: partial, error } = original;
  const now = new Date(epochMs).toISOString();
  return {
    ...taskFacts(task),
    status: original.status,
    ...included,
    ...(output !== undefined && { output }),
    ...(partial !== undefined && { partial_output: partial }),
    ...(error && { error }),
    provider: original.provider,
    model: original.model,
    finish_reason: original.finish_reason,
    usage: original.usage && NO_TOKENS,
    cost_usd: 0,
    attempts: 0,
    retries: 0,
    shared_with: original.shared_with ?? original.id,
    queued_ms: 0,
    duration_ms: 0,
    started_at: now,
    finished_at: now,
    request_id: original.request_id,
    fingerprint: original.fingerprint,
  };
}
