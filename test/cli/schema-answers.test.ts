import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, recordsIn, volley, type CliResult } from '../support/cli.ts';
import { askedSchema } from '../support/schema-form.ts';
import type { Behaviour, SeenRequest, TestServer } from '../support/server.ts';
import { promptOf, type Wire } from '../support/wires.ts';
import { manifestOn, providerOn, served, WIRES, WITH_KEY } from './served.ts';

/** Has an optional property, bounds, a union and a reference: something for each provider's rules. */
const FINDING = {
  type: 'object',
  properties: {
    title: { type: 'string', minLength: 3 },
    severity: { type: 'integer', minimum: 1, maximum: 5 },
    place: { $ref: '#/$defs/place' },
    tags: { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true },
  },
  required: ['title', 'severity'],
  $defs: {
    place: {
      type: 'object',
      properties: { file: { type: 'string' }, line: { type: ['integer', 'null'] } },
      required: ['file', 'line'],
    },
  },
};
const RIGHT = { title: 'an open door', severity: 4, tags: ['door'] };
const WRONG = { title: 'an open door', severity: 'high' };

/** Refuses a schema that breaks a rule of the provider, as the provider would. */
function strictly(answers: (request: SeenRequest) => unknown): (request: SeenRequest) => Behaviour {
  return (request) => {
    try {
      askedSchema(request);
    } catch (error) {
      return { kind: 'error', status: 400, type: 'invalid_request_error', message: String(error) };
    }
    return { kind: 'answer', text: JSON.stringify(answers(request)) };
  };
}

function run(
  server: TestServer,
  wire: Wire,
  parts: {
    readonly task?: object;
    readonly provider?: object;
    readonly [key: string]: unknown;
  } = {},
  args: readonly string[] = [],
): Promise<CliResult> {
  const { task, provider, ...rest } = parts;
  const manifest = manifestOn(server, {
    tasks: [{ id: 'find', prompt: 'find it', schema: FINDING, ...task }],
    provider: { ...providerOn(server, wire), structured_output: 'native', ...provider },
    ...rest,
  });
  const cwd = folder({ 'm.yaml': manifest, 'finding.json': JSON.stringify(FINDING) });
  return volley(['run', 'm.yaml', '--retry-delay', '1ms', ...args], { ...WITH_KEY, cwd });
}

describe.each(WIRES)('a schema in the wire format %s', (wire) => {
  test('is sent in the documented form, and the output is the parsed value', async () => {
    const server = await served({ respond: strictly(() => RIGHT) });
    const { code, stdout } = await run(server, wire);
    expect(code).toBe(0);
    expect(recordsIn(stdout)).toMatchObject([{ status: 'succeeded', output: RIGHT, attempts: 1 }]);
    const [request] = server.requests;
    expect(request && promptOf(request)).toBe('find it');
    expect(request && askedSchema(request)).toMatchObject({
      type: 'object',
      properties: { title: { type: 'string', description: '{minLength: 3}' } },
    });
  });

  test('is read from a file', async () => {
    const server = await served({ respond: strictly(() => RIGHT) });
    const { stdout } = await run(server, wire, { task: { schema: { file: 'finding.json' } } });
    expect(recordsIn(stdout)).toMatchObject([{ output: RIGHT }]);
  });

  test('gets a wrong answer corrected once, with the error in the prompt; both answers are paid for', async () => {
    const server = await served({ respond: strictly(({ n }) => (n === 0 ? WRONG : RIGHT)) });
    const prices = { 'local/small': { input: 1_000_000, output: 0 } };
    const { code, stdout } = await run(server, wire, { prices });
    expect(code).toBe(0);
    const [first, second] = server.requests.map(promptOf);
    expect(second).toBe(
      `${first}\n\nAn earlier answer to this did not match the JSON Schema: \`/severity\` must be integer. Answer with nothing but JSON that matches it.`,
    );
    const [record] = recordsIn(stdout);
    expect(record).toMatchObject({ output: RIGHT, attempts: 2, retries: 1 });
    // The input of both requests, at a dollar per token.
    expect(record?.cost_usd).toBe(record?.usage?.input_tokens);
    expect(record?.cost_usd).toBeGreaterThan(2);
  });

  test('fails with the partial output if the second answer is wrong too', async () => {
    const server = await served({ respond: strictly(() => WRONG) });
    const { code, stdout } = await run(server, wire);
    expect(code).toBe(1);
    expect(server.requests).toHaveLength(2);
    expect(recordsIn(stdout)).toMatchObject([
      {
        status: 'failed',
        attempts: 2,
        partial_output: JSON.stringify(WRONG),
        finish_reason: 'stop',
        error: {
          code: 'SCHEMA_MISMATCH',
          message: 'the answer does not match its schema: `/severity` must be integer',
        },
      },
    ]);
  });

  test('goes into the prompt if the provider is declared to have no structured output', async () => {
    const fenced = `\`\`\`json\n${JSON.stringify(RIGHT)}\n\`\`\``;
    const server = await served({ respond: () => ({ kind: 'answer', text: fenced }) });
    const { stdout } = await run(server, wire, { provider: { structured_output: 'prompt' } });
    expect(recordsIn(stdout)).toMatchObject([{ output: RIGHT }]);
    const [request] = server.requests;
    expect(request && askedSchema(request)).toBeUndefined();
    expect(request && promptOf(request)).toContain(JSON.stringify(FINDING));
  });

  test('accepts null for a missing optional property', async () => {
    const answer = { ...RIGHT, tags: null, place: { file: 'a.ts', line: null } };
    const server = await served({ respond: strictly(() => answer) });
    const { stdout } = await run(server, wire);
    const output = { title: RIGHT.title, severity: 4, place: { file: 'a.ts', line: null } };
    expect(recordsIn(stdout)[0]?.output).toEqual(output);
  });

  test('keeps the settings that `params` adds to the same field', async () => {
    const server = await served({ respond: strictly(() => RIGHT) });
    const params = { text: { verbosity: 'low' }, output_config: { effort: 'low' } };
    const { code } = await run(server, wire, { task: { params } });
    expect(code).toBe(0);
    const [request] = server.requests;
    expect(request && askedSchema(request)).toBeDefined();
    expect(request?.body).toMatchObject({
      text: { verbosity: 'low' },
      output_config: { effort: 'low' },
    });
  });
});

