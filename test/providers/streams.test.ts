import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PromptRequest } from '../../src/plan/task.ts';
import type { AttemptOutcome } from '../../src/providers/provider.ts';
import type { ResolvedProvider } from '../../src/providers/resolve-providers.ts';
import type { Behaviour, TestServer } from '../support/server.ts';
import { answerEvents, type Wire } from '../support/wires.ts';
import {
  bodyWith,
  failureOf,
  loadClients,
  promptRequest,
  served,
  withParameters,
} from './setup.ts';

beforeAll(loadClients);

const TEXT = 'Grüße 😀 an alle: “{"type":"message_stop"}” data: [DONE]\n\nEnde';

async function attempt(
  wire: Wire,
  behaviour: Behaviour,
  options: { endpoint?: Partial<ResolvedProvider>; maxTokens?: number; timeoutMs?: number } = {},
): Promise<{ outcome: AttemptOutcome; server: TestServer }> {
  const { endpoint = { stream: 'always' }, maxTokens, timeoutMs = 10_000 } = options;
  const { server, send } = await served(wire, behaviour, { endpoint });
  const request = withParameters(maxTokens === undefined ? {} : { maxTokens });
  return { outcome: await send(request, { timeoutMs }), server };
}

function eventsOf(wire: Wire, text = TEXT): string {
  return answerEvents({ n: 0, wire, body: { model: 'm' } }, { text });
}

function sse(...bodies: unknown[]): string {
  return bodies
    .map((body) => `data: ${typeof body === 'string' ? body : JSON.stringify(body)}\n\n`)
    .join('');
}

const WIRES = ['anthropic', 'responses', 'chat'] as const;

describe.each(WIRES)('a stream of %s', (wire) => {
  const whole = eventsOf(wire);
  const half = whole.slice(0, whole.lastIndexOf('delta') - 20);

  test.each([
    ['in one piece', { events: whole }],
    ['byte by byte', { events: eventsOf(wire, 'Größe 😀'), partBytes: 1 }],
    ['in parts of 7 bytes', { events: whole, partBytes: 7 }],
    ['with CRLF', { events: whole.replaceAll('\n', '\r\n'), partBytes: 11 }],
    ['with CR alone', { events: whole.replaceAll('\n', '\r') }],
    ['with a byte order mark', { events: `\uFEFF${whole}` }],
    ['with comments', { events: whole.replaceAll('\n\n', '\n\n: PROCESSING\n\n') }],
    ['without spaces after colons', { events: whole.replaceAll(/^data: /gmu, 'data:') }],
    ['without blank lines between events', { events: whole.replaceAll('\n\n', '\n') }],
    ['that stays open after its end', { events: whole, afterwards: 'silence' }],
    ['that is reset after its end', { events: whole, afterwards: 'reset' }],
    [
      'with ids and retries',
      { events: whole.replaceAll(/^data: /gmu, 'id: 7\nretry: 10\ndata: ') },
    ],
  ] satisfies Array<[string, Omit<Extract<Behaviour, { kind: 'stream' }>, 'kind'>]>)(
    '%s gives its answer',
    async (name, behaviour) => {
      const { outcome, server } = await attempt(wire, { kind: 'stream', ...behaviour });
      const text = name === 'byte by byte' ? 'Größe 😀' : TEXT;
      expect(outcome).toMatchObject({ kind: 'answered', answer: { text } });
      expect(outcome.kind === 'answered' && outcome.answer.usage.outputTokens).toBe(
        Math.ceil(text.length / 4),
      );
      expect(server.requests).toHaveLength(1);
      expect(server.requests[0]?.body).toMatchObject({ stream: true });
    },
  );

  test('that is compressed is read', async () => {
    const { outcome } = await attempt(wire, {
      kind: 'reply',
      status: 200,
      headers: { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' },
      body: gzipSync(whole),
    });
    expect(outcome).toMatchObject({ kind: 'answered', answer: { text: TEXT } });
  });

  test('is read even if nobody requested one', async () => {
    const { outcome, server } = await attempt(
      wire,
      { kind: 'stream', events: whole },
      { endpoint: { stream: 'never' } },
    );
    expect(outcome).toMatchObject({ kind: 'answered', answer: { text: TEXT } });
    expect(server.requests[0]?.body).not.toHaveProperty('stream');
  });

  test('may be requested, but answered as a whole', async () => {
    const { outcome } = await attempt(wire, {
      kind: 'reply',
      status: 200,
      body: JSON.stringify(bodyWith(wire, 'whole')),
    });
    expect(outcome).toMatchObject({ kind: 'answered', answer: { text: 'whole' } });
  });

  test.each([
    ['is reset', 'reset', 'NETWORK'],
    ['is closed normally', 'end', 'NETWORK'],
    ['goes silent', 'silence', 'TIMEOUT'],
  ] as const)(
    'that %s before its end may be paid, and its text is kept',
    async (_name, afterwards, code) => {
      const { outcome } = await attempt(
        wire,
        { kind: 'stream', events: half, afterwards },
        { timeoutMs: afterwards === 'silence' ? 500 : 10_000 },
      );
      const failure = failureOf(outcome);
      expect(failure).toMatchObject({ code, retryable: true, reach: 'task', possiblyPaid: true });
      expect(TEXT.startsWith(failure.partialOutput ?? 'none')).toBe(true);
      expect(failure).not.toHaveProperty('usage');
    },
  );

  test('that contains an error is that error, and may be paid', async () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    const { outcome } = await attempt(wire, {
      kind: 'stream',
      events: half.slice(0, half.lastIndexOf('\n\n') + 2) + sse({ type: 'error', error }),
    });
    expect(failureOf(outcome)).toMatchObject({
      code: 'OVERLOADED',
      retryable: true,
      reach: 'lane',
      possiblyPaid: true,
    });
  });

  test('of nothing but pings ends at the deadline', async () => {
    const { outcome } = await attempt(
      wire,
      {
        kind: 'stream',
        events: ': ping\n\nevent: ping\ndata: {"type": "ping"}\n\n',
        afterwards: 'silence',
      },
      { timeoutMs: 250 },
    );
    expect(failureOf(outcome)).toMatchObject({ code: 'TIMEOUT', possiblyPaid: true });
  });
});

