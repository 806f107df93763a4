import { parsedJson } from '../ports/json.ts';
import {
  contentText,
  isObject,
  listAt,
  objectAt,
  textAt,
  type JsonObject,
} from '../ports/json-shape.ts';
import type { ResponseHeaders } from './provider.ts';
import type { Exchange } from './transport.ts';

/**
 * Turns an exchange with a streamed body into one whose answer arrived as a whole. A stream that
 * breaks off after its final event is complete; one that closes without that event is not.
 */
export function withoutEvents(exchange: Exchange): Exchange {
  if (!exchange.ok || exchange.status >= 400) return exchange;
  const { cut, ...reply } = exchange;
  if (!isEventStream(reply.text)) return exchange;
  const whole = assembled(reply.text);
  if (whole === undefined) return exchange;
  if (whole.ended) return { ...reply, text: JSON.stringify(whole.body) };
  // The usage at the start of a stream does not include the answer.
  const { usage: _, ...body } = whole.body;
  const text = JSON.stringify(body);
  if (body['error'] !== undefined && body['error'] !== null) return { ...reply, text };
  return { ...reply, text, cut: cut ?? { kind: 'unfinished' }, isPartial: true };
}

/** A streamed answer as the body of a response without streaming. */
interface Assembled {
  readonly body: JsonObject;
  /** Whether the server sent the final event. Otherwise the stream broke off. */
  readonly ended: boolean;
}

/** Checks the first line: JSON never starts like that. */
function isEventStream(text: string): boolean {
  return /^(?:event|data|id|retry)?:/u.test(text.trimStart());
}

/** Joins the events of any wire format; undefined if there are none. */
function assembled(text: string): Assembled | undefined {
  const events = eventsIn(text);
  const bodies = events.flatMap(({ data }) => (isObject(data) ? [data] : []));
  if (bodies.some((body) => /^(?:message|content_block)_/u.test(typeOf(body)))) {
    return assembledMessage(bodies);
  }
  if (bodies.some((body) => typeOf(body).startsWith('response.'))) {
    return assembledResponse(bodies);
  }
  if (bodies.some((body) => Array.isArray(body['choices']))) {
    return assembledChat(
      bodies,
      events.some(({ data }) => data === DONE),
    );
  }
  const error = bodies.find((body) => body['error'] !== undefined || typeOf(body) === 'error');
  if (error !== undefined) return { body: errorOf(error), ended: true };
  const [only, ...others] = bodies.filter((body) => typeOf(body) !== 'ping');
  if (only === undefined) return events.length === 0 ? undefined : { body: {}, ended: false };
  // The server sent the whole answer in a single event.
  return { body: only, ended: others.length === 0 };
}

/** Watches a stream arrive, and notices when its answer starts and ends. */
export interface StreamWatch {
  saw(chunk: Uint8Array): void;
  hasBegun(): boolean;
  hasEnded(): boolean;
}

/** Sees nothing in a body that is compressed or not a stream. */
export function streamWatch(headers: ResponseHeaders): StreamWatch {
  const isStream = /^text\/event-stream\b/iu.test(headers['content-type'] ?? '');
  let stage: 'quiet' | 'begun' | 'ended' = 'quiet';
  let rest = '';
  return {
    saw(chunk) {
      if (!isStream || stage === 'ended') return;
      // The patterns are ASCII, so it does not matter where a character is cut.
      const blocks = (rest + Buffer.from(chunk).toString('latin1')).split(/\r?\n\r?\n/u);
      rest = blocks.pop() ?? '';
      // The start of a long event shows its type; the end shows whether it is complete.
      if (rest.length > 8192) rest = rest.slice(0, 4096) + rest.slice(-4);
      for (const block of blocks) {
        if (stage === 'quiet' && BEGINS.test(block)) stage = 'begun';
        if (ENDS.test(block)) stage = 'ended';
      }
    },
    hasBegun: () => stage !== 'quiet',
    hasEnded: () => stage === 'ended',
  };
}

/**
 * `ENDS` matches the last relevant event, `BEGINS` the first event of an answer. Quotes in strings
 * are escaped, so neither can match there.
 */
const ENDS =
  /^data:\s*(?:\[DONE\]|\{\s*"error")|"type"\s*:\s*"(?:message_stop|error|response\.(?:completed|incomplete|failed))"/mu;
const BEGINS =
  /"type"\s*:\s*"(?:text_delta|thinking_delta|ping|response\.output_text\.delta)"|"content"\s*:\s*"[^"]/u;

const DONE = '[DONE]';

function typeOf(body: JsonObject): string {
  return textAt(body, 'type') ?? '';
}

interface StreamEvent {
  /** Parsed if it is JSON. */
  readonly data: unknown;
}

/** Parses an event stream: any line ending, `data` over several lines, comments ignored. */
function eventsIn(text: string): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  let data: string[] = [];
  for (const line of [...text.split(/\r\n|\n|\r/u), '']) {
    if (line === '') {
      if (data.length > 0) events.push({ data: parsed(data.join('\n')) });
      data = [];
      continue;
    }
    const [, value] = /^data:? ?(.*)$/su.exec(line) ?? [];
    // Some servers leave out the blank line between events.
    const [only] = data.length === 1 ? data : [];
    if (value !== undefined && only !== undefined && parsed(only) !== undefined) {
      events.push({ data: parsed(only) });
      data = [];
    }
    if (value !== undefined) data.push(value);
  }
  return events.filter((event) => event.data !== undefined);
}

