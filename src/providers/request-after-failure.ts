import { withCorrection } from '../plan/schema-prompt.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { AttemptFailure } from './provider.ts';

interface Request {
  /** As rendered. */
  readonly request: PromptRequest;
  /** What was sent last. */
  readonly sending: PromptRequest;
  /** The answer that was cut off, once `max_tokens` has grown for it. */
  readonly truncated: AttemptFailure | undefined;
}

/** A failure as the task's own settings judge it: an answer that was cut off may be asked for again. */
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

/** What is sent after a failure: the same again, unless the failure says what to change. */
export function requestAfter(
  failure: AttemptFailure,
  { request, sending }: Request,
): PromptRequest {
  if (failure.code === 'TRUNCATED') return grown(sending, request.growsTo);
  if (failure.misfit === undefined) return sending;
  return { ...withCorrection(request, failure.misfit), parameters: sending.parameters };
}

/** The most expensive request that a task may send. */
export function dearestRequest(request: PromptRequest): PromptRequest {
  const longest = request.schema ? withCorrection(request, LONGEST_MISFIT) : request;
  return grown(longest, request.growsTo);
}

/** Far more tokens than the 500 characters of a problem can be. */
const LONGEST_MISFIT = '\u{13000}'.repeat(500);

function grown(request: PromptRequest, maxTokens: number | undefined): PromptRequest {
  if (maxTokens === undefined) return request;
  return { ...request, parameters: { ...request.parameters, maxTokens } };
}
