import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { folder, recordsIn, volley, type CliResult } from '../support/cli.ts';
import { answerBody, type AnswerOptions } from '../support/wires.ts';
import { manifestOn, served, WITH_KEY } from './served.ts';

/** Each task's prompt names the answer that the server gives to it. */
async function runAll(
  answers: Readonly<Record<string, AnswerOptions>>,
  parts: Readonly<Record<string, unknown>> = {},
): Promise<{
  readonly run: CliResult;
  readonly requests: readonly unknown[];
  readonly cwd: string;
}> {
  const server = await served({
    respond: ({ body }) => {
      const [name = ''] = JSON.stringify(body['messages']).match(/(?<=ask )[a-z0-9 -]+/u) ?? [];
      return { kind: 'answer', ...answers[name] };
    },
  });
  const cwd = folder({
    'volley.yaml': manifestOn(server, {
      tasks: Object.keys(answers).map((name) => `ask ${name}`),
      ...parts,
    }),
  });
  const flags = ['--summary-file', 's.json', '--retry-delay', '1ms'];
  const run = await volley(['run', 'volley.yaml', ...flags], { ...WITH_KEY, cwd });
  return { run, requests: server.requests, cwd };
}

/** Replaces the good choice in an answer from Chat Completions. */
function choice(message: object, rest: object = {}): AnswerOptions {
  return { override: { choices: [{ index: 0, message, finish_reason: 'stop', ...rest }] } };
}

describe('an answer is judged by its content, and requested only once,', () => {
  const rows: Readonly<Record<string, AnswerOptions>> = {
    'no word': { text: 'Paris.', stopReason: null },
    'an empty word': { text: 'Paris.', stopReason: '' },
    'the string null': { text: 'Paris.', stopReason: 'null' },
    'a word that other servers use': { text: 'Paris.', stopReason: 'eos_token' },
    'a word in capitals': { text: 'Paris.', stopReason: 'COMPLETE' },
    'a word with a prefix': { text: 'Paris.', stopReason: 'FINISH_REASON_STOP' },
    'a word in camel case': { text: 'Paris.', stopReason: 'stopSequence' },
    'a word with a dash': { text: 'Paris.', stopReason: 'end-turn' },
    'a word that nobody knows': { text: 'Paris.', stopReason: 'bored' },
    'a blank error next to it': {
      text: 'Paris.',
      override: { error: { message: '', type: '', code: null } },
    },
    'an error object that reports no error': {
      text: 'Paris.',
      override: { error: { code: 0, message: 'ok' } },
    },
    'an error next to a whole answer': {
      text: 'Paris.',
      override: { error: { message: 'cache unavailable' } },
    },
    'an empty list of errors': { text: 'Paris.', override: { error: [] } },
    'a blank error in the choice': choice(
      { content: 'Paris.' },
      { error: { message: '', code: null } },
    ),
    'text in the reasoning': choice({ content: null, reasoning_content: 'Paris.' }),
    'text in the newer reasoning field': choice({ content: '', reasoning: 'Paris.' }),
    'parts without a type': choice({ content: [{ text: 'Paris.' }] }),
    'parts in another wire format': choice({ content: [{ type: 'output_text', text: 'Paris.' }] }),
    'the legacy completions format': {
      override: { choices: [{ text: 'Paris.', finish_reason: 'stop' }] },
    },
    'the shape of another wire format': {
      override: { choices: undefined, content: [{ type: 'text', text: 'Paris.' }] },
    },
  };

  it('whatever else is odd about it', async () => {
    const { run, requests } = await runAll(rows);
    const answers = recordsIn(run.stdout).map((record) => [
      record.index,
      record.output ?? record.error?.code,
    ]);
    expect(Object.fromEntries(answers)).toEqual(
      Object.fromEntries(Object.keys(rows).map((_, index) => [index, 'Paris.'])),
    );
    expect(requests).toHaveLength(Object.keys(rows).length);
    expect(run.code).toBe(0);
  });
});

type Spoil = (body: string) => string;

const several: Spoil = (body) => `${body}\n${body.replace('Paris', 'Rome')}`;
const brokenOff: Spoil = (body) => body.slice(0, body.indexOf('"finish_reason"'));

