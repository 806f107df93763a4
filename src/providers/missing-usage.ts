import { roughRequestTokens, roughTokens } from '../plan/estimate-input-tokens.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { Usage } from './provider.ts';
import { reportedUsage, type ReportedUsage } from './usage.ts';

/** The usage for an answer that reports none. */
export function estimatedUsage(request: PromptRequest, text: string): Usage {
  return completeUsage(reportedUsage({}), { request, text, reasoning: '', isFull: false });
}

/** The visible work behind an answer. */
interface AnswerWork {
  readonly request: PromptRequest;
  readonly text: string;
  /** The part of the model's reasoning that the answer shows. */
  readonly reasoning: string;
  /** It ended at `max_tokens`. */
  readonly isFull: boolean;
}

/**
 * The usage to count: the reported values, with estimates for missing ones and for impossible ones
 * (text without any tokens, or a total far above `max_tokens`).
 */
export function completeUsage(reported: ReportedUsage, work: AnswerWork): Usage {
  const { totalTokens, cacheReadTokens, cacheWriteTokens, cacheWriteLongTokens } = reported;
  const cached = cacheReadTokens + cacheWriteTokens;
  const given = reported.inputTokens;
  const isSilent = work.text + work.reasoning === '';
  const isInputKnown = given !== undefined && (given + cached > 0 || isSilent);
  const roughInput = Math.max(0, roughRequestTokens(work.request) - cached);
  const inputTokens = isInputKnown ? given : Math.min(roughInput, totalTokens ?? Infinity);
  const byTotal = totalTokens === undefined ? 0 : totalTokens - inputTokens - cached;
  const output = outputOf(reported, byTotal, work);
  return {
    inputTokens,
    outputTokens: output.tokens,
    cacheReadTokens,
    cacheWriteTokens,
    cacheWriteLongTokens: Math.min(cacheWriteLongTokens, cacheWriteTokens),
    reasoningTokens: Math.min(reported.reasoningTokens, output.tokens),
    ...(reported.tier !== undefined && { tier: reported.tier }),
    ...(isInputKnown && output.isKnown ? {} : { isEstimated: true }),
    ...(reported.cacheNote && { cacheNote: reported.cacheNote }),
  };
}

/** xAI and Gemini include reasoning in the total, but not in the output. */
function outputOf(
  reported: ReportedUsage,
  byTotal: number,
  work: AnswerWork,
): { readonly tokens: number; readonly isKnown: boolean } {
  const { outputTokens = 0 } = reported;
  const { maxTokens = Infinity } = work.request.parameters;
  const isPossible = byTotal <= Math.max(maxTokens, outputTokens);
  const tokens = isPossible ? Math.max(outputTokens, byTotal) : outputTokens;
  if (tokens > 0) return { tokens, isKnown: isPossible };
  const isSilent = work.text + work.reasoning === '' && reported.outputTokens !== undefined;
  return isSilent
    ? { tokens: 0, isKnown: isPossible }
    : { tokens: roughOutput(work), isKnown: false };
}

/** A model whose thoughts are hidden may have written up to `max_tokens`. */
function roughOutput({ request, text, reasoning, isFull }: AnswerWork): number {
  const { maxTokens = 0, reasoning: effort = 'none' } = request.parameters;
  const shown = Math.ceil(roughTokens(text + reasoning));
  const isHidden = effort !== 'none' && reasoning === '';
  return isFull || isHidden ? Math.max(shown, maxTokens) : shown;
}
