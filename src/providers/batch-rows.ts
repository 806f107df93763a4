import type { PromptRequest } from '../plan/task.ts';
import type { BatchCalls } from './batch-call.ts';
import type { Dialect } from './dialect.ts';
import type { JsonObject } from './json-shape.ts';
import type { AttemptOutcome } from './provider.ts';
import { outcomeOf, redacted } from './replies.ts';

/** The outcome of a row, as if its body had answered a single request. Errors are not charged. */
export function judgedRow(
  row: {
    readonly status: number;
    readonly body: JsonObject;
    readonly requestId: string | undefined;
  },
  options: {
    readonly dialect: Dialect;
    readonly calls: BatchCalls;
    /** Undefined if it is no longer known. */
    readonly request: PromptRequest | undefined;
  },
): AttemptOutcome {
  const { status, body, requestId } = row;
  const { dialect, calls, request = NO_REQUEST } = options;
  const context = calls.context(request.model.model);
  const headers = requestId === undefined ? {} : { [dialect.requestIdHeader]: requestId };
  const exchange = { ok: true, status, headers, text: JSON.stringify(body) } as const;
  const outcome = redacted(
    outcomeOf(exchange, dialect, { context, request, continuation: undefined }),
    context.redact,
  );
  const isUnpaid =
    outcome.kind === 'failed' && (status >= 400 || outcome.failure.usage === undefined);
  return isUnpaid ? { ...outcome, failure: { ...outcome.failure, possiblyPaid: false } } : outcome;
}

const NO_REQUEST: PromptRequest = {
  model: { provider: '', model: '' },
  context: undefined,
  system: undefined,
  prompt: '',
  parameters: {},
};
