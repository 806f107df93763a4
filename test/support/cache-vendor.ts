import { createHash, hash } from 'node:crypto';
import type { Clock } from '../../src/ports/clock.ts';
import { sleep } from '../../src/ports/clock.ts';
import type { Wire, WireReply } from '../../src/providers/transport.ts';

/**
 * Written from the vendors' documentation, not from Volley's code: what is sent decides what is
 * cached.
 */
export type VendorKind = 'anthropic' | 'openai' | 'automatic';

export interface VendorOptions {
  readonly kind: VendorKind;
  readonly clock: Clock;
  /** Shorter prefixes are not cached. Default 1,024. */
  readonly minTokens?: number;
  /** How long after the response that wrote it an entry becomes readable. Default 0. */
  readonly restMs?: number;
  /** Writes are charged, but nothing is ever read. */
  readonly neverHits?: boolean;
  /**
   * The reason that the vendor gives for a miss if a request asks for a comparison with a response.
   */
  readonly missedFor?: string;
  /** The status of a free failure; undefined: the request is answered. */
  readonly failsWith?: () => number | undefined;
  /** Rejects calls that only write to the cache. */
  readonly refusesWarmUps?: boolean;
  readonly latencyMs?: () => number;
  readonly outputTokens?: number;
  /** Default: a quarter of the number of bytes. */
  readonly countTokens?: (text: string) => number;
  /**
   * Limit on input tokens per minute that are not read from a cache. Further requests get a 429.
   */
  readonly itpm?: number;
}

export interface VendorCall {
  readonly body: Readonly<Record<string, unknown>>;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly inputTokens: number;
  readonly readTokens: number;
  readonly writtenTokens: number;
  readonly outputTokens: number;
  readonly isWarmUp: boolean;
}

export interface Vendor {
  readonly calls: VendorCall[];
  answer(path: string, body: Readonly<Record<string, unknown>>): Promise<VendorReply>;
  readonly wire: Wire;
}

export interface VendorReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Block {
  readonly text: string;
  readonly content: string;
  readonly tokens: number;
  /** Lifetime in milliseconds; undefined if no breakpoint follows. */
  readonly keepMs: number | undefined;
}

interface Entry {
  readableMs: number;
  expiresMs: number;
  keepMs: number;
}

const LIFETIMES: Readonly<Record<string, number>> = {
  '5m': 300_000,
  '1h': 3_600_000,
  '30m': 1_800_000,
  '12h': 43_200_000,
};
const MOST_BREAKPOINTS = 4;
/** The number of blocks before a breakpoint in which Anthropic looks for an entry. */
const LOOK_BACK = 20;
/** Automatic caches work in multiples of this many tokens. */
const GRAIN = 128;
const CHARACTERS = 4;

/**
 * A server that caches prompts like Anthropic, like OpenAI's latest models, or like earlier models.
 */
