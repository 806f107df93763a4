import type { ResolvedProvider } from '../providers/resolve-providers.ts';
import type { AttemptOutcome, Usage } from '../providers/provider.ts';
import { usageOf } from '../providers/usage.ts';
import type { AttemptMade } from '../outcome/task-outcome.ts';

export type Attributes = Record<string, string | number | boolean | string[]>;

/** The settings that the manifest gives for a provider. */
export type Asked = Pick<ResolvedProvider, 'name' | 'type' | 'host' | 'cloud'>;

/**
 * The attributes of one request, following the semantic conventions for generative AI as of
 * November 2026. These are still in development. None contains text from a prompt or an answer.
 */
export function requestAttributes({ request, task }: AttemptMade, asked: Asked): Attributes {
  const { maxTokens, temperature, topP, stop, reasoning } = request.parameters;
  return present({
    ...laneAttributes(request.model.model, asked),
    'gen_ai.prompt.name': task.template.id,
    'gen_ai.output.type': request.schema ? 'json' : 'text',
    'gen_ai.request.max_tokens': maxTokens,
    'gen_ai.request.temperature': temperature,
    'gen_ai.request.top_p': topP,
    'gen_ai.request.stop_sequences': stop && [...stop],
    'gen_ai.request.reasoning.level': reasoning,
  });
}

/** The common attributes of a model's spans and metrics. */
export function laneAttributes(model: string, { name, type, host, cloud }: Asked): Attributes {
  const server = URL.parse(`http://${host}`);
  const port = server?.port === '' ? 443 : Number(server?.port);
  return present({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name':
      PROVIDER_NAMES[cloud?.name ?? name] ?? (type === 'mock' ? 'mock' : name),
    'gen_ai.request.model': model,
    'server.address': type === 'mock' ? undefined : server?.hostname,
    'server.port': type === 'mock' ? undefined : port,
  });
}

export function outcomeAttributes(outcome: AttemptOutcome): Attributes {
  const usage = usageOf(outcome);
  const answer = outcome.kind === 'answered' ? outcome.answer : undefined;
  const failure = outcome.kind === 'failed' ? outcome.failure : undefined;
  const reason = answer?.finishReason ?? failure?.finishReason;
  return present({
    'gen_ai.response.finish_reasons': reason === undefined ? undefined : [reason],
    'error.type': failure?.code,
    'http.response.status_code': failure?.httpStatus ?? undefined,
    'volley.request_id': answer?.requestId ?? failure?.requestId,
    ...(usage && usageAttributes(usage)),
  });
}

/** Tokens as the conventions count them: input includes tokens read from and written to a cache. */
export function usageAttributes(usage: Usage): Record<string, number> {
  return {
    'gen_ai.usage.input_tokens': usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens,
    'gen_ai.usage.output_tokens': usage.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': usage.cacheReadTokens,
    'gen_ai.usage.cache_write.input_tokens': usage.cacheWriteTokens,
    'gen_ai.usage.reasoning.output_tokens': usage.reasoningTokens,
  };
}

/** Prompt and answer, in the JSON of the conventions. Only with the user's consent. */
export function contentAttributes({ request, outcome }: AttemptMade): Attributes {
  const output =
    outcome.kind === 'answered'
      ? outcome.answer.text
      : outcome.kind === 'failed'
        ? outcome.failure.partialOutput
        : undefined;
  const instructions = [request.context, request.system].filter((text) => text !== undefined);
  const messages = [...(request.earlier ?? []), { role: 'user', content: request.prompt }];
  return present({
    'gen_ai.system_instructions':
      instructions.length > 0 ? JSON.stringify(instructions.map(textPart)) : undefined,
    'gen_ai.input.messages': JSON.stringify(messages.map(message)),
    'gen_ai.output.messages':
      output === undefined
        ? undefined
        : JSON.stringify([message({ role: 'assistant', content: output })]),
  });
}

function message({ role, content }: { readonly role: string; readonly content: string }) {
  return { role, parts: [textPart(content)] };
}

function textPart(content: string) {
  return { type: 'text', content };
}

/** Built-in providers with another name in the conventions. */
const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  mistral: 'mistral_ai',
  xai: 'x_ai',
  gemini: 'gcp.gemini',
  azure: 'azure.ai.openai',
  bedrock: 'aws.bedrock',
  vertex: 'gcp.vertex_ai',
};

function present(attributes: Readonly<Record<string, Attributes[string] | undefined>>): Attributes {
  const entries = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}
