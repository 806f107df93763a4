import type { PromptRequest } from '../plan/task.ts';
import { isOpenaiHost } from './address.ts';
import { amendedForm, type BodyForm } from './body-form.ts';
import type { JsonObject } from './json-shape.ts';
import type { ResolvedProvider } from './resolve.ts';

/** The forms in which one provider's requests are written, as its servers turn out to want them. */
export interface BodyForms {
  formFor(request: PromptRequest): BodyForm;
  /**
   * Takes note of a refusal of a request. True when the next is written another way, so that the
   * request is worth sending again.
   */
  amend(model: string, sent: Sent, refusal: { status: number; body: unknown }): boolean;
  /** A connection was cut that had been quiet for long: from now on, answers are streamed. */
  wasCut(): void;
}

interface Sent {
  readonly form: BodyForm;
  readonly body: JsonObject;
}

/** Anthropic's SDKs refuse to wait for a whole answer that may be longer: it can take over ten minutes. */
const MOST_TOKENS_WITHOUT_STREAM = 21_333;

export function createBodyForms(
  endpoint: Pick<ResolvedProvider, 'host' | 'type' | 'maxTokensField' | 'stream'>,
): BodyForms {
  const { maxTokensField, stream = 'auto', host, type } = endpoint;
  const first: BodyForm = {
    // OpenAI's newer models refuse `max_tokens`; most imitators know nothing else.
    maxTokensField: maxTokensField ?? (isOpenaiHost(host) ? 'max_completion_tokens' : 'max_tokens'),
    forbidsStorage: true,
    asksForUsage: true,
    streams: stream !== 'never',
    marksCache: true,
    asksForDiagnosis: true,
  };
  const byModel = new Map<string, BodyForm>();
  /** What has been changed for a model: each only once, so that two refusals cannot take turns. */
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
      // Another request has been refused for the same before this one.
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
