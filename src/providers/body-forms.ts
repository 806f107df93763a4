import type { PromptRequest } from '../plan/task.ts';
import { isOpenaiHost } from './provider-address.ts';
import { amendedForm, type BodyForm } from './body-form.ts';
import type { JsonObject } from './json-shape.ts';
import type { ResolvedProvider } from './resolve.ts';

/** The body forms that a provider's servers accept. */
export interface BodyForms {
  formFor(request: PromptRequest): BodyForm;
  /** Learns from a rejected request. True if the next body is different, so the request is worth sending again. */
  amend(model: string, sent: Sent, refusal: { status: number; body: unknown }): boolean;
  /** A connection was cut after a long silence: from now on, answers are streamed. */
  wasCut(): void;
}

interface Sent {
  readonly form: BodyForm;
  readonly body: JsonObject;
}

/** Beyond this, Anthropic's SDKs refuse to wait for a whole answer, because it can take over ten minutes. */
const MOST_TOKENS_WITHOUT_STREAM = 21_333;

export function createBodyForms(
  endpoint: Pick<ResolvedProvider, 'host' | 'type' | 'maxTokensField' | 'stream'>,
): BodyForms {
  const { maxTokensField, stream = 'auto', host, type } = endpoint;
  const first: BodyForm = {
    // OpenAI's newer models reject `max_tokens`; most imitators know nothing else.
    maxTokensField: maxTokensField ?? (isOpenaiHost(host) ? 'max_completion_tokens' : 'max_tokens'),
    forbidsStorage: true,
    asksForUsage: true,
    streams: stream !== 'never',
    marksCache: true,
    asksForDiagnosis: true,
  };
  const byModel = new Map<string, BodyForm>();
  /** Fields already changed per model. Each changes only once, so that two rejections cannot alternate forever. */
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
      // Another request was rejected for the same reason before.
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
