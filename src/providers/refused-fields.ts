import type { PromptRequest } from '../plan/task.ts';
import { readErrorBody } from './error-body.ts';
import { isObject, type JsonObject } from '../ports/json-shape.ts';
import { isOpenaiHost } from './provider-address.ts';
import type { ResolvedProvider } from './resolve-providers.ts';

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

/** The body forms that a provider's servers accept. */
export interface BodyForms {
  formFor(request: PromptRequest): BodyForm;
  /**
   * Learns from a rejected request. Returns true if the next body is different, so that the request
   * is worth sending again.
   */
  amend(model: string, sent: Sent, refusal: { status: number; body: unknown }): boolean;
  /** Call this if a connection was cut after a long silence: from then on, answers are streamed. */
  wasCut(): void;
}

interface Sent {
  readonly form: BodyForm;
  readonly body: JsonObject;
}

/**
 * Above this, Anthropic's SDKs refuse to wait for a whole answer, because it can take over ten
 * minutes.
 */
const MOST_TOKENS_WITHOUT_STREAM = 21_333;

export function createBodyForms(
  endpoint: Pick<ResolvedProvider, 'host' | 'type' | 'maxTokensField' | 'stream'>,
): BodyForms {
  const { maxTokensField, stream = 'auto', host, type } = endpoint;
  const first: BodyForm = {
    // OpenAI's newer models reject `max_tokens`; most imitators accept nothing else.
    maxTokensField: maxTokensField ?? (isOpenaiHost(host) ? 'max_completion_tokens' : 'max_tokens'),
    forbidsStorage: true,
    asksForUsage: true,
    streams: stream !== 'never',
    marksCache: true,
    asksForDiagnosis: true,
  };
  const byModel = new Map<string, BodyForm>();
  /** Fields already changed, per model. Each changes once, so that rejections cannot alternate. */
  const changed = new Set<string>();
  let isCut = false;

  function wantsStream({ parameters: { maxTokens = 0 } }: PromptRequest): boolean {
    if (stream === 'always' || isCut) return true;
    return type === 'anthropic' && maxTokens > MOST_TOKENS_WITHOUT_STREAM;
  }

  return {
    formFor(request) {
      const form = byModel.get(request.model.model) ?? first;
      return form.streams && !wantsStream(request) ? { ...form, streams: false } : form;
    },
    amend(model, sent, refusal) {
      const current = byModel.get(model) ?? first;
      const next = amendedForm(sent.form, sent.body, refusal);
      const key = next && FIELDS.find((field) => next[field] !== sent.form[field]);
      if (next === undefined || key === undefined) return false;
      // Another request was already rejected for the same reason.
      if (current[key] === next[key]) return true;
      if (changed.has(`${model} ${key}`)) return false;
      if (key === 'maxTokensField' && maxTokensField !== undefined) return false;
      changed.add(`${model} ${key}`);
      byModel.set(model, { ...current, [key]: next[key] });
      return true;
    },
    wasCut() {
      isCut = stream === 'auto';
    },
  };
}

const FIELDS = [
  'maxTokensField',
  'forbidsStorage',
  'asksForUsage',
  'streams',
  'marksCache',
  'asksForDiagnosis',
] as const;

/** Another way to write a field that the server rejected; undefined if there is none. */
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

/** Some of these fields are deep inside a request. */
const CACHE_FIELDS = [
  'cache_control',
  'prompt_cache_breakpoint',
  'prompt_cache_key',
  'prompt_cache_options',
];

/** OpenAI's newer models require one of these; most imitators know only the other. */
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
