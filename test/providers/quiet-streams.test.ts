import { expect, test } from 'vitest';
import { createRedactor } from '../../src/errors/redact.ts';
import { sleep } from '../../src/ports/clock.ts';
import { anthropicDialect } from '../../src/providers/anthropic.ts';
import { createHttpProvider } from '../../src/providers/http-provider.ts';
import { chatDialect } from '../../src/providers/openai-chat.ts';
import type { AttemptOutcome } from '../../src/providers/provider.ts';
import {
  createTransport,
  type WireReply,
  type WireRequest,
} from '../../src/providers/transport.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { endpointAt, failureOf, promptRequest, sendOptions } from './setup.ts';

type Serve = (request: WireRequest, clock: VirtualClock) => Promise<WireReply>;

/** A provider on a clock that jumps, over a wire that follows a script. */
function provider(serve: Serve, wire: 'anthropic' | 'chat', stream?: 'never' | 'always') {
  const clock = new VirtualClock();
  const bodies: Array<Record<string, unknown>> = [];
  const transport = createTransport({
    clock,
    wire: {
      send(_url, request) {
        request.onSent?.();
        bodies.push(JSON.parse(request.body ?? '{}'));
        return serve(request, clock);
      },
      close: () => Promise.resolve(),
    },
  });
  const post = transport.fetchWith({});
  const http = createHttpProvider({
    endpoint: endpointAt(wire, 'https://llm.example/v1', { stream }),
    dialect: wire === 'anthropic' ? anthropicDialect : chatDialect,
    open:
      async () =>
      async (body, { signal, transfer }) =>
        post('https://llm.example', {
          method: 'POST',
          body: JSON.stringify(body),
          signal,
          transfer,
        }),
    transport,
    clock,
    redact: createRedactor([]),
  });
  const send = (timeoutMs = 600_000): Promise<AttemptOutcome> =>
    clock.runWithin(http.send(promptRequest(), sendOptions({ timeoutMs })), {
      withinMs: timeoutMs + 1_000,
      maxSteps: 10_000,
    });
  return { send, bodies, clock };
}

const cutAfter =
  (ms: number): Serve =>
  async (_, clock) => {
    await sleep(clock, ms);
    throw Object.assign(new Error('cut'), { code: 'ECONNRESET' });
  };

test.each([
  [
    'a connection that was quiet for a minute is cut, the next request streams',
    cutAfter(60_000),
    undefined,
    true,
  ],
  [
    'a connection is cut immediately, the next request does not stream',
    cutAfter(100),
    undefined,
    undefined,
  ],
  [
    'the manifest says never, the next request does not stream',
    cutAfter(60_000),
    'never',
    undefined,
  ],
  [
    'a gateway gives up after a minute, the next request streams',
    async (_request: WireRequest, clock: VirtualClock) => {
      await sleep(clock, 60_000);
      return reply(504, 'text/html', ['<title>504 Gateway Timeout</title>']);
    },
    undefined,
    true,
  ],
] as const)('if %s', async (_name, serve, stream, streams) => {
  const { send, bodies } = provider(serve, 'chat', stream);
  expect(failureOf(await send())).toMatchObject({ retryable: true, possiblyPaid: true });
  await send();
  expect(bodies.map((body) => body['stream'])).toEqual([undefined, streams]);
});

const START = event({ type: 'message_start', message: { type: 'message', content: [] } });
const WORD = event({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text: 'word ' },
});
const END = [
  event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } }),
  event({ type: 'message_stop' }),
];

test('a stream that falls silent after it has started ends after two minutes, and its text is kept', async () => {
  const { send, clock } = provider(
    async () => reply(200, 'text/event-stream', [START, WORD], () => new Promise(() => undefined)),
    'anthropic',
    'always',
  );
  expect(failureOf(await send())).toMatchObject({
    code: 'TIMEOUT',
    message: 'llm.example went silent for 120 s in the middle of an answer',
    retryable: true,
    possiblyPaid: true,
    partialOutput: 'word ',
  });
  expect(clock.now()).toBe(120_000);
});

test('a model may think for more than two minutes before its answer starts', async () => {
  const { send, clock } = provider(
    async (_, time) =>
      reply(200, 'text/event-stream', [START, 300_000, WORD, ...END], undefined, time),
    'anthropic',
    'always',
  );
  expect(await send()).toMatchObject({ kind: 'answered', answer: { text: 'word ' } });
  expect(clock.now()).toBe(300_000);
});

test('pauses between parts are not added up', async () => {
  const parts = Array.from({ length: 5 }, () => [WORD, 100_000]).flat();
  const { send } = provider(
    async (_, time) => reply(200, 'text/event-stream', [START, ...parts, ...END], undefined, time),
    'anthropic',
    'always',
  );
  expect(await send()).toMatchObject({
    kind: 'answered',
    answer: { text: 'word word word word word ' },
  });
});

test('pings do not keep a stream alive past its deadline', async () => {
  const pings = Array.from({ length: 100 }, () => [event({ type: 'ping' }), 15_000]).flat();
  const { send, clock } = provider(
    async (_, time) => reply(200, 'text/event-stream', [START, ...pings], undefined, time),
    'anthropic',
    'always',
  );
  expect(failureOf(await send(90_000))).toMatchObject({ code: 'TIMEOUT', possiblyPaid: true });
  expect(clock.now()).toBe(90_000);
});

test('an answer that is complete when its deadline passes counts', async () => {
  const body = JSON.stringify({
    choices: [{ message: { content: 'ok' }, finish_reason: 'stop' }],
  });
  const { send } = provider(
    async () => reply(200, 'application/json', [body], () => new Promise(() => undefined)),
    'chat',
  );
  expect(await send(1_000)).toMatchObject({ kind: 'answered', answer: { text: 'ok' } });
});

function event(body: object): string {
  return `data: ${JSON.stringify(body)}\n\n`;
}

/** A reply in parts. A number is a pause of that many milliseconds. */
function reply(
  status: number,
  type: string,
  parts: ReadonlyArray<string | number>,
  then?: () => Promise<unknown>,
  clock?: VirtualClock,
): WireReply {
  return {
    status,
    headers: { 'content-type': type },
    body: (async function* () {
      for (const part of parts) {
        if (typeof part === 'string') yield Buffer.from(part);
        else if (clock) await sleep(clock, part);
      }
      await then?.();
    })(),
    discard: () => undefined,
  };
}
