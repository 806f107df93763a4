import type { PromptRequest } from '../plan/task.ts';
import type { BatchCalls } from './batch-call.ts';
import type { Dialect } from './dialect.ts';
import type { JsonObject } from './json-shape.ts';
import type { AttemptOutcome } from './provider.ts';
import { outcomeOf } from './replies.ts';

/** What a row of a batch amounts to, as if its body had answered a request of its own. Errors are not charged. */
export function judgedRow(
  row: {
    readonly status: number;
    readonly body: JsonObject;
    readonly requestId: string | undefined;
  },
  options: {
    readonly dialect: Dialect;
    readonly calls: BatchCalls;
    /** Undefined: it is not known any more. */
    readonly request: PromptRequest | undefined;
  },
): AttemptOutcome {
  const { status, body, requestId } = row;
  const { dialect, calls, request = NO_REQUEST } = options;
  const context = calls.context(request.model.model);
  const headers = requestId === undefined ? {} : { [dialect.requestIdHeader]: requestId };
  const exchange = { ok: true, status, headers, text: JSON.stringify(body) } as const;
  const outcome = outcomeOf(exchange, dialect, { context, request, continuation: undefined });
  if (outcome.kind === 'answered') {
    const { answer } = outcome;
    return { ...outcome, answer: { ...answer, text: context.redact(answer.text) } };
  }
  if (outcome.kind !== 'failed') return outcome;
  const { failure } = outcome;
  return {
    ...outcome,
    failure: {
      ...failure,
      message: context.redact(failure.message),
      ...(failure.partialOutput !== undefined && {
        partialOutput: context.redact(failure.partialOutput),
      }),
      ...((status >= 400 || failure.usage === undefined) && { possiblyPaid: false }),
    },
  };
}

const NO_REQUEST: PromptRequest = {
  model: { provider: '', model: '' },
  context: undefined,
  system: undefined,
  prompt: '',
  parameters: {},
};