export function createVendor(options: VendorOptions): Vendor {
  const { kind, clock, minTokens = 1_024, restMs = 0, neverHits = false } = options;
  const { latencyMs = () => 1_000, outputTokens = 100 } = options;
  const entries = new Map<string, Entry>();
  const calls: VendorCall[] = [];
  const recent: Array<{ atMs: number; tokens: number }> = [];

  function isReadable(key: string): boolean {
    const entry = entries.get(key);
    const nowMs = clock.now();
    return (
      !neverHits && entry !== undefined && entry.readableMs <= nowMs && entry.expiresMs > nowMs
    );
  }

  function refresh(key: string): void {
    const entry = entries.get(key);
    if (entry) entry.expiresMs = clock.now() + entry.keepMs;
  }

  /** The entry is readable once the response has arrived. Its lifetime starts with the request. */
  function write(key: string, keepMs: number, startedMs: number): void {
    const readableMs = clock.now() + restMs;
    entries.set(key, { readableMs, keepMs, expiresMs: startedMs + keepMs });
  }

  /** What a request's breakpoints read and write, and a function that saves what was written. */
  function look(seed: string, blocks: readonly Block[], lookBack: number) {
    let key = seed;
    const keys = blocks.map(({ text }) => (key = hash('sha256', `${key}\n${text}`, 'hex')));
    const marked = blocks
      .flatMap(({ keepMs }, at) => (keepMs === undefined ? [] : { at, keepMs }))
      .slice(-MOST_BREAKPOINTS);
    let readEnd = 0;
    for (const { at } of marked) {
      for (let end = at + 1; end > Math.max(readEnd, at + 1 - lookBack); end -= 1) {
        if (!isReadable(keys[end - 1] ?? '')) continue;
        readEnd = end;
        break;
      }
    }
    if (readEnd > 0) for (const each of keys.slice(0, readEnd)) refresh(each);
    const written = marked.filter(({ at }) => {
      return at + 1 > readEnd && tokensBefore(blocks, at + 1) >= minTokens;
    });
    const writeEnd = (written.at(-1)?.at ?? -1) + 1;
    const read = tokensBefore(blocks, readEnd);
    return {
      read,
      written: Math.max(0, tokensBefore(blocks, writeEnd) - read),
      commit(startedMs: number): void {
        for (const { at, keepMs } of written) write(keys[at] ?? '', keepMs, startedMs);
      },
    };
  }

  function lookAutomatically(seed: string, blocks: readonly Block[]) {
    const text = blocks.map((block) => block.text).join('\n');
    const digest = createHash('sha256').update(seed);
    const keys: string[] = [];
    for (let end = GRAIN * CHARACTERS; end <= text.length; end += GRAIN * CHARACTERS) {
      digest.update(text.slice(end - GRAIN * CHARACTERS, end));
      keys.push(digest.copy().digest('hex'));
    }
    const long = keys.filter((_, at) => (at + 1) * GRAIN >= minTokens);
    const hits = long.filter(isReadable);
    for (const key of hits) refresh(key);
    const grains = hits.length === 0 ? 0 : keys.indexOf(hits.at(-1) ?? '') + 1;
    const share = (grains * GRAIN * CHARACTERS) / Math.max(1, text.length);
    const read = Math.round(share * tokensBefore(blocks, blocks.length));
    return {
      read,
      written: 0,
      commit(startedMs: number): void {
        for (const key of long) write(key, LIFETIMES['5m'] ?? 0, startedMs);
      },
    };
  }

  function refusal(tokens: number): VendorReply | undefined {
    const { itpm } = options;
    if (itpm === undefined) return undefined;
    const nowMs = clock.now();
    while ((recent[0]?.atMs ?? Infinity) <= nowMs - 60_000) recent.shift();
    const used = recent.reduce((sum, each) => sum + each.tokens, 0);
    if (used + tokens > itpm) {
      const waitMs = (recent[0]?.atMs ?? nowMs) + 60_000 - nowMs;
      const headers = { 'retry-after': String(Math.ceil(waitMs / 1_000)) };
      return {
        status: 429,
        headers,
        body: {
          type: 'error',
          error: { type: 'rate_limit_error', message: 'too many input tokens' },
        },
      };
    }
    recent.push({ atMs: nowMs, tokens });
    return undefined;
  }

  async function answer(
    path: string,
    body: Readonly<Record<string, unknown>>,
  ): Promise<VendorReply> {
    const startedMs = clock.now();
    const { seed, blocks: read } = READERS[kind](body);
    const blocks = options.countTokens
      ? read.map((each) => ({ ...each, tokens: options.countTokens?.(each.content) ?? 0 }))
      : read;
    const found =
      kind === 'automatic'
        ? lookAutomatically(seed, blocks)
        : look(seed, blocks, kind === 'anthropic' ? LOOK_BACK : Infinity);
    const whole = tokensBefore(blocks, blocks.length);
    const refused = refusal(whole - found.read);
    if (refused) return refused;
    const isWarmUp =
      body['max_tokens'] === 0 || fieldOf(body['prompt_cache_options'], 'prewarm') === true;
    if (isWarmUp && options.refusesWarmUps === true) return REFUSAL;
    const failure = options.failsWith?.();
    if (failure !== undefined) return failing(failure);
    const takesMs = latencyMs();
    await sleep(clock, isWarmUp ? takesMs * 0.2 : takesMs);
    found.commit(startedMs);
    const call: VendorCall = {
      body,
      startedMs,
      endedMs: clock.now(),
      inputTokens: whole - found.read - found.written,
      readTokens: found.read,
      writtenTokens: found.written,
      outputTokens: isWarmUp ? 0 : outputTokens,
      isWarmUp,
    };
    calls.push(call);
    return {
      status: 200,
      body: { ...reply(path, call, calls.length), ...diagnosis(body, options, calls.length) },
    };
  }

  return {
    calls,
    answer,
    wire: {
      async send(url, { body }): Promise<WireReply> {
        const asked: unknown = JSON.parse(body ?? '{}');
        const fields = Object.fromEntries(Object.entries(Object(asked)));
        const given = await answer(new URL(url).pathname, fields);
        return {
          status: given.status,
          headers: { 'content-type': 'application/json', ...given.headers },
          body: chunks(JSON.stringify(given.body)),
          discard: () => undefined,
        };
      },
      close: () => Promise.resolve(),
    },
  };
}

