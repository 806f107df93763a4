import type { Parameters } from '../manifest/manifest.ts';
import { weaklyMemoized } from '../ports/memoized.ts';
import type { PromptRequest } from './task.ts';

/** A quarter of the text's UTF-8 bytes: accurate to 20% for English, code and CJK. */
export function roughTokens(text: string | undefined): number {
  return text === undefined ? 0 : Buffer.byteLength(text, 'utf8') / 4;
}

/** The same for everything in a request, in whole tokens. At least 1. */
export function roughRequestTokens(request: PromptRequest): number {
  const { context, system, earlier = [], prompt, attachments = [] } = request;
  const said = earlier.map(({ content }) => content);
  const texts = [context, system, ...said, prompt, ...schemasIn(request)];
  const tokens = texts.reduce((sum, text) => sum + roughTokens(text), 0);
  const attached = attachments.reduce((sum, each) => sum + each.tokens.expected, 0);
  return Math.max(1, Math.ceil(tokens) + attached);
}

/**
 * The schemas and tools that a request contains, as JSON. Providers show them to the model and bill
 * them as input, even those in `params`.
 */
export function schemasIn({ schema, parameters }: PromptRequest): readonly string[] {
  const given = parameters.params === undefined ? [] : schemasInParams(parameters.params);
  return schema?.native === undefined ? given : [JSON.stringify(schema.native), ...given];
}

const schemasInParams = weaklyMemoized(
  (params: NonNullable<Parameters['params']>): readonly string[] =>
    SCHEMA_PARAMS.flatMap((name) => {
      const value = params[name];
      return value === undefined || value === null ? [] : [JSON.stringify(value)];
    }),
);

const SCHEMA_PARAMS = ['response_format', 'text', 'output_config', 'tools', 'functions'];
