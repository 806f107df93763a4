import { withCorrection } from '../plan/schema-prompt.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { AttemptFailure } from './provider.ts';

interface Request {
  /** The request as rendered. */
  readonly request: PromptRequest;
  /** The last request that was sent. */
  readonly sending: PromptRequest;
  /** The truncated answer for which `max_tokens` was raised. */
  readonly truncated: AttemptFailure | undefined;
}

/** Applies the task's own settings to a failure: a truncated answer may be retried. */
export function judged(
  failure: AttemptFailure,
  { request, sending, truncated }: Request,
): AttemptFailure {
  const { growsTo } = request;
  const hasGrown = sending.parameters.maxTokens === growsTo;
  const mayGrow = growsTo !== undefined && !hasGrown && failure.fillsWindow !== true;
  if (failure.code === 'TRUNCATED' && mayGrow) {
    return { ...failure, retryable: true, maxRetries: 1 };
  }
  if (failure.code === 'BAD_REQUEST' && truncated && hasGrown) {
    const hint = `\`on_truncated: grow\` asked for \`max_tokens: ${growsTo}\`, which was refused: ${failure.message}`;
    return { ...truncated, hint, retryable: false };
  }
  return failure;
}

/** The request after a failure: the same, unless the failure says what to change. */
export function requestAfter(
  failure: AttemptFailure,
  { request, sending }: Request,
): PromptRequest {
  if (failure.code === 'TRUNCATED') return grown(sending, request.growsTo);
  if (failure.violation === undefined) return sending;
  return { ...withCorrection(request, failure.violation), parameters: sending.parameters };
}

/** The most expensive request that a task may send. */
export function dearestRequest(request: PromptRequest): PromptRequest {
  const longest = request.schema ? withCorrection(request, LONGEST_MISFIT) : request;
  return grown(longest, request.growsTo);
}

/** A problem of 500 characters never has this many tokens. */
const LONGEST_MISFIT = '\u{13000}'.repeat(500);

function grown(request: PromptRequest, maxTokens: number | undefined): PromptRequest {
  if (maxTokens === undefined) return request;
  return { ...request, parameters: { ...request.parameters, maxTokens } };
}