describe('a schema', () => {
  test('goes into the prompt for your own server that speaks Chat Completions', async () => {
    const server = await served({
      respond: () => ({ kind: 'answer', text: JSON.stringify(RIGHT) }),
    });
    const manifest = manifestOn(server, { tasks: [{ prompt: 'find it', schema: FINDING }] });
    const cwd = folder({ 'm.yaml': manifest });
    const { stdout } = await volley(['run', 'm.yaml'], { ...WITH_KEY, cwd });
    expect(recordsIn(stdout)).toMatchObject([{ output: RIGHT }]);
    expect(server.requests[0]?.text).not.toContain('response_format');
  });

  test('causes a retry only within max_retries, so 0 allows a single attempt', async () => {
    const server = await served({ respond: strictly(() => WRONG) });
    const { stdout } = await run(server, 'chat', { task: { max_retries: 0 } });
    expect(recordsIn(stdout)).toMatchObject([{ attempts: 1, error: { code: 'SCHEMA_MISMATCH' } }]);
  });

  test('makes a budget count both attempts', async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 100, total_tokens: 110 };
    const text = JSON.stringify(WRONG);
    const server = await served({ respond: () => ({ kind: 'answer', text, usage }) });
    const { code, stdout } = await run(server, 'chat', {
      task: { max_tokens: 100, max_retries: 1, for_each: [1, 2, 3], prompt: 'find {{ item }}' },
      prices: { 'local/small': { input: 0, output: 10_000 } },
      budget: { max_cost_usd: 2.5 },
      run: { max_concurrent: 1 },
    });
    expect(code).toBe(3);
    expect(recordsIn(stdout)).toMatchObject([{ attempts: 2, cost_usd: 2 }]);
  });

  test('can be used in a plan', async () => {
    const tasks = [{ prompt: 'find it', schema: FINDING }];
    const cwd = folder({ 'm.yaml': JSON.stringify({ defaults: { model: 'mock/small' }, tasks }) });
    const { code, stdout } = await volley(['plan', 'm.yaml', '--json'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).total).toMatchObject({ tasks: 1 });
  });

  test('changes the fingerprint, so a resumed run sends the task again', async () => {
    const server = await served({ respond: strictly(() => RIGHT) });
    const task = { prompt: 'find it', schema: FINDING };
    const provider = { structured_output: 'native' };
    const write = (schema: object) =>
      manifestOn(server, { tasks: [{ ...task, schema }], provider });
    const cwd = folder({ 'm.yaml': write(FINDING), 'n.yaml': write({ ...FINDING, required: [] }) });
    const options = { ...WITH_KEY, cwd };
    await volley(['run', 'm.yaml', '-o', 'out.jsonl'], options);
    await volley(['run', 'm.yaml', '-o', 'out.jsonl', '--resume'], options);
    expect(server.requests).toHaveLength(1);
    expect(recordsIn(readFileSync(join(cwd, 'out.jsonl'), 'utf8'))).toMatchObject([
      { output: RIGHT },
    ]);
    await volley(['run', 'n.yaml', '-o', 'out.jsonl', '--resume'], options);
    expect(server.requests).toHaveLength(2);
  });

  test('gives output that is shown as JSON in text mode', async () => {
    const server = await served({ respond: strictly(() => ({ ...RIGHT, tags: ['a'] })) });
    const { stdout } = await run(server, 'chat', {}, ['--output-format', 'text']);
    expect(stdout).toBe(
      '✓ find · succeeded\n{\n  "title": "an open door",\n  "severity": 4,\n  "tags": [\n    "a"\n  ]\n}\n\n',
    );
  });

  test('does not hang the run if its pattern takes forever to match', async () => {
    const server = await served({
      respond: () => ({ kind: 'answer', text: `"${'a'.repeat(40)}!"` }),
    });
    const schema = { type: 'string', pattern: '^(a+)+$' };
    const { stdout } = await run(server, 'responses', {
      task: { schema, max_retries: 0 },
      provider: { structured_output: 'prompt' },
    });
    expect(recordsIn(stdout)).toMatchObject([
      {
        error: {
          message:
            'the answer does not match its schema: it takes more than 1 s of CPU time to check',
        },
      },
    ]);
  });

  test('rejects an answer nested a million levels deep', async () => {
    const text = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
    const server = await served({ respond: () => ({ kind: 'answer', text }) });
    const { code, stdout } = await run(server, 'chat', {
      task: { schema: { type: 'array' }, max_retries: 0 },
      provider: { structured_output: 'prompt' },
    });
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error.code).toBe('SCHEMA_MISMATCH');
  });
});
