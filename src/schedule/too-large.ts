import type { Failure } from '../errors/failure.ts';
import type { AnnouncedBucket, DeclaredBucket } from '../pace/bucket.ts';

/** For a request that no declared limit's whole window has room for. */
export function tooLarge({ name, kind, amount }: DeclaredBucket, promptTokens: number): Failure {
  const isInput = kind === 'tokens' || kind === 'input_tokens';
  return larger({
    what: isInput ? inputTokens(promptTokens) : '1 request',
    than: `the whole \`${name}\` limit of ${amount}`,
    instead: `raise \`${name}\` if the provider allows more`,
  });
}

/**
 * For a request that was refused and is larger than all that an announced limit lets through in its
 * span; undefined when it may still fit. Ask only then: how large it is, is a guess until it was refused.
 */
export function tooLargeAsAnnounced(
  announced: readonly AnnouncedBucket[],
  tokens: number,
): Failure | undefined {
  const bucket = announced.find(
    ({ kind, limit }) => (kind === 'input_tokens' || kind === 'tokens') && tokens > limit,
  );
  if (!bucket) return undefined;
  return larger({
    what: inputTokens(tokens),
    than: `the provider's whole announced limit of ${bucket.limit}, and was refused`,
    instead: 'ask the provider for a higher limit',
  });
}

function larger(words: {
  readonly what: string;
  readonly than: string;
  readonly instead: string;
}): Failure {
  return {
    code: 'TOO_LARGE',
    message: `the request needs ${words.what}, more than ${words.than}`,
    retryable: false,
    hint: `shorten the prompt or its context, or ${words.instead}`,
  };
}

function inputTokens(count: number): string {
  return `about ${count} input tokens`;
}
