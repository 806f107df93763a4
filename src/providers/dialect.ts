import { insteadOfParam } from '../manifest/forbidden-params.ts';
import type { BodyForm } from './body-form.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { CacheMarks } from '../prefix/marks.ts';
import { isObject, type JsonObject } from './json-shape.ts';
import type { AttemptFailure, Continuation } from './provider.ts';
import type { ReportedUsage } from './usage.ts';

/** One wire format: pure translation of requests and answers, without any network. */
export interface Dialect {
  encode(
    request: PromptRequest,
    options: {
      readonly continuation: Continuation | undefined;
      readonly form: BodyForm;
      /** What is to be cached; absent: nothing. */
      readonly marks?: CacheMarks | undefined;
    },
  ): Encoded;
  /** Reads the body of a 200. */
  decode(body: JsonObject, continuation: Continuation | undefined): Decoded;
  /** Header that carries the request's id. */
  readonly requestIdHeader: string;
}

export type Encoded =
  | { readonly ok: true; readonly body: JsonObject }
  | { readonly ok: false; readonly failure: AttemptFailure };

export type Decoded =
  | Reading
  /** It has no answer where one should be. */
  | { readonly kind: 'misshapen'; readonly message: string };

/** What an answer holds, in words that all wires share. */
export interface Reading {
  readonly kind: 'read';
  readonly text: string;
  /** What the model wrote while it was thinking, where that comes apart from the text. */
  readonly reasoning: string;
  /** The vendor's word for why it ended; undefined when there is none. */
  readonly word: string | undefined;
  readonly usage: ReportedUsage;
  /** What the model said when it refused, in a field of its own. */
  readonly refusal?: string | undefined;
  /** What the model wants a tool to be given, as JSON; an empty text when it does not say. */
  readonly toolInput?: string | undefined;
  /** What to send along where the server interrupts its turn. */
  readonly continuation?: Continuation;
}

/**
 * The body with the task's own `params` added, and maps such as `text` or `output_config` merged. What
 * is in the body already stays: what was checked and priced is what is sent.
 */
export function encoded(request: PromptRequest, body: JsonObject): Encoded {
  const { params } = request.parameters;
  if (params === undefined) return { ok: true, body };
  const whole: Record<string, unknown> = { ...body };
  for (const [key, value] of Object.entries(params)) {
    const hint = insteadOfParam(key);
    if (hint !== undefined) return refused(`\`params\` may not hold \`${key}\``, hint);
    const own = body[key];
    const isMerged = isObject(own) && isObject(value);
    const inside = isMerged ? Object.keys(value).find((name) => name in own) : undefined;
    if (own !== undefined && (!isMerged || inside !== undefined)) {
      const name = inside === undefined ? key : `${key}.${inside}`;
      return refused(
        `\`params\` may not hold \`${name}\`, which the task has set`,
        'keep one of the two',
      );
    }
    whole[key] = isMerged ? { ...own, ...value } : value;
  }
  return { ok: true, body: whole };
}

/** A request that is not sent, for no server would take it. */
export function refused(message: string, hint: string): Encoded {
  return {
    ok: false,
    failure: {
      code: 'BAD_REQUEST',
      message,
      hint,
      retryable: false,
      reach: 'task',
      possiblyPaid: false,
    },
  };
}

/** The shared prefix and the task's own system text as one, prefix first so that it can be cached. */
export function joinedInstructions(request: PromptRequest): string | undefined {
  const parts = [request.context, request.system].filter(isText);
  return parts.length > 0 ? parts.join('\n\n') : undefined;
}

export function isText(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}

/** Only the fields that have a value: nothing is sent that the manifest does not name. */
export function present(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A schema as both of OpenAI's wires want it; the name is theirs to ask for and says nothing. */
export function strictSchema(schema: JsonObject): JsonObject {
  return { name: 'answer', strict: true, schema };
}
