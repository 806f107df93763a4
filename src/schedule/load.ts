import { roughTokens } from '../plan/rough-tokens.ts';
import type { PromptRequest } from '../plan/task.ts';
import { estimateOutputTokens } from './estimate.ts';
import type { LaneRun } from './lane-run.ts';
import type { LaneState } from './lane-state.ts';
import type { RenderedProgress } from './progress.ts';
import type { Load } from './windows.ts';

/** What a task may weigh, by what is known of its lane's answers now. */
export function loadNow({ sending, inputTokens }: RenderedProgress, lane: LaneRun): Load {
  const { maxTokens } = sending.parameters;
  return {
    promptTokens: inputTokens,
    inputTokens: inputTokens - cachedTokens(sending, lane.state),
    outputTokens: estimateOutputTokens(maxTokens, lane.state.outputMean),
    maxOutputTokens: maxTokens,
  };
}

/** Tokens that are expected to be read from a cache, where these do not count. */
function cachedTokens({ context }: PromptRequest, { policy, cacheHits }: LaneState): number {
  if (policy.countsCacheReads || cacheHits.value === 0) return 0;
  return Math.floor(cacheHits.value * roughTokens(context));
}
