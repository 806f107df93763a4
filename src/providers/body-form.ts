import { readErrorBody } from './error-body.ts';
import { isObject, type JsonObject } from './json-shape.ts';

/** The details of a request body that differ between servers and models of one wire format. */
export interface BodyForm {
  /** The field of Chat Completions that limits the answer. */
  readonly maxTokensField: string;
  /** Whether to forbid the server to store the answer. */
  readonly forbidsStorage: boolean;
  /** Whether to request usage at the end of a stream. */
  readonly asksForUsage: boolean;
  readonly streams: boolean;
  /** Whether to mark what should be cached. */
  readonly marksCache: boolean;
  /** Whether to ask why something was not read from the cache. */
  readonly asksForDiagnosis: boolean;
}

/** The server rejected a field that Volley chose: how to write the body instead, if possible. */
export function amendedForm(
  form: BodyForm,
  sent: JsonObject,
  refusal: { readonly status: number; readonly body: unknown },
): BodyForm | undefined {
  if (![400, 404, 422, 501].includes(refusal.status)) return undefined;
  const told = textOf(refusal.body);
  const refuses = (field: string): boolean => field in sent && isRefused(field, told);
  if (refuses(form.maxTokensField)) {
    const maxTokensField = OTHER_FIELD[form.maxTokensField];
    return maxTokensField === undefined ? undefined : { ...form, maxTokensField };
  }
  if (form.forbidsStorage && refuses('store')) return { ...form, forbidsStorage: false };
  if (form.asksForUsage && refuses('stream_options')) return { ...form, asksForUsage: false };
  if (form.asksForDiagnosis && DIAGNOSIS_FIELDS.some((field) => isRefused(field, told))) {
    return { ...form, asksForDiagnosis: false };
  }
  if (form.marksCache && CACHE_FIELDS.some((field) => isRefused(field, told))) {
    return { ...form, marksCache: false };
  }
  if (form.streams && (refuses('stream') || /\bstreaming\b[^.]{0,40}\bnot\b/iu.test(told))) {
    return { ...form, streams: false };
  }
  return undefined;
}

const DIAGNOSIS_FIELDS = ['diagnostics', 'comparison_response_id'];

/** Some of these are deep inside a request. */
const CACHE_FIELDS = [
  'cache_control',
  'prompt_cache_breakpoint',
  'prompt_cache_key',
  'prompt_cache_options',
];

/** OpenAI's newer models require the one, most imitators know only the other. */
const OTHER_FIELD: Readonly<Record<string, string>> = {
  max_tokens: 'max_completion_tokens',
  max_completion_tokens: 'max_tokens',
};

/** Whether an error names the field and calls it unknown, as opposed to an invalid value. */
function isRefused(field: string, told: string): boolean {
  return new RegExp(`\\b${field}\\b`, 'u').test(told) && UNKNOWN_HERE.test(told);
}

const UNKNOWN_HERE =
  /unsupported[_ ](?:parameter|field|argument|value)|unknown[_ ](?:parameter|field|argument|name)|unrecogni[sz]ed|extra_forbidden|extra (?:inputs|fields|keys)|additional propert|unexpected (?:keyword|argument|field|parameter|property)|not (?:supported|permitted|allowed|recogni[sz]ed|available)|cannot find field/iu;

/** All text of an error: fields are named in a message, in `param`, or in a list of locations. */
function textOf(body: unknown): string {
  const { message = '', words } = readErrorBody(body);
  const whole = isObject(body) || Array.isArray(body) ? JSON.stringify(body) : '';
  return `${message} ${[...words].join(' ')} ${whole}`.slice(0, 16_384);
}