function chunk(delta: object, finish: string | null = null, more: object = {}): object {
  return {
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  };
}

describe('oddities of Chat Completions', () => {
  const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
  const ok = chunk({ content: 'ok' });
  const stopped = chunk({}, 'stop', { usage });
  const last = { choices: [], usage };
  const message = { message: { content: 'ok' }, finish_reason: 'stop' };

  test.each([
    ['no [DONE]', sse(ok, chunk({}, 'stop'), last)],
    ['usage in the last chunk', sse(ok, stopped, '[DONE]')],
    [
      'usage in every chunk',
      sse(chunk({ content: 'ok' }, null, { usage: { prompt_tokens: 5 } }), stopped, '[DONE]'),
    ],
    [
      'usage: null before the last chunk',
      sse(
        chunk({ content: 'ok' }, null, { usage: null }),
        chunk({}, 'stop', { usage: null }),
        last,
        '[DONE]',
      ),
    ],
    ['usage in x_groq', sse(ok, chunk({}, 'stop', { x_groq: { usage } }), '[DONE]')],
    [
      "usage in the choice, as in Moonshot's",
      sse(ok, { choices: [{ delta: {}, finish_reason: 'stop', usage }] }, '[DONE]'),
    ],
    ['the whole message in one chunk', sse({ choices: [message], usage }, '[DONE]')],
    [
      'one event with a whole answer',
      sse({ object: 'chat.completion', choices: [message], usage }),
    ],
    ['an empty content in the last chunk', sse(ok, chunk({ content: '' }, 'stop'), last, '[DONE]')],
    [
      'chunks without choices first',
      sse({ choices: [], prompt_filter_results: [] }, ok, stopped, '[DONE]'),
    ],
    [
      'content in parts, some of which are reasoning',
      sse(
        chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }),
        chunk({ content: [{ type: 'text', text: 'o' }] }),
        chunk({ content: 'k' }),
        stopped,
        '[DONE]',
      ),
    ],
    [
      'a second choice that nobody requested',
      sse(
        chunk({ content: 'o' }),
        { choices: [{ index: 1, delta: { content: 'no' } }] },
        chunk({ content: 'k' }),
        stopped,
        '[DONE]',
      ),
    ],
    ['garbage between events', `${sse(ok)}data: {"broken\n\n${sse(stopped, '[DONE]')}`],
    [
      'data over several lines',
      'data: {"choices":[{"delta":{"content":"ok"},\ndata: "finish_reason":"stop"}],\ndata: "usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}\n\ndata: [DONE]\n\n',
    ],
  ])('%s', async (_name, events) => {
    const { outcome } = await attempt('chat', { kind: 'stream', events });
    expect(outcome).toMatchObject({
      kind: 'answered',
      answer: { text: 'ok', usage: { inputTokens: 5, outputTokens: 2 } },
    });
  });

  test('usage is requested, until a server rejects the field', async () => {
    const message = 'Unrecognized request argument supplied: stream_options';
    const { server, send } = await served(
      'chat',
      {
        respond: ({ body }) =>
          'stream_options' in body ? { kind: 'error', status: 400, message } : { kind: 'answer' },
      },
      { endpoint: { stream: 'always' } },
    );
    expect(failureOf(await send())).toMatchObject({ isAmended: true, possiblyPaid: false });
    expect((await send()).kind).toBe('answered');
    expect(server.requests.map(({ body }) => body['stream_options'])).toEqual([
      { include_usage: true },
      undefined,
    ]);
  });
});

