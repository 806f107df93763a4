import { describe, expect, it } from 'vitest';
import { folder, recordsIn, volley, type CliResult } from '../support/cli.ts';
import type { Behaviour, SeenRequest } from '../support/server.ts';
import { manifestOn, prompts, served, WITH_KEY } from './served.ts';

function refusing(status: number, body: unknown, headers: Record<string, string> = {}): Behaviour {
  return {
    kind: 'reply',
    status,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  };
}

async function run(
  respond: (request: SeenRequest, n: number) => Behaviour,
  parts: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly run: CliResult; readonly requests: readonly SeenRequest[] }> {
  const server = await served({ respond });
  const cwd = folder({
    'volley.yaml': manifestOn(server, { tasks: prompts(60), ...parts }),
  });
  const ended = await volley(['run', 'volley.yaml', '--retry-delay', '1ms', '--no-learn'], {
    ...WITH_KEY,
    cwd,
  });
  return { run: ended, requests: server.requests };
}

function codes({ stdout }: CliResult): readonly string[] {
  return [...new Set(recordsIn(stdout).map(({ error }) => error?.code ?? 'succeeded'))];
}

const error = (message: string, more: object = {}): object => ({ error: { message, ...more } });

describe('an error that every task of a provider would get stops the provider after the requests in flight', () => {
  it.each<readonly [name: string, code: string, status: number, body: unknown]>([
    ['a wrong key as a 400', 'AUTH', 400, { error: 'Incorrect API key provided: no***23.' }],
    [
      'a wrong key in a list',
      'AUTH',
      400,
      [error('no', { details: [{ reason: 'API_KEY_INVALID' }] })],
    ],
    [
      'a wrong key in a wrapper',
      'AUTH',
      400,
      error(`litellm.BadRequestError: XaiException - {"error":"Incorrect API key provided"}`),
    ],
    ['an empty account as a 400', 'QUOTA_EXHAUSTED', 400, error('no', { type: 'budget_exceeded' })],
    ['an empty account as a 500', 'QUOTA_EXHAUSTED', 500, error('insufficient balance (1008)')],
    [
      'an empty account as a 200',
      'QUOTA_EXHAUSTED',
      200,
      { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
    ],
  ])('%s', async (_name, code, status, body) => {
    const { run: ended, requests } = await run(() => refusing(status, body));
    expect(codes(ended)).toEqual([code]);
    expect(ended.code).toBe(4);
    expect(requests.length).toBeLessThanOrEqual(16);
  });
});

describe('the same error in each of its first tasks stops a model', () => {
  it.each<readonly [name: string, code: string, status: number, body: unknown]>([
    ['a 403', 'FORBIDDEN', 403, error('no access to m')],
    ['a model that does not exist, as a 400', 'NOT_FOUND', 400, error('Model Not Exist')],
    [
      'a parameter that is refused',
      'BAD_REQUEST',
      400,
      error("Unknown parameter: 'store'.", { param: 'store' }),
    ],
    [
      'another parameter, as pydantic reports it',
      'BAD_REQUEST',
      422,
      { detail: [{ loc: ['body', 'top_k'], msg: 'Extra inputs are not permitted' }] },
    ],
    ['another API', 'BAD_RESPONSE', 200, { hello: 'world' }],
  ])('%s', async (_name, code, status, body) => {
    const { run: ended, requests } = await run(() => refusing(status, body));
    expect(codes(ended)).toEqual([code]);
    expect(ended.code).toBe(4);
    expect(requests.length).toBeLessThan(60);
  });

  it.each<readonly [name: string, code: string, status: number, body: unknown]>([
    ['a 403 for one row', 'FORBIDDEN', 403, error('this input is not allowed')],
    ['a page for one row', 'BAD_RESPONSE', 200, 'no'],
    ['a parameter for one row', 'BAD_REQUEST', 400, error('bad', { param: 'messages' })],
  ])('but %s fails only that row', async (_name, code, status, body) => {
    const { run: ended, requests } = await run(
      (request) =>
        request.text.includes('prompt 7"') ? refusing(status, body) : { kind: 'answer' },
      { run: { max_concurrent: 4 }, defaults: { model: 'local/small', max_retries: 0 } },
    );
    expect(codes(ended).toSorted()).toEqual([code, 'succeeded'].toSorted());
    expect(requests).toHaveLength(60);
    expect(ended.code).toBe(1);
  });

  it('but refused requests stop nothing if the reasons are vague or differ', async () => {
    const { run: ended, requests } = await run((_request, n) =>
      refusing(400, error('bad', n % 2 === 0 ? {} : { param: `field_${n}` })),
    );
    expect(codes(ended)).toEqual(['BAD_REQUEST']);
    expect(requests).toHaveLength(60);
    expect(ended.code).toBe(1);
  });
});

describe('an answer that the provider itself refused', () => {
  const SCHEMA = {
    type: 'object',
    properties: { wish: { type: 'string' } },
    required: ['wish'],
  };
  const parts = {
    tasks: prompts(1),
    provider: { structured_output: 'native' },
    defaults: { model: 'local/small', schema: SCHEMA },
  };

  it('is accepted if it matches the schema after all', async () => {
    const fenced = '```json\n{"wish":"tea"}\n```';
    const { run: ended, requests } = await run(() => failedWith(fenced), parts);
    expect(recordsIn(ended.stdout)[0]).toMatchObject({
      output: { wish: 'tea' },
      usage_estimated: true,
    });
    expect(requests).toHaveLength(1);
  });

  it('is requested once more if it does not match, and kept', async () => {
    const { run: ended, requests } = await run(() => failedWith('{"wish":'), parts);
    expect(recordsIn(ended.stdout)[0]).toMatchObject({
      error: { code: 'SCHEMA_MISMATCH' },
      partial_output: '{"wish":',
    });
    expect(requests).toHaveLength(2);
  });
});

it('a full context window is not retried with more tokens', async () => {
  const { run: ended, requests } = await run(
    () => ({
      kind: 'answer',
      text: 'half',
      stopReason: 'length',
      usage: { prompt_tokens: 4_000, completion_tokens: 96, total_tokens: 4_096 },
    }),
    {
      tasks: prompts(1),
      defaults: { model: 'local/small', max_tokens: 500, on_truncated: 'grow' },
    },
  );
  expect(requests).toHaveLength(1);
  expect(recordsIn(ended.stdout)[0]?.error).toMatchObject({
    code: 'TRUNCATED',
    message:
      "the answer was cut off at 96 of 500 tokens, after a prompt of 4000: the model's context window is full, or the server has its own limit",
  });
});

/** The error from a provider that checks answers against the schema itself. */
function failedWith(text: string): Behaviour {
  const more = { code: 'json_validate_failed', failed_generation: text };
  return refusing(400, error('Failed to generate JSON.', more));
}
