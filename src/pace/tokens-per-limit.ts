import type { LimitKind } from '../manifest/declared-limits.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { Pass } from '../prefix/cache-role.ts';
import type { Usage } from '../providers/provider.ts';
import type { TokenCounting } from '../providers/what-limits-count.ts';
import { estimateOutputTokens, type AnswerMean } from './estimate-output-tokens.ts';

/** The tokens of one request, as limits count them. */
export interface Load {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The whole prompt, if part of it is not expected to count. */
  readonly promptTokens?: number;
  /** The task's `max_tokens`, for providers that charge it when a request arrives. */
  readonly maxOutputTokens?: number | undefined;
}

/** What a request counts in a limit: `tokens` is a limit for input and output together. */
export function weightIn(kind: LimitKind, { inputTokens, outputTokens }: Load): number {
  if (kind === 'requests') return 1;
  if (kind === 'input_tokens') return inputTokens;
  return kind === 'output_tokens' ? outputTokens : inputTokens + outputTokens;
}

/** What a lane's answers have shown so far. */
export interface Expected {
  readonly policy: TokenCounting;
  readonly outputTokens: AnswerMean;
}

/** The load that a request is expected to cause. `pass`: what it should read from a cache. */
export function expectedLoad(
  { parameters }: PromptRequest,
  { inputTokens, pass }: { readonly inputTokens: number; readonly pass: Pass | undefined },
  { policy, outputTokens }: Expected,
): Load {
  const cached = policy.countsCacheReads ? 0 : Math.min(pass?.expectedRead ?? 0, inputTokens);
  return {
    promptTokens: inputTokens,
    inputTokens: inputTokens - cached,
    outputTokens: estimateOutputTokens(parameters.maxTokens, outputTokens),
    maxOutputTokens: parameters.maxTokens,
  };
}

/** The load of a request for declared limits: until the first answer, the most that it may use. */
export function declaredLoad({ outputTokens }: Expected, load: Load): Load {
  const most = outputTokens.answers > 0 ? undefined : load.maxOutputTokens;
  return most === undefined ? load : { ...load, outputTokens: most };
}

/** The load of a request for a server that announces limits. */
export function announcedLoad({ policy }: Expected, load: Load): Load {
  if (!policy.countsMaxTokens || load.maxOutputTokens === undefined) return load;
  return { ...load, outputTokens: Math.max(load.outputTokens, load.maxOutputTokens) };
}

/** The load of a request with this usage. Tokens written to a cache count as input everywhere. */
export function usedLoad(usage: Usage, options: { readonly countsCacheReads: boolean }): Load {
  const cached = options.countsCacheReads ? usage.cacheReadTokens : 0;
  return {
    inputTokens: usage.inputTokens + usage.cacheWriteTokens + cached,
    outputTokens: usage.outputTokens,
  };
}
