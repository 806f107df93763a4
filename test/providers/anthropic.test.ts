import { describe, expect, test } from 'vitest';
import { anthropicDialect } from '../../src/providers/anthropic.ts';
import type { Verdict } from '../../src/providers/judge-answer.ts';
import { undiciWire } from '../../src/providers/undici-wire.ts';
import { describeContract } from './contract.ts';
import { PLAIN, promptRequest, served, verdictOf, withParameters } from './setup.ts';

describeContract('anthropic');
describeContract('anthropic', { name: 'a stream', open: undiciWire, stream: 'always' });

describe('request', () => {
  test('without context, system or parameters, only what the API requires is sent', () => {
    expect(anthropicDialect.encode(promptRequest(), PLAIN)).toEqual({
      ok: true,
      body: {
        model: 'test-model',
        max_tokens: 4096,
        messages: [{ role: 'user', content: 'ping' }],
      },
    });
  });

  test('parameters have their names in this API, and params are added', () => {
    const request = withParameters({
      maxTokens: 9,
      temperature: 0,
      topP: 0.5,
      stop: ['END'],
      reasoning: 'high',
      params: { top_k: 3, output_config: { note: 'x' } },
    });
    expect(anthropicDialect.encode(request, PLAIN)).toMatchObject({
      body: {
        max_tokens: 9,
        temperature: 0,
        top_p: 0.5,
        stop_sequences: ['END'],
        output_config: { effort: 'high', note: 'x' },
        top_k: 3,
      },
    });
  });

  test.each([
    ['none', { thinking: { type: 'disabled' } }],
    ['minimal', { output_config: { effort: 'low' } }],
    ['max', { output_config: { effort: 'max' } }],
  ] as const)('reasoning `%s` becomes %o', (reasoning, fields) => {
    expect(anthropicDialect.encode(withParameters({ reasoning }), PLAIN)).toMatchObject({
      body: fields,
    });
  });
});

describe('ends of a turn', () => {
  test.each([
    ['end_turn', { kind: 'answered', text: 'hello' }],
    ['stop_sequence', { kind: 'answered', text: 'hello' }],
    ['max_tokens', failure('TRUNCATED', 'length')],
    ['model_context_window_exceeded', failure('TRUNCATED', 'length')],
    ['refusal', failure('REFUSED', 'refusal')],
    ['tool_use', failure('BAD_RESPONSE', 'tool_calls')],
  ])('%s', (word, expected) => {
    expect(decode(word, [{ type: 'text', text: 'hello' }])).toMatchObject(expected);
  });

  test('a tool call without text is not an answer and is not retried', () => {
    expect(decode('tool_use', [{ type: 'tool_use', id: 'x', name: 'y', input: {} }])).toMatchObject(
      {
        failure: {
          code: 'BAD_RESPONSE',
          retryable: false,
          hint: 'Volley runs no tools: leave `tools` out of `params`',
        },
      },
    );
  });

  test('thinking alone counts as an empty output', () => {
    expect(decode('end_turn', [{ type: 'thinking', thinking: 'hm' }])).toMatchObject({
      failure: { code: 'EMPTY_OUTPUT', retryable: true, maxRetries: 1 },
    });
  });
});

test('a paused turn continues with its text so far, twice, and returns the whole text', async () => {
  const parts = [
    { text: 'one ', stopReason: 'pause_turn' },
    { text: 'two ', stopReason: 'pause_turn' },
    { text: 'three', stopReason: 'end_turn' },
  ];
  const { server, send } = await served('anthropic', {
    respond: (_request, n) => ({ kind: 'answer', ...parts[n] }),
  });
  const first = await send();
  if (first.kind !== 'incomplete') throw new Error(first.kind);
  const second = await send(promptRequest(), { continuation: first.continuation });
  if (second.kind !== 'incomplete') throw new Error(second.kind);
  const third = await send(promptRequest(), { continuation: second.continuation });
  expect(third).toMatchObject({ kind: 'answered', answer: { text: 'one two three' } });
  expect(server.requests[2]?.body['messages']).toEqual([
    { role: 'user', content: 'ping' },
    { role: 'assistant', content: [{ type: 'text', text: 'one ' }] },
    { role: 'assistant', content: [{ type: 'text', text: 'two ' }] },
  ]);
});

function decode(word: string, content: readonly unknown[]): Verdict {
  return verdictOf(anthropicDialect, { content, stop_reason: word });
}

function failure(code: string, finishReason: string): object {
  return {
    kind: 'failed',
    failure: { code, finishReason, retryable: false, partialOutput: 'hello', possiblyPaid: true },
  };
}
