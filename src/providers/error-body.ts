import { isObject, listAt, textAt, type JsonObject } from '../ports/json-shape.ts';
import { literalAt } from './python-literal.ts';

/** The content of an error body, from any vendor and through any gateways. */
export interface ErrorBody {
  /** What happened: all messages, outermost first, without repetitions. */
  readonly message: string | undefined;
  readonly messages: readonly string[];
  /** Words for the kind of error (`code`, `type`, `reason`, …), in lower case. */
  readonly words: ReadonlySet<string>;
  /** The innermost status in the body. */
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** The part of the request that caused the error. */
  readonly parameter: string | undefined;
  /** The model's text, if the provider rejected it. */
  readonly answer: string | undefined;
  /** The objects in the body that describe the error, outermost first. */
  readonly layers: readonly JsonObject[];
}

/** Reads the error in a body, however it is wrapped. */
export function readErrorBody(body: unknown): ErrorBody {
  const layers = layersOf(body, MOST_LEVELS).slice(0, MOST_LAYERS);
  const said = layers.flatMap(messagesOf);
  const messages = (said.length > 0 ? said : layers.flatMap(fieldMessages)).slice(0, MOST_LAYERS);
  const words = layers.flatMap(wordsOf);
  return {
    message: joined(messages),
    messages,
    words: new Set(words.map((word) => word.toLowerCase())),
    status: layers.flatMap(statusesOf).at(-1),
    requestId: textAt(layers[0], 'request_id'),
    parameter: layers.map(parameterOf).findLast((name) => name !== undefined) ?? namedIn(messages),
    answer: layers.map((layer) => textAt(layer, 'failed_generation')).findLast(isPresent),
    layers,
  };
}

const MOST_LEVELS = 6;
const MOST_LAYERS = 24;

/**
 * Keys under which errors are nested: OpenAI and most others (`error`), Google (`details`), FastAPI
 * (`detail`), Cloudflare (`errors`), Azure (`innererror`), OpenRouter (`metadata.raw`), MiniMax
 * (`base_resp`), vLLM and LiteLLM (`message`), Zod (`issues`), RFC 7807 (`invalid_params`).
 */
const INNER_KEYS = [
  'error',
  'errors',
  'message',
  'detail',
  'details',
  'innererror',
  'metadata',
  'raw',
  'base_resp',
  'cause',
  'issues',
  'fieldViolations',
  'invalid_params',
] as const;

function layersOf(value: unknown, levels: number): readonly JsonObject[] {
  if (levels === 0) return [];
  if (typeof value === 'string') return layersOf(wrappedIn(value)?.value, levels - 1);
  if (Array.isArray(value)) {
    return value.slice(0, MOST_LAYERS).flatMap((each: unknown) => layersOf(each, levels));
  }
  if (!isObject(value)) return [];
  return [value, ...INNER_KEYS.flatMap((key) => layersOf(value[key], levels - 1))];
}

/**
 * A value in a string that contains nothing else, or that starts with the name of an exception, as
 * in `litellm.BadRequestError: GroqException - {…}`. In any other string, a value may be part of a
 * quoted prompt.
 */
