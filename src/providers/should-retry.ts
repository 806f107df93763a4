import { CLOUD_HINTS } from './cloud-signing.ts';
import type { FailureContext } from './failure-context.ts';
import { stopsProvider } from './failures-that-stop-lanes.ts';
import type { AttemptFailure, ResponseHeaders } from './provider.ts';
import { isForGood, mayBePaid, type Reason } from './vendor-errors.ts';

/** Most failures of a single task: whether to retry, and whether the provider may charge. */
export const RETRY = { retryable: true, reach: 'task', possiblyPaid: true } as const;
export const RETRY_UNPAID = { ...RETRY, possiblyPaid: false } as const;
export const FINAL = { ...RETRY, retryable: false } as const;
export const FINAL_UNPAID = { ...FINAL, possiblyPaid: false } as const;

type Kind = Pick<AttemptFailure, 'retryable' | 'reach' | 'possiblyPaid' | 'maxRetries'> & {
  readonly code: Reason;
};

/**
 * Whether a request that failed for this reason should be sent again, what else the failure stops,
 * and whether the provider may charge for it. `x-should-retry` is obeyed, except for errors that
 * must never be retried.
 */
export function reactionTo(reason: Reason, status: number, headers: ResponseHeaders): Kind {
  const kind = kindOf(reason, status);
  const wish = headers['x-should-retry'];
  if (wish === 'false') return { ...kind, retryable: false };
  const isUncertain = kind.code === 'BAD_REQUEST' || kind.code === 'SERVER_ERROR';
  if (wish !== 'true' || kind.retryable || !isUncertain || NEVER_AGAIN.has(status)) return kind;
  return { ...kind, code: 'SERVER_ERROR', retryable: true };
}

/** Statuses that are never retried, whatever the server says. */
const NEVER_AGAIN = new Set([400, 401, 402, 403, 404, 413, 422]);

function kindOf(code: Reason, status: number): Kind {
  const { hint: _, ...kind } = JUDGMENTS[code];
  if (stopsProvider(code)) return { code, ...kind, reach: 'provider' };
  if (code !== 'SERVER_ERROR') return { code, ...kind };
  return isForGood(status)
    ? { code, ...FINAL_UNPAID }
    : { code, ...RETRY, possiblyPaid: mayBePaid(status) };
}

export function schemaHint({
  provider,
  model,
}: Pick<FailureContext, 'provider' | 'model'>): string {
  return `if \`${model}\` does not accept a schema, set \`structured_output: prompt\` for \`${provider}\``;
}

/** What to do about a failure for this reason. */
export function hintFor(reason: Reason, context: FailureContext): string {
  return JUDGMENTS[reason].hint(context);
}

interface Judgment extends Omit<Kind, 'code'> {
  readonly hint: (context: FailureContext) => string;
}

export const SCHEMA_HINT =
  'loosen the schema, say in the prompt what belongs where, or choose another model';
export const TIMEOUT_HINT = 'raise `timeout` or lower `max_tokens`';

const TROUBLE = {
  ...RETRY_UNPAID,
  reach: 'lane',
  hint: () => 'server error: send the failed tasks again later with `--retry-failed`',
} as const;

/** What follows from each reason, and what to do about it. */
const JUDGMENTS: Readonly<Record<Reason, Judgment>> = {
  AUTH: {
    ...FINAL_UNPAID,
    hint: ({ provider, keyVariable, keyHint, credential }) =>
      keyHint !== undefined
        ? keyHint
        : credential !== undefined
          ? CLOUD_HINTS[credential]
          : keyVariable === undefined
            ? `this server requires a key: set \`api_key_env\` of \`${provider}\` to the name of the variable that holds it`
            : `check the key in \`${keyVariable}\`: it may be mistyped, revoked or from another account`,
  },
  QUOTA_EXHAUSTED: {
    ...FINAL_UNPAID,
    hint: ({ provider }) =>
      `your \`${provider}\` account is out of credit or has reached its spending limit: top it up or raise the limit, then run again`,
  },
  FORBIDDEN: {
    ...FINAL_UNPAID,
    hint: ({ provider, model, keyVariable }) =>
      keyVariable === undefined
        ? `\`${provider}\` does not let this machine use \`${model}\``
        : `the key in \`${keyVariable}\` is not allowed to use \`${model}\` from here: check its project, permissions and region`,
  },
  NOT_FOUND: {
    ...FINAL_UNPAID,
    hint: ({ provider, model, lacksPath }) =>
      `check the model's name \`${model}\` and the base URL of \`${provider}\`${lacksPath ? ': most servers need `/v1` at the end' : ''}`,
  },
  BAD_REQUEST: {
    ...FINAL_UNPAID,
    hint: ({ provider, model, extras }) =>
      extras?.attachments
        ? `\`${model}\` might not accept these attachments: choose a model that does, or leave them out`
        : extras?.schema
          ? schemaHint({ provider, model })
          : `\`${provider}\` refused the request as sent: check the task's parameters`,
  },
  SCHEMA_MISMATCH: { ...RETRY, maxRetries: 1, hint: () => SCHEMA_HINT },
  CONTEXT_TOO_LONG: {
    ...FINAL_UNPAID,
    hint: () => 'shorten the prompt or the context, or choose a model with a larger window',
  },
  TOO_LARGE: {
    ...FINAL_UNPAID,
    hint: () => 'send less in one task: split its input or shorten the context',
  },
  CONTENT_FILTERED: {
    ...FINAL_UNPAID,
    hint: () => "the provider's filter stopped it: reword the prompt or leave this input out",
  },
  RATE_LIMITED: {
    ...RETRY_UNPAID,
    reach: 'lane',
    hint: ({ provider }) =>
      `declare what the account allows, or less, under \`providers.${provider}.limits\``,
  },
  TIMEOUT: { ...RETRY, hint: () => TIMEOUT_HINT },
  OVERLOADED: TROUBLE,
  SERVER_ERROR: TROUBLE,
};
