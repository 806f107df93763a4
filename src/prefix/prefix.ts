import { hash } from 'node:crypto';
import { canonicalJson, type JsonObject } from '../ports/json.ts';
import type { Parameters } from '../manifest/manifest.ts';
import { splitPrompt } from '../plan/prompt-head.ts';
import { roughTokens } from '../plan/estimate-input-tokens.ts';
import type { PromptRequest } from '../plan/task.ts';

/**
 * A part of a request that tasks may share: the context, `system`, a message, an attachment or the
 * head of the prompt.
 */
export type LeadingPart =
  | 'context'
  | 'system'
  | `message ${number}`
  | `attachment ${number}`
  | 'prompt';

/**
 * The start of a request, up to the end of one of its leading parts. Requests of one lane with the
 * same prefix key start with the same bytes on the wire, so a provider's cache can serve both.
 */
export interface Prefix {
  readonly key: string;
  /** The last part of the prefix; a breakpoint goes after it. */
  readonly end: LeadingPart;
  /** Estimate for the whole prefix. */
  readonly tokens: number;
}

/** Whether structured output and effort come before `system` or only before the messages. */
export type SettingsPlace = 'first' | 'before_messages';

/** The contents measured recently: a context is long and the same for every task. */
export type Measured = Map<string, Pick<Content, 'content' | 'tokens'>>;

/** Every prefix of a request, shortest first. */
export function prefixesOf(
  request: PromptRequest,
  settings: SettingsPlace,
  measured: Measured = new Map(),
): readonly Prefix[] {
  const { params } = request.parameters;
  let key = params === undefined ? '' : written(params);
  if (settings === 'first') key += settingsOf(request);
  let tokens = 0;
  let isInMessages = false;
  return leadingParts(request, measured).map(({ end, content, tokens: own }): Prefix => {
    const isMessage = end !== 'context' && end !== 'system';
    if (isMessage && !isInMessages && settings === 'before_messages') key += settingsOf(request);
    isInMessages = isMessage;
    key = hash('sha256', `${key} ${end} ${content}`, 'base64url').slice(0, KEY_LENGTH);
    tokens += own;
    return { key, end, tokens: Math.ceil(tokens) };
  });
}

/** In characters: 132 bits. */
const KEY_LENGTH = 22;

interface Content {
  readonly end: LeadingPart;
  readonly content: string;
  readonly tokens: number;
}

function leadingParts(request: PromptRequest, measured: Measured): readonly Content[] {
  const { context, system, earlier = [], attachments = [] } = request;
  const parts: Content[] = [];
  if (context !== undefined && context.trim() !== '')
    parts.push(textPart('context', context, measured));
  if (system !== undefined && system.trim() !== '')
    parts.push(textPart('system', system, measured));
  earlier.forEach(({ role, content }, at) => {
    const { content: key, tokens } = textPart(`message ${at}`, content, measured);
    parts.push({ end: `message ${at}`, content: `${role} ${key}`, tokens });
  });
  attachments.forEach(({ name, sha256, tokens }, at) => {
    parts.push({
      end: `attachment ${at}`,
      content: JSON.stringify([name, sha256]),
      tokens: tokens.expected,
    });
  });
  const prompt = splitPrompt(request);
  if (prompt) parts.push(textPart('prompt', prompt.head, measured));
  return parts;
}

const MOST_MEASURED = 64;

function textPart(end: LeadingPart, text: string, measured: Measured): Content {
  let known = measured.get(text);
  if (!known) {
    known = { content: hash('sha256', text, 'base64url'), tokens: roughTokens(text) };
    const [oldest] = measured.keys();
    if (measured.size >= MOST_MEASURED && oldest !== undefined) measured.delete(oldest);
    measured.set(text, known);
  }
  return { end, ...known };
}

/** Settings that vendors put before the content, or that select another cache. */
function settingsOf({ schema, parameters: { reasoning } }: PromptRequest): string {
  return `${reasoning ?? ''} ${schema?.native ? written(schema.native) : ''}`;
}

const writtenParts = new WeakMap<object, string>();

function written(part: NonNullable<Parameters['params']> | JsonObject): string {
  const known = writtenParts.get(part);
  if (known !== undefined) return known;
  const json = canonicalJson(part);
  writtenParts.set(part, json);
  return json;
}