/** Each task's prompt names the way in which the server sends its answer. */
async function runBodies(
  bodies: Readonly<Record<string, Spoil>>,
  type = 'application/json',
): Promise<{ readonly run: CliResult; readonly requests: readonly unknown[] }> {
  const server = await served({
    respond: (request) => {
      const [name = ''] = request.text.match(/(?<=ask )[a-z ]+/iu) ?? [];
      const good = JSON.stringify(answerBody(request, { text: 'Paris.' }));
      const body = bodies[name]?.(good) ?? '';
      return { kind: 'reply', status: 200, body, headers: { 'content-type': type } };
    },
  });
  const tasks = Object.keys(bodies).map((name) => `ask ${name}`);
  const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks }) });
  const run = await volley(['run', 'volley.yaml', '--retry-delay', '1ms'], { ...WITH_KEY, cwd });
  return { run, requests: server.requests };
}

describe('an answer in a body that is not just JSON', () => {
  const rows: Readonly<Record<string, Spoil>> = {
    'a comment after it': (body) => `${body}\n<!-- cached -->`,
    'a comment before it': (body) => `: PROCESSING\n\n: PROCESSING\n\n${body}`,
    'a warning before it': (body) => `<b>Warning</b>: x[0] on line <b>3</b>\n${body}`,
    'a call around it': (body) => `callback(${body});`,
    'a prefix against inclusion': (body) => `)]}',\n${body}`,
    'the same answer twice': (body) => body + body,
    'another value after it': (body) => `${body}null`,
    'the start of another value after it': (body) => `${body}{"choi`,
    'zeros after it': (body) => `${body}\0\0`,
    'JSON in a string': (body) => JSON.stringify(body),
    'a response of AWS Lambda': (body) => JSON.stringify({ statusCode: 200, body }),
    'a line break in the text': (body) => body.replace('Paris.', '\nParis.\t'),
  };

  it.each(['application/json', 'text/html', 'text/event-stream'])(
    'counts and is requested only once, with the content type %s',
    async (type) => {
      const { run, requests } = await runBodies(rows, type);
      const answers = recordsIn(run.stdout).map((record) => [
        Object.keys(rows)[record.index],
        record.error?.message ?? JSON.stringify(record.output),
      ]);
      expect(Object.fromEntries(answers)).toEqual(
        Object.fromEntries(
          Object.keys(rows).map((name) => [name, expect.stringContaining('Paris.')]),
        ),
      );
      expect(requests).toHaveLength(Object.keys(rows).length);
    },
  );

  it('is not chosen from several, and what arrived is kept', async () => {
    const { run, requests } = await runBodies({ several });
    const [record] = recordsIn(run.stdout);
    expect(record?.error).toMatchObject({
      code: 'BAD_RESPONSE',
      message: expect.stringContaining('sent 2 different answers in one body'),
    });
    expect(record?.partial_output).toMatch(/Paris.*Rome/su);
    expect(requests).toHaveLength(1);
  });

  it('is kept, with its usage, if nothing is known about its format', async () => {
    const body = JSON.stringify({
      reply: 'Paris.',
      usage: { prompt_tokens: 9, completion_tokens: 5 },
    });
    const { run, requests } = await runBodies({ unknown: () => body });
    const [record] = recordsIn(run.stdout);
    expect(record).toMatchObject({
      error: { code: 'BAD_RESPONSE', retryable: false },
      partial_output: 'Paris.',
      usage: { input_tokens: 9, output_tokens: 5 },
    });
    expect(requests).toHaveLength(1);
  });

  const NATIVE: Readonly<Record<string, { readonly body: unknown; readonly words?: string }>> = {
    cohere: {
      body: {
        id: 'c-1',
        finish_reason: 'COMPLETE',
        message: { role: 'assistant', content: [{ type: 'text', text: 'Paris.' }] },
        usage: { tokens: { input_tokens: 9, output_tokens: 5 } },
      },
      words: 'the native format of Cohere',
    },
    'the first version of cohere': {
      body: {
        response_id: 'r-1',
        generation_id: 'g-1',
        text: 'Paris.',
        chat_history: [{ role: 'USER', message: 'ask' }],
        finish_reason: 'COMPLETE',
        meta: { tokens: { input_tokens: 9, output_tokens: 5 } },
      },
      words: 'the native format of Cohere',
    },
    'text generation inference': {
      body: [{ generated_text: 'Paris.', details: { generated_tokens: 5, prefill: [] } }],
      words: 'the native format of Text Generation Inference',
    },
    cloudflare: {
      body: { result: { response: 'Paris.' }, success: true, errors: [], messages: [] },
      words: 'the native format of Cloudflare Workers AI',
    },
    'ollama chat': {
      body: { model: 'm', message: { role: 'assistant', content: 'Paris.' }, done: true },
      words: 'the native format of Ollama',
    },
    ollama: { body: { model: 'm', response: 'Paris.', done: true }, words: 'of Ollama' },
    gemini: {
      body: {
        candidates: [
          { content: { parts: [{ text: 'Par' }, { text: 'is.' }] }, finishReason: 'STOP' },
        ],
      },
      words: 'the native format of Gemini',
    },
    bedrock: {
      body: { output: { message: { role: 'assistant', content: [{ text: 'Paris.' }] } } },
    },
    replicate: { body: { status: 'succeeded', output: ['Par', 'is.'] } },
    'a plain string': { body: 'Paris.' },
    'a list of strings': { body: ['Paris.'] },
  };

  it('is kept and requested once, in the native format of another server', async () => {
    const bodies = Object.entries(NATIVE).map(([name, { body }]) => [
      name,
      () => JSON.stringify(body),
    ]);
    for (const [name, spoil] of bodies) {
      const { run, requests } = await runBodies(Object.fromEntries([[name, spoil]]));
      const [record] = recordsIn(run.stdout);
      expect({ name, record, requests: requests.length }).toMatchObject({
        name,
        record: {
          partial_output: 'Paris.',
          usage: { output_tokens: expect.any(Number) },
          error: {
            code: 'BAD_RESPONSE',
            message: expect.stringContaining(NATIVE[String(name)]?.words ?? 'the answer '),
            retryable: false,
          },
        },
        requests: 1,
      });
    }
  });

  it.each([
    ['is whole, however long it is', 'x'.repeat(100_000), 'x'.repeat(100_000)],
    ['is kept with all around it if it has several texts', undefined, 'Rome'],
  ])('that is kept %s', async (_, text, expected) => {
    const body = text === undefined ? { a: { text: 'Paris' }, b: { text: 'Rome' } } : { text };
    const { run } = await runBodies({ it: () => JSON.stringify(body) });
    expect(recordsIn(run.stdout)[0]?.partial_output).toContain(expected);
  });

  it.each(['{}', 'null', '[]', '""', '{"status":"ok"}', '{"choices":[]}'])(
    'is requested again if there is none: %s',
    async (body) => {
      const { requests } = await runBodies({ none: () => body });
      expect(requests).toHaveLength(3);
    },
  );

  it('is requested again if it broke off', async () => {
    const { run, requests } = await runBodies({ cut: brokenOff });
    expect(recordsIn(run.stdout)[0]?.error?.code).toBe('BAD_RESPONSE');
    expect(requests).toHaveLength(3);
  });
});

