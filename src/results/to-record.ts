import type { Answer, AttemptFailure, Usage } from '../providers/provider.ts';
import type { Failure } from '../errors/failure.ts';
import { wellFormed } from '../ports/well-formed.ts';
import type { TaskOutcome, Try } from '../outcome/task-outcome.ts';
import { taskFacts, type Included } from './task-facts.ts';
import type { RecordError, RecordTry, RecordUsage, ResultRecord } from './record.ts';

/**
 * The record of an ended task. Keys are in the order of writing. Strings are well-formed, so
 * writing does not change them.
 */
export function toRecord(outcome: TaskOutcome, included: Included = {}): ResultRecord {
  const { task, result } = outcome;
  const ending =
    result.status === 'succeeded'
      ? fromAnswer(result.answer)
      : fromFailure(result.failure, outcome.partialOutput);
  return wellFormed({
    ...taskFacts(task),
    status: result.status,
    ...included,
    ...ending.content,
    provider: outcome.model.provider,
    model: outcome.model.model,
    ...(outcome.tried.length > 0 && { tried: outcome.tried.map(toRecordTry) }),
    finish_reason: ending.finishReason ?? null,
    usage: outcome.usage ? toRecordUsage(outcome.usage) : null,
    ...(outcome.usage?.isEstimated && { usage_estimated: true }),
    cost_usd: outcome.costUsd,
    attempts: outcome.attempts,
    retries: Math.max(0, outcome.attempts - 1),
    ...(outcome.batchId !== undefined && { mode: 'batch', batch_id: outcome.batchId }),
    ...(outcome.possiblyPaidAttempts > 0 && {
      possibly_paid_attempts: outcome.possiblyPaidAttempts,
    }),
    ...(outcome.possiblyPaidUsd !== null &&
      outcome.possiblyPaidUsd > 0 && { possibly_paid_usd: outcome.possiblyPaidUsd }),
    queued_ms: wholeMs(outcome.queuedMs),
    duration_ms: wholeMs(outcome.durationMs),
    ...waitedIn(outcome),
    started_at: new Date(outcome.startedAtEpochMs).toISOString(),
    finished_at: new Date(outcome.finishedAtEpochMs).toISOString(),
    request_id: ending.requestId ?? null,
    fingerprint: outcome.fingerprint ?? null,
  });
}

function waitedIn({ waitedMs }: TaskOutcome): Pick<ResultRecord, 'waited'> {
  const waits = Object.entries(waitedMs)
    .map(([reason, ms]) => [reason, wholeMs(ms)] as const)
    .filter(([, ms]) => ms > 0);
  return waits.length > 0 ? { waited: Object.fromEntries(waits) } : {};
}

interface Ending {
  readonly content: Pick<ResultRecord, 'output' | 'partial_output' | 'error'>;
  readonly finishReason: string | undefined;
  readonly requestId: string | undefined;
}

function fromAnswer(answer: Answer): Ending {
  return {
    content: { output: answer.value === undefined ? answer.text : answer.value },
    finishReason: answer.finishReason,
    requestId: answer.requestId,
  };
}

function fromFailure(failure: Failure | AttemptFailure, earlierOutput: string | undefined): Ending {
  const attempt = 'reach' in failure ? failure : undefined;
  const partialOutput = attempt?.partialOutput ?? earlierOutput;
  return {
    content: {
      ...(partialOutput && { partial_output: partialOutput }),
      error: toRecordError(failure),
    },
    finishReason: attempt?.finishReason,
    requestId: attempt?.requestId,
  };
}

function toRecordError(failure: Failure): RecordError {
  return {
    code: failure.code,
    message: failure.message,
    http_status: failure.httpStatus ?? null,
    retryable: failure.retryable,
    hint: failure.hint ?? null,
  };
}

function toRecordTry({ model, failure, attempts, costUsd }: Try): RecordTry {
  return {
    provider: model.provider,
    model: model.model,
    attempts,
    cost_usd: costUsd,
    error: {
      code: failure.code,
      message: failure.message,
      http_status: failure.httpStatus ?? null,
    },
  };
}

export function toRecordUsage(usage: Usage): RecordUsage {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  return {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cache_read_tokens: cacheReadTokens,
    cache_write_tokens: cacheWriteTokens,
    reasoning_tokens: usage.reasoningTokens,
    total_tokens: inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens,
  };
}

function wholeMs(ms: number): number {
  return Math.max(0, Math.round(ms));
}