function tokensBefore(blocks: readonly Block[], end: number): number {
  return blocks.slice(0, end).reduce((sum, { tokens }) => sum + tokens, 0);
}

function failing(status: number): VendorReply {
  const error = { type: 'api_error', message: 'made up by the vendor' };
  return { status, body: { type: 'error', error }, headers: { 'retry-after': '1' } };
}

const REFUSAL: VendorReply = {
  status: 400,
  body: {
    type: 'error',
    error: { type: 'invalid_request_error', message: 'max_tokens: must be at least 1' },
  },
};

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

type Read = (body: Readonly<Record<string, unknown>>) => {
  readonly seed: string;
  readonly blocks: readonly Block[];
};

const READERS: Readonly<Record<VendorKind, Read>> = {
  anthropic(body) {
    const system = partsOf(body['system']).map((part) => block('system', part));
    const messages = listOf(body['messages']).flatMap((message, at) =>
      partsOf(fieldOf(message, 'content')).map((part) =>
        block(`${String(fieldOf(message, 'role'))} ${at}`, part),
      ),
    );
    const tools = listOf(body['tools']).map((tool) => block('tool', tool));
    return { seed: String(body['model']), blocks: [...tools, ...system, ...messages] };
  },
  openai(body) {
    const options = body['prompt_cache_options'];
    const { model, text, tools, reasoning, prompt_cache_key: key } = body;
    const format = fieldOf(text, 'format');
    const seed = JSON.stringify([
      model,
      format ?? null,
      tools ?? null,
      reasoning ?? null,
      key ?? null,
    ]);
    const messages = listOf(body['input'] ?? body['messages']);
    const blocks = [
      ...partsOf(body['instructions']).map((part) => block('instructions', part)),
      ...(typeof body['input'] === 'string' ? [block('user 0', { text: body['input'] })] : []),
      ...messages.flatMap((message, at) =>
        partsOf(fieldOf(message, 'content')).map((part) =>
          block(`${String(fieldOf(message, 'role'))} ${at}`, part),
        ),
      ),
    ];
    const last = blocks.at(-1);
    const isImplicit = fieldOf(options, 'mode') !== 'explicit';
    if (isImplicit && last) blocks[blocks.length - 1] = { ...last, keepMs: LIFETIMES['30m'] };
    return { seed, blocks };
  },
  automatic: (body) => {
    const { seed, blocks } = READERS.openai(body);
    return { seed, blocks };
  },
};

