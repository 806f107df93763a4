import type { PromptRequest } from '../plan/task.ts';
import type { AttemptFailure } from './provider.ts';

/** How often a request is offered at the flex tier before it goes at the standard one. */
export const MOST_FLEX_OFFERS = 5;

const TIER = 'service_tier';

/** The request at the slower and cheaper tier, unless it names one itself. */
export function atFlexTier(request: PromptRequest): PromptRequest {
  const { params = {} } = request.parameters;
  if (TIER in params) return request;
  return {
    ...request,
    parameters: { ...request.parameters, params: { ...params, [TIER]: 'flex' } },
  };
}

/** The same at the standard tier, whatever else became of it. */
export function atStandardTier(sending: PromptRequest, request: PromptRequest): PromptRequest {
  const { params: _, ...others } = sending.parameters;
  const own = request.parameters.params;
  return { ...sending, parameters: { ...others, ...(own && { params: own }) } };
}

/**
 * What a failure of a request that was put at the flex tier means. `full`: there is no room now. It does not limit
 * what this account sends. `unknown`: the server or its model has no such tier.
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
