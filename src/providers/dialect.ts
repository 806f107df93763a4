import { FINAL_UNPAID } from './should-retry.ts';
import { insteadOfParam } from '../manifest/forbidden-params.ts';
import type { BodyForm } from './refused-fields.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { CacheMarks } from '../prefix/cache-marks.ts';
import { isObject, type JsonObject } from '../ports/json-shape.ts';
import type { AttemptFailure, Continuation } from './provider.ts';
import type { ReportedUsage } from './usage.ts';

/** One wire format: translates requests and answers, without any network. */
export interface Dialect {
  encode(
    request: PromptRequest,
    options: {
      readonly continuation: Continuation | undefined;
      readonly form: BodyForm;
      /** What to cache; nothing if absent. */
      readonly marks?: CacheMarks | undefined;
    },
  ): Encoded;
  /** Reads the body of a successful response. */
  decode(body: JsonObject, continuation: Continuation | undefined): Decoded;
  /** The header with the request's id. */
  readonly requestIdHeader: string;
}

export type Encoded =
  | { readonly ok: true; readonly body: JsonObject }
  | { readonly ok: false; readonly failure: AttemptFailure };

export type Decoded =
  | Reading
  /** The body contains no answer where there should be one. */
  | { readonly kind: 'misshapen'; readonly message: string };

/** The content of an answer, the same for all wire formats. */
export interface Reading {
  readonly kind: 'read';
  readonly text: string;
  /** The model's thoughts, if they are separate from the text. */
  readonly reasoning: string;
  /** The vendor's word for why the answer ended, if any. */
  readonly word: string | undefined;
  readonly usage: ReportedUsage;
  /** The text of a refusal, if that is a separate field. */
  readonly refusal?: string | undefined;
  /** The input that the model gives to a tool, as JSON; empty if it gives none. */
  readonly toolInput?: string | undefined;
  /** What the next request must include if the model pauses its turn. */
  readonly continuation?: Continuation;
}

/**
 * The body with the task's `params` added, merging objects such as `text` or `output_config`.
 * `params` cannot replace anything, so the request that is sent is the one that was checked and
 * priced.
 */
export function encoded(request: PromptRequest, body: JsonObject): Encoded {
  const { params } = request.parameters;
  if (params === undefined) return { ok: true, body };
  const whole: Record<string, unknown> = { ...body };
  for (const [key, value] of Object.entries(params)) {
    const hint = insteadOfParam(key);
    if (hint !== undefined) return refused(`\`params\` must not contain \`${key}\``, hint);
    const own = body[key];
    const isMerged = isObject(own) && isObject(value);
    const inside = isMerged ? Object.keys(value).find((name) => name in own) : undefined;
    if (own !== undefined && (!isMerged || inside !== undefined)) {
      const name = inside === undefined ? key : `${key}.${inside}`;
      return refused(
        `\`params\` must not contain \`${name}\`, which the task has set`,
        'keep one of the two',
      );
    }
    whole[key] = isMerged ? { ...own, ...value } : value;
  }
  return { ok: true, body: whole };
}

/** A request that is not sent, because servers would reject it. */
export function refused(message: string, hint: string): Encoded {
  return {
    ok: false,
    failure: {
      code: 'BAD_REQUEST',
      message,
      hint,
      ...FINAL_UNPAID,
    },
  };
}

/** The context and the task's own system text as one, context first so that it can be cached. */
export function joinedInstructions(request: PromptRequest): string | undefined {
  const parts = [request.context, request.system].filter(isText);
  return parts.length > 0 ? parts.join('\n\n') : undefined;
}

export function isText(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}

/** Drops fields without a value, so that only what the manifest contains is sent. */
export function present(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A schema for OpenAI's APIs. They require a name, which has no meaning. */
export function strictSchema(schema: JsonObject): JsonObject {
  return { name: 'answer', strict: true, schema };
}