describe('oddities of Anthropic Messages', () => {
  const start = {
    type: 'message_start',
    message: { usage: { input_tokens: 9, output_tokens: 1 } },
  };
  const text = { type: 'content_block_delta', delta: { type: 'text_delta', text: 'x'.repeat(40) } };

  test('an answer is complete at the end of the turn, without a final event', async () => {
    const end = {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn' },
      usage: { output_tokens: 12 },
    };
    const { outcome } = await attempt('anthropic', {
      kind: 'stream',
      events: sse(start, text, end),
    });
    expect(outcome).toMatchObject({
      kind: 'answered',
      answer: { usage: { inputTokens: 9, outputTokens: 12 } },
    });
  });

  test('the placeholder at the start does not count as usage', async () => {
    const end = { type: 'message_delta', delta: { stop_reason: 'end_turn' } };
    const { outcome } = await attempt('anthropic', {
      kind: 'stream',
      events: sse(start, text, end, { type: 'message_stop' }),
    });
    expect(outcome).toMatchObject({
      kind: 'answered',
      answer: { usage: { inputTokens: 9, outputTokens: 10, isEstimated: true } },
    });
  });
});

function toolBlock(input: object): object {
  return {
    type: 'content_block_start',
    index: 1,
    content_block: { type: 'tool_use', id: 't', name: 'answer', input },
  };
}

function toolPart(json: string): object {
  return {
    type: 'content_block_delta',
    index: 1,
    delta: { type: 'input_json_delta', partial_json: json },
  };
}

describe('the input of a tool in a stream of Anthropic Messages', () => {
  const start = { type: 'message_start', message: { usage: { input_tokens: 9 } } };
  const end = [
    { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 3 } },
    { type: 'message_stop' },
  ];
  const spoken = {
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text: 'ok' },
  };

  const schema = { json: {}, native: undefined };

  async function sent(
    events: readonly object[],
    request: Partial<PromptRequest> = { schema },
  ): Promise<AttemptOutcome> {
    const behaviour = { kind: 'stream', events: sse(start, ...events) } as const;
    const { send } = await served('anthropic', behaviour, { endpoint: { stream: 'always' } });
    return send(promptRequest(request));
  }

  test.each([
    [
      'in parts',
      [toolBlock({}), toolPart(''), toolPart('{"a":'), toolPart('1}'), ...end],
      '{"a":1}',
    ],
    ['in the first event', [toolBlock({ a: 1 }), toolPart(''), ...end], '{"a":1}'],
    ['after text', [spoken, toolBlock({}), toolPart('{"a":1}'), ...end], 'ok\n{"a":1}'],
  ])('is the answer to a schema: %s', async (_name, events, text) => {
    const outcome = await sent(events);
    expect(outcome).toMatchObject({
      kind: 'answered',
      answer: { text, finishReason: 'tool_calls', usage: { inputTokens: 9, outputTokens: 3 } },
    });
  });

  test('is not an answer without a schema', async () => {
    const failure = failureOf(await sent([toolBlock({}), toolPart('{"a":1}'), ...end], {}));
    expect(failure).toMatchObject({ code: 'BAD_RESPONSE', finishReason: 'tool_calls' });
  });

  test('is not an answer if the stream breaks off', async () => {
    const failure = failureOf(await sent([toolBlock({}), toolPart('{"a":')]));
    expect(failure).toMatchObject({ code: 'NETWORK', retryable: true });
  });
});

test('text after a finished item of Responses is kept if the stream breaks off', async () => {
  const events = sse(
    { type: 'response.output_item.done', item: { type: 'reasoning', summary: [] } },
    { type: 'response.output_text.delta', delta: 'half' },
  );
  const { outcome } = await attempt('responses', { kind: 'stream', events });
  expect(failureOf(outcome)).toMatchObject({ code: 'NETWORK', partialOutput: 'half' });
});

test.each([
  [
    'an error without its own key',
    sse({ object: 'error', message: 'too big', code: 400 }, '[DONE]'),
    { code: 'BAD_REQUEST', retryable: false },
  ],
  [
    'an error event without a status',
    'event: error\ndata: {"message": "too big"}\n\n',
    { code: 'BAD_RESPONSE', retryable: true },
  ],
])('a stream of %s is reported in the server’s words', async (_name, events, expected) => {
  const failure = failureOf((await attempt('chat', { kind: 'stream', events })).outcome);
  expect(failure).toMatchObject(expected);
  expect(failure.message).toContain('too big');
});

describe('when an answer is streamed', () => {
  test.each([
    ['anthropic', 21_333, undefined],
    ['anthropic', 21_334, true],
    ['anthropic', 64_000, true],
    ['chat', 64_000, undefined],
    ['responses', 64_000, undefined],
  ] as const)('%s with %d tokens: %s', async (wire, maxTokens, stream) => {
    const { outcome, server } = await attempt(
      wire,
      { kind: 'answer' },
      { endpoint: {}, maxTokens },
    );
    expect(outcome.kind).toBe('answered');
    expect(server.requests[0]?.body['stream']).toBe(stream);
  });

  test('never, if the entry says so', async () => {
    const options = { endpoint: { stream: 'never' }, maxTokens: 64_000 } as const;
    const { server } = await attempt('anthropic', { kind: 'answer' }, options);
    expect(server.requests[0]?.body).not.toHaveProperty('stream');
  });
});