function parsed(text: string): unknown {
  return text.trim() === DONE ? DONE : parsedJson(text);
}

/** Anthropic Messages. Usage is cumulative, so later values replace earlier ones. */
function assembledMessage(bodies: readonly JsonObject[]): Assembled {
  let message: JsonObject = {};
  const blocks = new Map<unknown, JsonObject>();
  let ended = false;
  for (const body of bodies) {
    const at = body['index'] ?? 0;
    switch (typeOf(body)) {
      case 'message_start': {
        const { usage, ...rest } = objectAt(body, 'message');
        // The output count in this event is a placeholder.
        const { output_tokens: _, ...counts } = isObject(usage) ? usage : {};
        message = { ...rest, usage: counts };
        break;
      }
      case 'content_block_start':
        blocks.set(at, objectAt(body, 'content_block'));
        break;
      case 'content_block_delta': {
        const { type, ...delta } = objectAt(body, 'delta');
        const block = blocks.get(at) ?? { type: String(type).replace('_delta', '') };
        blocks.set(at, grown(block, delta));
        break;
      }
      case 'message_delta':
        message = {
          ...message,
          ...objectAt(body, 'delta'),
          usage: { ...objectAt(message, 'usage'), ...present(objectAt(body, 'usage')) },
        };
        ended ||= textAt(message, 'stop_reason') !== undefined;
        break;
      case 'message_stop':
        ended = true;
        break;
      case 'error':
        message = { ...message, ...errorOf(body) };
        break;
      default:
      // Pings, ends of blocks, and future events.
    }
  }
  return { body: { type: 'message', ...message, content: [...blocks.values()] }, ended };
}

/** An object with a piece added: strings are joined, and so are list entries with equal `index`. */
function grown(whole: JsonObject, piece: JsonObject): JsonObject {
  const joined = Object.entries(piece).map(([key, value]) => {
    const before = whole[key];
    if (typeof value === 'string') return [key, (textAt(whole, key) ?? '') + value];
    if (Array.isArray(value))
      return [key, value.filter(isObject).reduce(withEntry, listAt(whole, key))];
    return [key, isObject(value) && isObject(before) ? grown(before, value) : (value ?? before)];
  });
  return { ...whole, ...Object.fromEntries(joined) };
}

function withEntry(
  list: readonly unknown[],
  { index = 0, ...entry }: JsonObject,
): readonly unknown[] {
  const at = Number(index);
  const before = list[at];
  return list.toSpliced(at, 1, grown(isObject(before) ? before : {}, entry));
}

/** OpenAI Responses: usually the final event contains everything. */
function assembledResponse(bodies: readonly JsonObject[]): Assembled {
  const items: unknown[] = [];
  let text = '';
  let latest: JsonObject = {};
  let end: JsonObject | undefined;
  let error: JsonObject | undefined;
  for (const body of bodies) {
    const type = typeOf(body);
    if (isObject(body['response'])) latest = body['response'];
    if (/^response\.(?:completed|incomplete|failed)$/u.test(type)) end = latest;
    if (type === 'response.output_item.done') {
      items.push(body['item']);
      text = '';
    }
    if (type === 'response.output_text.delta') text += textAt(body, 'delta') ?? '';
    if (type === 'error') error = errorOf(body);
  }
  // The item in which the stream broke off.
  if (text !== '') {
    items.push({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] });
  }
  const output = listAt(end, 'output').length > 0 ? listAt(end, 'output') : items;
  return { body: { ...latest, output, ...error }, ended: end !== undefined };
}

/** Chat Completions. Some servers never send `[DONE]`; some send the whole message in one chunk. */
function assembledChat(bodies: readonly JsonObject[], done: boolean): Assembled {
  let message: JsonObject = {};
  let reason: string | undefined;
  let usage: unknown;
  let latest: JsonObject = {};
  let error: JsonObject | undefined;
  for (const body of bodies) {
    latest = body;
    const [choice] = listAt(body, 'choices');
    const inChoice = isObject(choice) ? choice['usage'] : undefined;
    usage = body['usage'] ?? objectAt(body, 'x_groq')['usage'] ?? inChoice ?? usage;
    if (body['error'] !== undefined && body['error'] !== null) error = errorOf(body);
    if (!isObject(choice) || (choice['index'] ?? 0) !== 0) continue;
    if (choice['error'] !== undefined && choice['error'] !== null) error = errorOf(choice);
    reason = textAt(choice, 'finish_reason') ?? reason;
    const delta = isObject(choice['delta']) ? choice['delta'] : objectAt(choice, 'message');
    const content = 'content' in delta && { content: contentText(delta['content']) };
    message = grown(message, { ...delta, ...content });
  }
  const choices = [
    { index: 0, message: { ...message, role: 'assistant' }, finish_reason: reason ?? null },
  ];
  return {
    body: {
      ...latest,
      object: 'chat.completion',
      choices,
      ...(usage !== undefined && { usage }),
      ...error,
    },
    ended: done || reason !== undefined,
  };
}

/** An error event as an error body. */
function errorOf(body: JsonObject): JsonObject {
  const { error } = body;
  return { error: error === undefined || error === null ? body : error };
}

/** Drops nulls, so that they do not remove earlier values. */
function present(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
