import { withCorrection } from '../plan/schema-prompt.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { AttemptFailure } from '../providers/provider.ts';
import type { RenderedProgress } from './progress.ts';

/** What is sent after a failure: the same again, unless the failure says what to change. */
export function requestAfter(
  { misfit }: AttemptFailure,
  { request, sending }: Pick<RenderedProgress, 'request' | 'sending'>,
): PromptRequest {
  return misfit === undefined ? sending : withCorrection(request, misfit);
}

/** As dear as any request that a task may come to. */
export function dearestRequest(request: PromptRequest): PromptRequest {
  return request.schema ? withCorrection(request, LONGEST_MISFIT) : request;
}

/** Far more tokens than the 500 characters of a problem can be. */
const LONGEST_MISFIT = '\u{13000}'.repeat(500);
