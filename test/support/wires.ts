/** The three wire formats that the test server supports. */
export type Wire = 'anthropic' | 'responses' | 'chat';

export interface AnswerOptions {
  /** Default: `echo: ` and the prompt. */
  readonly text?: string;
  /** The vendor's own word. Default: the one that means a finished answer. */
  readonly stopReason?: string | null;
  /** The vendor's own usage object. Default: derived from lengths. */
  readonly usage?: Readonly<Record<string, unknown>> | null;
  /** Replaces fields of the body at the top level. */
  readonly override?: Readonly<Record<string, unknown>>;
}

interface AskedFor {
  readonly n: number;
  readonly wire: Wire;
  readonly body: Readonly<Record<string, unknown>>;
}

export function wireOf(path: string): Wire {
  if (path.endsWith('/messages')) return 'anthropic';
  return path.endsWith('/responses') ? 'responses' : 'chat';
}

/** The user's text in a request of any wire. */
export function promptOf(request: AskedFor): string {
  const { body } = request;
  if (typeof body['input'] === 'string') return body['input'];
  const messages = listOf(body['messages']);
  const user = messages.find((message) => field(message, 'role') === 'user');
  const content = field(user, 'content');
  return typeof content === 'string' ? content : JSON.stringify(content ?? '');
}

/** Shared prefix and system text of a request of any wire, joined as they came. */
export function instructionsOf(request: AskedFor): string {
  const { body } = request;
  if (typeof body['instructions'] === 'string') return body['instructions'];
  if (Array.isArray(body['system'])) {
    return listOf(body['system'])
      .map((block) => String(field(block, 'text')))
      .join('\n\n');
  }
  const messages = listOf(body['messages']);
  const system = messages.find((message) => field(message, 'role') === 'system');
  const content = field(system, 'content');
  return typeof content === 'string' ? content : '';
}

/** Counts tokens by length, the same way for every wire: 4 characters per token, at least 1. */
function countTokens(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}

/** A finished answer in the wire's own shape. */
export function answerBody(request: AskedFor, options: AnswerOptions = {}): unknown {
  const text = options.text ?? `echo: ${promptOf(request)}`;
  const input = countTokens(instructionsOf(request) + promptOf(request));
  const output = isCut(options.stopReason) ? mostTokens(request, text) : countTokens(text);
  const model = request.body['model'];
  switch (request.wire) {
    case 'anthropic':
      return {
        id: `msg_${request.n}`,
        type: 'message',
        role: 'assistant',
        model,
        content: text === '' ? [] : [{ type: 'text', text }],
        stop_reason: options.stopReason === undefined ? 'end_turn' : options.stopReason,
        stop_sequence: null,
        ...usageField(options, {
          input_tokens: input,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 0,
          output_tokens: output,
        }),
        ...options.override,
      };
    case 'responses':
      return {
        id: `resp_${request.n}`,
        object: 'response',
        status: options.stopReason === undefined ? 'completed' : options.stopReason,
        error: null,
        incomplete_details: null,
        model,
        output: [
          {
            type: 'message',
            id: `msg_${request.n}`,
            status: 'completed',
            role: 'assistant',
            content: [{ type: 'output_text', text, annotations: [] }],
          },
        ],
        ...usageField(options, {
          input_tokens: input,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens: output,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: input + output,
        }),
        ...options.override,
      };
    case 'chat':
      return {
        id: `chatcmpl_${request.n}`,
        object: 'chat.completion',
        created: 0,
        model,
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: text, refusal: null },
            finish_reason: options.stopReason === undefined ? 'stop' : options.stopReason,
          },
        ],
        ...usageField(options, {
          prompt_tokens: input,
          completion_tokens: output,
          total_tokens: input + output,
        }),
        ...options.override,
      };
    default: {
      const unknown: never = request.wire;
      throw new Error(`unknown wire ${String(unknown)}`);
    }
  }
}

/** Whether this is a word for an answer that reached `max_tokens`. */
function isCut(stopReason: string | null | undefined): boolean {
  return ['length', 'max_tokens', 'incomplete'].includes(stopReason ?? '');
}

/** As many tokens as the request allows, if it has a limit. */
function mostTokens({ body }: AskedFor, text: string): number {
  const most = body['max_tokens'] ?? body['max_output_tokens'] ?? body['max_completion_tokens'];
  return typeof most === 'number' ? most : countTokens(text);
}

/** The same answer as a stream in the wire's own shape, with a few characters per event. */
export function answerEvents(request: AskedFor, options: AnswerOptions = {}): string {
  const body = answerBody(request, options);
  if (!isRecord(body)) throw new Error('no body');
  const text = options.text ?? `echo: ${promptOf(request)}`;
  const parts = [...text.matchAll(/.{1,3}/gsu)].map(([part]) => part);
  switch (request.wire) {
    case 'anthropic': {
      const { content: _, stop_reason: stopReason, usage, ...start } = body;
      const begun = isRecord(usage) ? { ...usage, output_tokens: 1 } : usage;
      return events([
        {
          type: 'message_start',
          message: { ...start, content: [], stop_reason: null, usage: begun },
        },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        { type: 'ping' },
        ...parts.map((part) => ({
          type: 'content_block_delta',
          index: 0,
          delta: { type: 'text_delta', text: part },
        })),
        { type: 'content_block_stop', index: 0 },
        { type: 'message_delta', delta: { stop_reason: stopReason, stop_sequence: null }, usage },
        { type: 'message_stop' },
      ]);
    }
    case 'responses': {
      const { status, output: _, usage: __, ...start } = body;
      const end = status === 'incomplete' || status === 'failed' ? status : 'completed';
      return events([
        { type: 'response.created', response: { ...start, status: 'in_progress', output: [] } },
        ...parts.map((part) => ({ type: 'response.output_text.delta', delta: part })),
        { type: `response.${end}`, response: body },
      ]);
    }
    case 'chat': {
      const { choices, usage, ...start } = body;
      const reason = field(listOf(choices)[0], 'finish_reason');
      const chunk = (delta: object, finish: unknown = null): object => ({
        ...start,
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta, finish_reason: finish }],
      });
      return `${events([
        chunk({ role: 'assistant', content: '' }),
        ...parts.map((part) => chunk({ content: part })),
        chunk({}, reason),
        { ...start, object: 'chat.completion.chunk', choices: [], usage },
      ])}data: [DONE]\n\n`;
    }
    default: {
      const unknown: never = request.wire;
      throw new Error(`unknown wire ${String(unknown)}`);
    }
  }
}

function events(bodies: ReadonlyArray<object>): string {
  return bodies
    .map((body) => {
      const name = 'type' in body ? `event: ${String(body.type)}\n` : '';
      return `${name}data: ${JSON.stringify(body)}\n\n`;
    })
    .join('');
}

/** An error in the wire's own shape. */
export function errorBody(
  wire: Wire,
  error: {
    readonly type?: string;
    readonly code?: string | number;
    readonly message?: string;
  },
): unknown {
  const message = error.message ?? 'something went wrong';
  if (wire === 'anthropic') {
    return {
      type: 'error',
      error: {
        type: error.type ?? 'api_error',
        message,
        ...(error.code === undefined ? {} : { details: { error_code: error.code } }),
      },
      request_id: 'req_error',
    };
  }
  return {
    error: { message, type: error.type ?? 'server_error', param: null, code: error.code ?? null },
  };
}

function usageField(options: AnswerOptions, usage: unknown): { usage?: unknown } {
  if (options.usage === null) return {};
  return { usage: options.usage ?? usage };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function field(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