describe('an answer in JSON', () => {
  const JSON_ANSWER = '{"wish":"tea","urgency":2}';
  const rows: Readonly<Record<string, AnswerOptions>> = {
    'a byte order mark': { text: `\uFEFF${JSON_ANSWER}` },
    thoughts: { text: `<think>\n{"wish":"coffee"}?\n</think>\n\n${JSON_ANSWER}` },
    'thoughts and a fence': { text: `<think>hm</think>\n\`\`\`json\n${JSON_ANSWER}\n\`\`\`` },
    'thoughts without a beginning': { text: `hm\n</think>\n${JSON_ANSWER}` },
    'thoughts as another vendor marks them': { text: `[THINK]hm[/THINK]${JSON_ANSWER}` },
    'thoughts in the harmony format': {
      text: `<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>${JSON_ANSWER}`,
    },
    'a fence in prose': { text: `Here it is:\n\n\`\`\`json\n${JSON_ANSWER}\n\`\`\`\n\nEnjoy!` },
    'a fence without a language': { text: `\`\`\`\n${JSON_ANSWER}\n\`\`\`` },
    'prose before it': { text: `The answer is ${JSON_ANSWER}` },
    'prose around it with braces': { text: `As {asked}, here: ${JSON_ANSWER} {done}` },
    'an example that does not match': { text: `Not {"wish":"x"} but ${JSON_ANSWER}` },
    'the same twice': { text: `${JSON_ANSWER}\n\nSo: ${JSON_ANSWER}` },
    'a tool call': choice({
      content: null,
      tool_calls: [{ function: { name: 'json_tool_call', arguments: JSON_ANSWER } }],
    }),
    'a tool call after text': choice(
      {
        content: 'Here it is:',
        tool_calls: [{ function: { name: 'json', arguments: JSON_ANSWER } }],
      },
      { finish_reason: 'tool_calls' },
    ),
    'a tool call with an object': choice({
      content: null,
      tool_calls: [{ function: { name: 'json', arguments: JSON.parse(JSON_ANSWER) } }],
    }),
    'in the reasoning': choice({ content: null, reasoning_content: JSON_ANSWER }),
  };
  const SCHEMA = {
    type: 'object',
    properties: { wish: { type: 'string' }, urgency: { type: 'integer' } },
    required: ['wish', 'urgency'],
  };

  it('is found wherever it is, and requested once', async () => {
    const { run, requests } = await runAll(rows, {
      defaults: { model: 'local/small', schema: SCHEMA },
    });
    const outputs = recordsIn(run.stdout).map((record) => [
      record.index,
      record.output ?? record.error?.message,
    ]);
    expect(Object.fromEntries(outputs)).toEqual(
      Object.fromEntries(Object.keys(rows).map((_, index) => [index, { wish: 'tea', urgency: 2 }])),
    );
    expect(requests).toHaveLength(Object.keys(rows).length);
  });

  it('is not chosen if several match', async () => {
    const other = '{"wish":"water","urgency":1}';
    const { run } = await runAll(
      { several: { text: `Either ${JSON_ANSWER} or ${other}` } },
      { defaults: { model: 'local/small', schema: SCHEMA, max_retries: 0 } },
    );
    expect(recordsIn(run.stdout)[0]?.error).toMatchObject({
      code: 'SCHEMA_MISMATCH',
      message: 'the answer does not match its schema: it contains 2 JSON values that match',
    });
  });
});

