import type { Failure } from '../errors/failure.ts';
import { weightIn } from '../pace/tokens-per-limit.ts';
import type { AnnouncedBucket, DeclaredBucket } from '../pace/bucket.ts';

/** For a prompt that will never fit within some declared limit, however long it waits. */
export function tooLarge(
  declared: readonly DeclaredBucket[],
  promptTokens: number,
): Failure | undefined {
  // The length of the answer is a guess, so no request is refused because of it.
  const tokens = { inputTokens: promptTokens, outputTokens: 0 };
  for (const { name, kind, amount } of declared) {
    if ((kind === 'output_tokens' ? 1 : weightIn(kind, tokens)) <= amount) continue;
    const isInput = kind === 'tokens' || kind === 'input_tokens';
    return larger({
      what: isInput ? `about ${promptTokens} input tokens` : '1 request',
      than: `the whole \`${name}\` limit of ${amount}`,
      instead: `raise \`${name}\` if the provider allows more`,
    });
  }
  return undefined;
}

/** For a prompt over an announced limit. Only after a refusal: the size is a guess until then. */
export function tooLargeAsAnnounced(
  announced: readonly AnnouncedBucket[],
  tokens: number,
): Failure | undefined {
  const bucket = announced.find(
    ({ kind, limit }) => (kind === 'input_tokens' || kind === 'tokens') && tokens > limit,
  );
  if (!bucket) return undefined;
  return larger({
    what: `about ${tokens} input tokens`,
    than: `the provider's whole announced limit of ${bucket.limit}, and was refused`,
    instead: 'ask the provider for a higher limit',
  });
}

function larger({ what, than, instead }: Record<'what' | 'than' | 'instead', string>): Failure {
  return {
    code: 'TOO_LARGE',
    message: `the request needs ${what}, more than ${than}`,
    retryable: false,
    hint: `shorten the prompt or its context, or ${instead}`,
  };
}
