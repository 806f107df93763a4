import type { PromptRequest } from '../plan/task.ts';
import type { AttemptFailure } from './provider.ts';

/** How many times a request is tried on the flex tier before it is sent on the standard one. */
export const MOST_FLEX_OFFERS = 5;

const TIER = 'service_tier';

/** The request on the slower, cheaper tier, unless its `params` name a tier. */
export function atFlexTier(request: PromptRequest): PromptRequest {
  const { params = {} } = request.parameters;
  if (TIER in params) return request;
  return {
    ...request,
    parameters: { ...request.parameters, params: { ...params, [TIER]: 'flex' } },
  };
}

/** The request on the standard tier, with other changes kept. */
export function atStandardTier(sending: PromptRequest, request: PromptRequest): PromptRequest {
  const { params: _, ...others } = sending.parameters;
  const own = request.parameters.params;
  return { ...sending, parameters: { ...others, ...(own && { params: own }) } };
}

/**
 * The meaning of a failure on the flex tier. `full`: no capacity right now, which is not a limit of
 * this account. `unknown`: the server or the model does not have the tier.
 */
export function flexRefusal(
  { sending, request }: { readonly sending: PromptRequest; readonly request: PromptRequest },
  failure: AttemptFailure | undefined,
): 'full' | 'unknown' | undefined {
  const isOurs = sending.parameters.params?.[TIER] !== request.parameters.params?.[TIER];
  if (!isOurs || !failure) return undefined;
  if (failure.code === 'OVERLOADED' && failure.httpStatus === 429) return 'full';
  const isOfTier = failure.parameter === TIER || /service[_ ]tier|flex/i.test(failure.message);
  return failure.code === 'BAD_REQUEST' && isOfTier ? 'unknown' : undefined;
}