describe('an answer without usage', () => {
  const PRICES = { 'local/small': { input: 1, output: 10 } };

  it('is counted by an estimate in the record, the summary and the last lines', async () => {
    const { run, cwd } = await runAll(
      { none: { text: 'four', usage: null }, odd: { text: 'four', usage: { prompt_tokens: -1 } } },
      { prices: PRICES, defaults: { model: 'local/small', max_tokens: 100 } },
    );
    expect(recordsIn(run.stdout)).toEqual(
      Array.from({ length: 2 }, () =>
        expect.objectContaining({
          usage: expect.objectContaining({ input_tokens: expect.any(Number), output_tokens: 1 }),
          usage_estimated: true,
          cost_usd: expect.any(Number),
          possibly_paid_usd: expect.any(Number),
        }),
      ),
    );
    const [record] = recordsIn(run.stdout);
    // The budget counts what `max_tokens` allows: the model may have used hidden reasoning tokens.
    expect((record?.cost_usd ?? 0) + (record?.possibly_paid_usd ?? 0)).toBeGreaterThan(0.001);
    const summary: unknown = JSON.parse(readFileSync(join(cwd, 's.json'), 'utf8'));
    expect(summary).toMatchObject({ usage_estimated: 2 });
    expect(run.stderr).toContain(' · estimated for 2 tasks: no usage was reported\n');
    expect(run.stderr).toContain(' more for attempts without usage\n');
  });

  it('is the only kind of answer that is estimated', async () => {
    const { run } = await runAll({ good: {} }, { prices: PRICES });
    expect(recordsIn(run.stdout)[0]).not.toHaveProperty('usage_estimated');
    expect(run.stderr).not.toContain('estimated');
  });

  it('is expected by a plan and a simulation if the mock is set to report no usage', async () => {
    const cwd = folder({
      'volley.yaml': JSON.stringify({
        providers: { quiet: { type: 'mock', mock: { missing_usage: 1, latency: '1ms' } } },
        defaults: { model: 'quiet/m', max_tokens: 100 },
        prices: { 'quiet/m': { input: 0, output: 10_000 } },
        budget: { max_cost_usd: 5 },
        tasks: [{ prompt: 'Count.', repeat: 40 }],
      }),
    });
    const plan = await volley(['plan', 'volley.yaml', '--json'], { cwd });
    expect(JSON.parse(plan.stdout).warnings).toContain(
      '100% of the answers to `task-1` have no usage: their cost is estimated, and a budget counts each at its worst case',
    );
    for (const flags of [['--simulate'], ['--max-concurrent', '1']]) {
      const run = await volley(['run', 'volley.yaml', ...flags], { cwd });
      expect(run.code, flags.join(' ')).toBe(3);
    }
  });
});
