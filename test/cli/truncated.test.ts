import { describe, expect, test } from 'vitest';
import { folder, recordsIn, volley } from '../support/cli.ts';
import type { Behaviour, SeenRequest, TestServer } from '../support/server.ts';
import type { Wire } from '../support/wires.ts';
import { manifestOn, providerOn, served, WIRES, WITH_KEY } from './served.ts';

const CUT_OFF: Readonly<Record<Wire, Behaviour>> = {
  anthropic: { kind: 'answer', text: 'a begin', stopReason: 'max_tokens' },
  chat: { kind: 'answer', text: 'a begin', stopReason: 'length' },
  responses: {
    kind: 'answer',
    text: 'a begin',
    stopReason: 'incomplete',
    override: { incomplete_details: { reason: 'max_output_tokens' } },
  },
};

/** Cuts off the answer to any request that allows fewer tokens. */
function cuttingBelow(tokens: number) {
  return (request: SeenRequest): Behaviour =>
    maxTokensOf(request) < tokens ? CUT_OFF[request.wire] : { kind: 'answer', text: 'all of it' };
}

function maxTokensOf({ body }: SeenRequest): number {
  return Number(body['max_tokens'] ?? body['max_output_tokens']);
}

function asked(server: TestServer): readonly number[] {
  return server.requests.map(maxTokensOf);
}

async function run(
  server: TestServer,
  parts: { readonly wire?: Wire; readonly task?: object; readonly [key: string]: unknown } = {},
) {
  const { wire = 'chat', task, models, ...rest } = parts;
  const manifest = manifestOn(server, {
    tasks: [{ prompt: 'tell all', max_tokens: 100, on_truncated: 'grow', ...task }],
    provider: { ...providerOn(server, wire), ...(models === undefined ? {} : { models }) },
    ...rest,
  });
  const result = await volley(['run', 'm.yaml', '--retry-delay', '10ms'], {
    ...WITH_KEY,
    cwd: folder({ 'm.yaml': manifest }),
  });
  return { ...result, records: recordsIn(result.stdout) };
}

describe('on_truncated: grow', () => {
  test.each(WIRES)('asks once more with twice the tokens, in the wire format %s', async (wire) => {
    const server = await served({ respond: cuttingBelow(200) });
    const { code, records } = await run(server, { wire });
    expect(code).toBe(0);
    expect(records).toMatchObject([{ output: 'all of it', attempts: 2, retries: 1 }]);
    expect(asked(server)).toEqual([100, 200]);
  });

  test('does not ask a third time', async () => {
    const server = await served({ respond: cuttingBelow(1_000) });
    const { code, records } = await run(server);
    expect(code).toBe(1);
    expect(records).toMatchObject([
      { attempts: 2, partial_output: 'a begin', error: { code: 'TRUNCATED' } },
    ]);
    expect(asked(server)).toEqual([100, 200]);
  });

  test("stays within the model's limit", async () => {
    const server = await served({ respond: cuttingBelow(200) });
    await run(server, { models: { small: { max_tokens: 150 } } });
    expect(asked(server)).toEqual([100, 150]);
  });

  test('does not ask again if the model does not allow more', async () => {
    const server = await served({ respond: cuttingBelow(200) });
    const { records } = await run(server, { models: { small: { max_tokens: 100 } } });
    expect(records).toMatchObject([{ attempts: 1, error: { code: 'TRUNCATED' } }]);
  });

  test('keeps the partial answer if the server refuses so many tokens', async () => {
    const message = 'max_tokens: 200 > 150, the most of this model';
    const server = await served({
      respond: (request) =>
        maxTokensOf(request) > 150 ? { kind: 'error', status: 400, message } : CUT_OFF.chat,
    });
    const { records } = await run(server);
    expect(records).toMatchObject([
      {
        attempts: 2,
        partial_output: 'a begin',
        error: {
          code: 'TRUNCATED',
          hint: expect.stringContaining('asked for `max_tokens: 200`, which was refused'),
        },
      },
    ]);
  });

  test('keeps the larger number in a retry, even with a schema', async () => {
    const server = await served({
      respond: (request) => {
        if (request.n === 0) return CUT_OFF.responses;
        if (request.n === 1) return { kind: 'answer', text: '{"a":"one"}' };
        if (request.n === 2) return { kind: 'error', status: 500 };
        return { kind: 'answer', text: '{"a":1}' };
      },
    });
    const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };
    const { records } = await run(server, { wire: 'responses', task: { schema } });
    expect(records).toMatchObject([{ output: { a: 1 }, attempts: 4 }]);
    expect(asked(server)).toEqual([100, 200, 200, 200]);
    const corrected = server.requests.map(({ text }) => text.includes('An earlier answer'));
    expect(corrected).toEqual([false, false, true, true]);
  });

  test('is part of the worst case that a budget reserves', async () => {
    const usage = { prompt_tokens: 0, completion_tokens: 200, total_tokens: 200 };
    const server = await served({ respond: () => ({ kind: 'answer', text: 'all of it', usage }) });
    const parts = {
      task: { max_retries: 1 },
      prices: { 'local/small': { input: 0, output: 10_000 } },
    };
    // A hundred tokens cost a dollar: the first attempt allows 100, the second 200.
    const refused = await run(server, { ...parts, budget: { max_cost_usd: 1.5 } });
    expect(refused.code).toBe(3);
    expect(server.requests).toHaveLength(0);
  });

  test('does not change the fingerprint: a complete answer still counts', async () => {
    const server = await served();
    const [grown, plain] = await Promise.all([
      run(server),
      run(server, { task: { on_truncated: 'fail' } }),
    ]);
    expect(grown.records[0]?.fingerprint).toBe(plain.records[0]?.fingerprint);
  });

  test('needs max_tokens', async () => {
    const server = await served();
    const { code, stderr } = await run(server, { task: { max_tokens: undefined } });
    expect(code).toBe(2);
    expect(stderr).toContain('`on_truncated: grow` doubles `max_tokens`, but it is not set');
  });
});

test.each([[{ on_truncated: 'fail' }], [{ on_truncated: undefined }], [{ max_retries: 0 }]])(
  'a truncated answer is final with %o',
  async (task) => {
    const server = await served({ respond: cuttingBelow(200) });
    const { records } = await run(server, { task });
    expect(records).toMatchObject([{ attempts: 1, error: { code: 'TRUNCATED' } }]);
  },
);
