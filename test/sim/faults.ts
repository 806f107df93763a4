import type { Dice } from './dice.ts';

/** How a server, or the network in between, treats one request. */
export type Behaviour =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      /**
       * How the body arrives: `cut` is interrupted in the middle, `stalled` and `dripping` never
       * end.
       */
      readonly delivery?: 'whole' | 'cut' | 'stalled' | 'dripping';
    }
  /** The connection fails before a status line arrives; `code` is Node's error code. */
  | { readonly kind: 'broken'; readonly code: string }
  /** Nothing ever arrives. */
  | { readonly kind: 'silent' }
  /**
   * The provider itself loses the request and its deadline, or answers long after the deadline.
   */
  | { readonly kind: 'lost' }
  | { readonly kind: 'late' };

/** One request as a fault sees it. */
export interface FaultContext {
  readonly wire: 'anthropic' | 'chat';
  readonly text: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly requestId: string;
  readonly epochMs: number;
  readonly dice: Dice;
}

export interface Fault {
  readonly name: string;
  /** Whether the server charges: as its usage says, perhaps, or never. */
  readonly paid: 'reported' | 'perhaps' | 'never';
  readonly behave: (context: FaultContext) => Behaviour;
}

/** A good answer. */
export const answer: Fault = {
  name: 'answer',
  paid: 'reported',
  behave: (context) => reply(context, answerBody(context)),
};

const JSON_TYPE = { 'content-type': 'application/json' };
const HTML = { 'content-type': 'text/html; charset=utf-8' };

/** Refusals by a rate limit, with every way of saying when to come back. */
const rateLimits: readonly Fault[] = [
  refusal('429', {}),
  refusal('429-after-seconds', { 'retry-after': '2' }),
  refusal('429-after-ms', { 'retry-after-ms': '1500' }),
  refusal('429-after-long', { 'retry-after': '45' }),
  refusal('429-after-an-hour', { 'retry-after': '3600' }),
  ...['soon', '-5', '0', '1e300', 'NaN'].map((text) =>
    refusal(`429-after-${text}`, { 'retry-after': text }),
  ),
  {
    name: '429-after-date',
    paid: 'never',
    behave: ({ epochMs, dice }) =>
      errorReply(429, 'rate_limit_error', {
        'retry-after': new Date(epochMs + dice.between(1, 20) * 1000).toUTCString(),
        // Without this header, waiting until a date would depend on the wall clock.
        date: new Date(epochMs).toUTCString(),
      }),
  },
  refusal('529', {}, 529),
  refusal('529-after', { 'retry-after': '5' }, 529),
  refusal('503', {}, 503),
  {
    name: 'body-rate-limit',
    paid: 'perhaps',
    behave: (context) => reply(context, { error: { code: 429, message: 'slow down' } }),
  },
];

/** Failures of one attempt after which another may succeed. */
const transient: readonly Fault[] = [
  ...[500, 408, 425].map((status) => status_(status)),
  ...[502, 504].map((status) => status_(status, 'perhaps')),
  { ...status_(409), behave: () => errorReply(409, 'conflict', { 'x-should-retry': 'true' }) },
  broken('ECONNRESET', 'perhaps'),
  broken('EPIPE', 'perhaps'),
  broken('EAI_AGAIN'),
  broken('UND_ERR_CONNECT_TIMEOUT'),
  broken('EHOSTUNREACH'),
  delivered('reset-in-body', 'cut'),
  delivered('stalled-body', 'stalled'),
  delivered('dripping-body', 'dripping'),
  { name: 'silence', paid: 'perhaps', behave: () => ({ kind: 'silent' }) },
  { name: 'lost', paid: 'perhaps', behave: () => ({ kind: 'lost' }) },
  { name: 'late', paid: 'reported', behave: () => ({ kind: 'late' }) },
  odd('truncated-json', (context) => JSON.stringify(answerBody(context)).slice(0, -9)),
  odd('empty-body', () => ''),
  odd('null', () => 'null'),
  odd('empty-object', () => '{}'),
  odd('body-error-502', () => JSON.stringify({ error: { code: 502, message: 'upstream' } })),
  { name: 'empty-answer', paid: 'reported', behave: (context) => ended(context, { text: '' }) },
];

/** Outcomes that sending again would not change. */
const final: readonly Fault[] = [
  ...[400, 413, 422, 409, 501].map((status) => status_(status)),
  { ...status_(500), name: '500-no-retry', behave: () => noRetry() },
  { name: 'flagged', paid: 'never', behave: () => errorReply(400, 'content_policy_violation') },
  { name: 'long-prompt', paid: 'never', behave: () => errorReply(400, 'context_length_exceeded') },
  { name: 'truncated', paid: 'reported', behave: (context) => ended(context, { word: 'length' }) },
  { name: 'refused', paid: 'reported', behave: (context) => ended(context, { word: 'refusal' }) },
];

/** What servers report in place of the number of tokens used, if anything. */
const USAGES: ReadonlyArray<{
  readonly name: string;
  readonly usage: (context: FaultContext) => unknown;
}> = [
  { name: 'no-usage', usage: () => undefined },
  { name: 'null-usage', usage: () => null },
  { name: 'empty-usage', usage: () => ({}) },
  { name: 'zero-usage', usage: () => ({ prompt_tokens: 0, completion_tokens: 0 }) },
  { name: 'negative-usage', usage: () => ({ input_tokens: -1, output_tokens: -1 }) },
  { name: 'half-usage', usage: ({ inputTokens }) => ({ prompt_tokens: inputTokens }) },
  { name: 'total-usage', usage: ({ inputTokens }) => ({ total_tokens: inputTokens }) },
];