function block(role: string, part: unknown): Block {
  const text = fieldOf(part, 'text');
  const control = fieldOf(part, 'cache_control') ?? fieldOf(part, 'prompt_cache_breakpoint');
  const isOpenai = fieldOf(part, 'prompt_cache_breakpoint') !== undefined;
  const ttl = fieldOf(control, 'ttl');
  const usual = isOpenai ? '30m' : '5m';
  const content = typeof text === 'string' ? text : JSON.stringify(withoutMarks(part));
  return {
    text: `${role}\n${content}`,
    content,
    tokens: Math.max(1, Math.ceil(Buffer.byteLength(content) / CHARACTERS)),
    keepMs: control === undefined ? undefined : LIFETIMES[typeof ttl === 'string' ? ttl : usual],
  };
}

function withoutMarks(part: unknown): unknown {
  if (typeof part !== 'object' || part === null) return part;
  const rest = Object.entries(part).filter(
    ([key]) => !/^(?:cache_control|prompt_cache_)/.test(key),
  );
  return Object.fromEntries(rest);
}

function partsOf(content: unknown): readonly unknown[] {
  if (typeof content === 'string') return [{ text: content }];
  return listOf(content);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** The diagnosis, if the request asks for one. */
function diagnosis(
  body: Readonly<Record<string, unknown>>,
  { kind, missedFor }: VendorOptions,
  answers: number,
): Readonly<Record<string, unknown>> {
  const isKnown = (id: unknown): boolean => Number(String(id).replace(/^\D+/, '')) < answers;
  if (kind === 'anthropic') {
    const id = fieldOf(body['diagnostics'], 'previous_message_id');
    if (id === undefined) return {};
    const type = isKnown(id) ? missedFor : 'previous_message_not_found';
    return { diagnostics: { cache_miss_reason: id === null ? null : { type } } };
  }
  const asked = body['prompt_cache_options'];
  const id = fieldOf(asked, 'comparison_response_id');
  if (id === undefined) return { prompt_cache_options: asked };
  const told = isKnown(id)
    ? { type: 'cache_miss', reason: missedFor, cache_missed_tokens: 1 }
    : { type: 'comparison_response_not_found' };
  return { prompt_cache_options: asked, prompt_cache_diagnostics: told };
}

function reply(path: string, call: VendorCall, n: number): Readonly<Record<string, unknown>> {
  const { inputTokens, readTokens, writtenTokens, outputTokens, body } = call;
  const { model } = body;
  const total = inputTokens + readTokens + writtenTokens;
  const text = 'an answer';
  if (path.endsWith('/messages')) {
    return {
      id: `msg_${n}`,
      type: 'message',
      role: 'assistant',
      model,
      content: call.isWarmUp ? [] : [{ type: 'text', text }],
      stop_reason: call.isWarmUp ? 'max_tokens' : 'end_turn',
      usage: {
        input_tokens: inputTokens,
        cache_creation_input_tokens: writtenTokens,
        cache_read_input_tokens: readTokens,
        output_tokens: outputTokens,
      },
    };
  }
  if (path.endsWith('/responses')) {
    const content = [{ type: 'output_text', text, annotations: [] }];
    return {
      id: `resp_${n}`,
      object: 'response',
      status: 'completed',
      model,
      output: call.isWarmUp
        ? []
        : [{ type: 'message', role: 'assistant', status: 'completed', content }],
      usage: {
        input_tokens: total,
        input_tokens_details: { cached_tokens: readTokens, cache_write_tokens: writtenTokens },
        output_tokens: outputTokens,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: total + outputTokens,
      },
    };
  }
  return {
    id: `chatcmpl_${n}`,
    object: 'chat.completion',
    model,
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: text } }],
    usage: {
      prompt_tokens: total,
      prompt_tokens_details: { cached_tokens: readTokens, cache_write_tokens: writtenTokens },
      completion_tokens: outputTokens,
      total_tokens: total + outputTokens,
    },
  };
}
