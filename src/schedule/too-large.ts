import type { Failure } from '../errors/failure.ts';
import type { Mirror } from './mirror.ts';
import type { unfitLimit } from './windows.ts';

/** For a request that no declared limit's whole window has room for. */
export function tooLarge({
  limit,
  needs,
  amount,
}: NonNullable<ReturnType<typeof unfitLimit>>): Failure {
  const what = limit.endsWith('tpm') ? `about ${needs} input tokens` : `${needs} request`;
  return {
    code: 'TOO_LARGE',
    message: `the request needs ${what}, more than the whole \`${limit}\` limit of ${amount}`,
    retryable: false,
    hint: `shorten the prompt or its context, or raise \`${limit}\` if the provider allows more`,
  };
}

/**
 * For a request that was refused and is larger than all that an announced limit lets through in its
 * span; undefined when it may still fit. Ask only then: how large it is, is a guess until it was refused.
 */
export function tooLargeAsAnnounced(
  mirrors: readonly Mirror[],
  inputTokens: number,
): Failure | undefined {
  for (const { kind, limit } of mirrors) {
    if ((kind !== 'input_tokens' && kind !== 'tokens') || inputTokens <= limit) continue;
    return {
      code: 'TOO_LARGE',
      message: `the request needs about ${inputTokens} input tokens, more than the whole limit of ${limit} that the provider announces, and was refused`,
      retryable: false,
      hint: 'shorten the prompt or its context, or ask the provider for a higher limit',
    };
  }
  return undefined;
}