/** Outcomes that apply to the whole lane if its first tasks all have them. */
const wrongPlace: readonly Fault[] = [
  status_(403),
  status_(404),
  { ...status_(400), name: 'bad-parameter', behave: () => badParameter() },
  broken('ENOTFOUND'),
  broken('ECONNREFUSED'),
  broken('UND_ERR_HEADERS_OVERFLOW', 'perhaps'),
  { name: 'redirect', paid: 'never', behave: () => redirect() },
  { name: 'login-page', paid: 'never', behave: () => page() },
];

/** After these, nothing more can succeed with this provider. */
const stopping: readonly Fault[] = [
  ...[401, 402].map((status) => status_(status)),
  { ...status_(400), name: 'bad-key', behave: () => errorReply(400, 'api_key_invalid') },
  { name: 'quota', paid: 'never', behave: () => errorReply(429, 'insufficient_quota') },
  { name: 'spend-limit', paid: 'never', behave: () => errorReply(400, 'billing_error') },
  broken('DEPTH_ZERO_SELF_SIGNED_CERT'),
];

/** Answers that are odd, but answers nonetheless. */
const oddAnswers: readonly Fault[] = [
  { name: 'no-stop-word', paid: 'reported', behave: (context) => ended(context, { word: null }) },
  { name: 'odd-stop', paid: 'reported', behave: (context) => ended(context, { word: 'flop' }) },
  { name: 'blank-error', paid: 'reported', behave: (context) => withBlankError(context) },
  ...USAGES.map(({ name, usage }): Fault => ({
    name,
    // Only the server knows what it charges.
    paid: 'perhaps',
    behave: (context) => reply(context, { ...answerBody(context), usage: usage(context) }),
  })),
];

/** The model pauses its own turn, and is asked to continue it. */
const pausedTurn: Fault = {
  name: 'paused-turn',
  paid: 'reported',
  behave: (context) => ended(context, { word: 'pause_turn' }),
};

export const faultGroups = {
  rateLimits,
  transient: [...transient, pausedTurn],
  final,
  oddAnswers,
  wrongPlace,
  stopping,
} as const;

function withBlankError(context: FaultContext): Behaviour {
  return reply(context, { ...answerBody(context), error: { message: '', type: '', code: null } });
}

function refusal(name: string, headers: Readonly<Record<string, string>>, status = 429): Fault {
  const word = status === 429 ? 'rate_limit_error' : 'overloaded_error';
  return { name, paid: 'never', behave: () => errorReply(status, word, headers) };
}

function status_(
  status: number,
  paid: Fault['paid'] = status === 408 ? 'perhaps' : 'never',
): Fault {
  return { name: String(status), paid, behave: () => errorReply(status, 'some_error') };
}

function broken(code: string, paid: Fault['paid'] = 'never'): Fault {
  return { name: code, paid, behave: () => ({ kind: 'broken', code }) };
}

/** A good answer that does not arrive completely. */
function delivered(name: string, delivery: 'cut' | 'stalled' | 'dripping'): Fault {
  return {
    name,
    paid: 'perhaps',
    behave: (context) => ({ ...reply(context, answerBody(context)), delivery }),
  };
}

/** A 200 whose body is not an answer. */
function odd(name: string, body: (context: FaultContext) => string): Fault {
  return {
    name,
    paid: 'perhaps',
    behave: (context) => ({
      kind: 'reply',
      status: 200,
      headers: headersOf(context),
      body: body(context),
    }),
  };
}

function badParameter(): Behaviour {
  const body = JSON.stringify({ error: { message: "Unknown parameter: 'x'", param: 'x' } });
  return { kind: 'reply', status: 400, headers: JSON_TYPE, body };
}

function noRetry(): Behaviour {
  return errorReply(500, 'api_error', { 'x-should-retry': 'false' });
}

function redirect(): Behaviour {
  return { kind: 'reply', status: 307, headers: { location: 'https://evil.example/' }, body: '' };
}

function page(): Behaviour {
  return { kind: 'reply', status: 200, headers: HTML, body: '<html><title>Log in</title></html>' };
}

function errorReply(
  status: number,
  word: string,
  headers: Readonly<Record<string, string>> = {},
): Behaviour {
  const body = JSON.stringify({ error: { type: word, code: word, message: `no: ${word}` } });
  return { kind: 'reply', status, headers: { ...JSON_TYPE, ...headers }, body };
}

function reply(context: FaultContext, body: unknown): Extract<Behaviour, { kind: 'reply' }> {
  return { kind: 'reply', status: 200, headers: headersOf(context), body: JSON.stringify(body) };
}

function headersOf({ wire, requestId }: FaultContext): Record<string, string> {
  return { ...JSON_TYPE, [wire === 'anthropic' ? 'request-id' : 'x-request-id']: requestId };
}

/** A complete body whose ending is not that of a finished answer. */
function ended(
  context: FaultContext,
  ending: { readonly text?: string; readonly word?: string | null },
): Behaviour {
  return reply(context, answerBody({ ...context, text: ending.text ?? context.text }, ending.word));
}

const ANTHROPIC_WORDS: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
};

function answerBody(
  { wire, text, inputTokens, outputTokens }: FaultContext,
  word: string | null = 'stop',
): Record<string, unknown> {
  if (wire === 'anthropic') {
    return {
      type: 'message',
      content: text === '' ? [] : [{ type: 'text', text }],
      stop_reason: word === null ? null : (ANTHROPIC_WORDS[word] ?? word),
      usage: { input_tokens: inputTokens, output_tokens: outputTokens },
    };
  }
  return {
    choices: [{ message: { content: text }, finish_reason: word }],
    usage: { prompt_tokens: inputTokens, completion_tokens: outputTokens },
  };
}