function wrappedIn(text: string): { readonly before: string; readonly value: unknown } | undefined {
  const start = text.slice(0, LONGEST_WRAPPER).search(/[{[]/u);
  const before = text.slice(0, Math.max(0, start));
  if (start < 0 || !WRAPPER.test(before)) return undefined;
  const value = literalAt(text.slice(start));
  return isObject(value) || Array.isArray(value) ? { before, value } : undefined;
}

const LONGEST_WRAPPER = 400;
const WRAPPER =
  /^\s*(?:(?:data:|[\w.]+(?:Error|Exception)\b|Error code: \d{3}|\d+ validation errors?)[\s:–-]*)*b?['"]?\s*$/u;

function messagesOf(layer: JsonObject): readonly string[] {
  const place = placeIn(layer);
  const problem = PROBLEM_KEYS.map((key) => textAt(layer, key)).find(isPresent);
  if (place !== undefined && problem !== undefined) {
    return [problem.includes(place) ? problem : `${place}: ${problem}`];
  }
  return ['message', 'error', 'detail', 'raw', 'status_msg', 'error_message', 'msg']
    .map((key) => textAt(layer, key))
    .filter(isPresent)
    .map((text) => text.slice(0, LONGEST_MESSAGE))
    .map(
      (text) =>
        wrappedIn(text)?.before.replaceAll(/^data:|[\s:–'"-]+b?['"]?$/gu, '') ?? readable(text),
    )
    .filter((text) => text.trim() !== '');
}

const LONGEST_MESSAGE = 16 * 1024;

/** Some servers URL-encode the message. */
function readable(text: string): string {
  if (!/%20/u.test(text) || /\s/u.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function joined(messages: readonly string[]): string | undefined {
  const distinct = messages.filter(
    (message, at) =>
      !messages.some(
        (other, place) =>
          place !== at && other.includes(message) && (place > at || other !== message),
      ),
  );
  return distinct.length === 0 ? undefined : distinct.slice(0, MOST_JOINED).join(': ');
}

const MOST_JOINED = 4;

function wordsOf(layer: JsonObject): readonly string[] {
  return ['code', 'type', 'status', 'reason', 'error_code', 'error_type', '__type', 'error']
    .map((key) => layer[key])
    .filter((word) => typeof word === 'string')
    .filter((word) => /^[\w.-]{1,80}$/u.test(word));
}

function statusesOf(layer: JsonObject): readonly number[] {
  return [layer['code'], layer['status'], layer['status_code'], layer['http_code']].flatMap(
    (value) => statusIn(value) ?? [],
  );
}

function statusIn(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/u.test(value) ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 600
    ? status
    : undefined;
}

/** What is wrong with a part of the request: pydantic, Zod, Google, Spring and RFC 7807. */
const PROBLEM_KEYS = ['msg', 'message', 'description', 'defaultMessage', 'detail', 'reason'];

/** The part of the request that an object in an error is about. */
function placeIn(layer: JsonObject): string | undefined {
  const steps = [layer['loc'], layer['path']].find(Array.isArray);
  if (steps) return placeOf(steps) || undefined;
  const name = textAt(layer, 'reason') === undefined ? undefined : textAt(layer, 'name');
  const pointer = textAt(layer, 'instancePath') ?? textAt(layer['source'], 'pointer');
  return textAt(layer, 'field') ?? name ?? pointer?.slice(1).replaceAll('/', '.');
}

/** `['body', 'messages', 0, 'content']` as `messages.0.content`. */
function placeOf(steps: readonly unknown[]): string {
  return steps.filter((step, at) => at > 0 || step !== 'body').join('.');
}

function parameterOf(layer: JsonObject): string | undefined {
  return textAt(layer, 'param') ?? placeIn(layer);
}

/** Django uses the names of the fields as keys: `{"temperature": ["too high"]}`. */
function fieldMessages(layer: JsonObject): readonly string[] {
  return Object.entries(layer).flatMap(([field, problems]) =>
    Array.isArray(problems)
      ? problems.filter((each) => typeof each === 'string').map((each) => `${field}: ${each}`)
      : [],
  );
}

/** `Unknown parameter: 'store'`, `store: Extra inputs are not permitted`, `… 'store' is …`. */
function namedIn(messages: readonly string[]): string | undefined {
  for (const message of messages) {
    const found = NAMED.map((pattern) => pattern.exec(message)?.[1]).find(isPresent);
    if (found !== undefined) return found;
  }
  return undefined;
}

const NAMED: readonly RegExp[] = [
  /^([\w.[\]-]{1,80}): extra inputs are not permitted/iu,
  /^(?:unknown|unsupported|unrecognized|unexpected|invalid)[^'"`]{0,60}['"`]([\w.[\]-]{1,80})['"`]/iu,
  /^(?:property|parameter|argument|field) ['"`]([\w.[\]-]{1,80})['"`]/iu,
];

function isPresent(text: string | undefined): text is string {
  return text !== undefined;
}

/**
 * The error in a 200, if there is one: gateways send `error: null` or an empty error with good
 * answers. `fallbackStatus` applies if the error does not say what kind it is.
 */
export function errorIn(
  body: unknown,
): { readonly body: unknown; readonly fallbackStatus: number } | undefined {
  const outer = Array.isArray(body) ? (body[0] as unknown) : body;
  if (!isObject(outer)) return undefined;
  const [choice] = listAt(outer, 'choices');
  for (const holder of [outer, choice]) {
    const error = isObject(holder) ? (holder['error'] ?? holder['base_resp']) : undefined;
    if (!saysAnything(error)) continue;
    // In the Responses API, a failure with a code is about the request, unless the code says
    // otherwise.
    const isOfRequest =
      textAt(holder, 'status') === 'failed' && textAt(error, 'code') !== undefined;
    return { body: holder, fallbackStatus: isOfRequest ? 400 : 502 };
  }
  return outer['type'] === 'error' ? { body: outer, fallbackStatus: 502 } : undefined;
}

function saysAnything(error: unknown): boolean {
  if (typeof error === 'string') return !/^(?:|none|null|0|200|ok|success)$/iu.test(error.trim());
  if (typeof error === 'number') return error !== 0 && error !== 200;
  return isObject(error) && Object.values(error).some(saysAnything);
}
