import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder, recordsIn, volley } from '../support/cli.ts';
import type { SeenRequest } from '../support/server.ts';
import { instructionsOf, promptOf, type Wire } from '../support/wires.ts';
import { KEY, providerOn, served, WIRES, WITH_KEY } from './served.ts';
import { scaled } from '../support/scale.ts';

/** A thousand in `npm run test:deep`. */
const TASKS = scaled(300, 1000);
const CONTEXT = 'You are a careful clerk.';

/** The tokens that the server reports for row `n`, with a different number for each kind. */
function tokensOf(n: number) {
  return { input: 100 + n, read: 2000 + 3 * n, write: 7 * n, output: 50 + n, reasoning: n };
}

function usageOn(wire: Wire, n: number): Record<string, unknown> {
  const { input, read, write, output, reasoning } = tokensOf(n);
  const all = input + read + write;
  switch (wire) {
    case 'anthropic':
      return {
        input_tokens: input,
        cache_read_input_tokens: read,
        cache_creation_input_tokens: write,
        output_tokens: output,
        output_tokens_details: { thinking_tokens: reasoning },
      };
    case 'responses':
      return {
        input_tokens: all,
        input_tokens_details: { cached_tokens: read, cache_write_tokens: write },
        output_tokens: output,
        output_tokens_details: { reasoning_tokens: reasoning },
        total_tokens: all + output,
      };
    case 'chat':
      return {
        prompt_tokens: all,
        prompt_tokens_details: { cached_tokens: read, cache_write_tokens: write },
        completion_tokens: output,
        completion_tokens_details: { reasoning_tokens: reasoning },
        total_tokens: all + output,
      };
  }
}

const PATH_OF: Readonly<Record<Wire, string>> = {
  anthropic: '/v1/messages',
  responses: '/v1/responses',
  chat: '/v1/chat/completions',
};

function rowOf(request: SeenRequest): number {
  return Number(/^row (\d+)$/.exec(promptOf(request))?.[1]);
}

test.each(WIRES)(
  'many tasks are answered, fifty at a time, in the wire format %s',
  async (wire) => {
    const server = await served({
      latencyMs: 60,
      respond: (request) => {
        const n = rowOf(request);
        return { kind: 'answer', text: `answer ${n}`, usage: usageOn(wire, n) };
      },
    });
    const rows = Array.from({ length: TASKS }, (_, n) => `{"n":${n}}\n`).join('');
    const manifest = JSON.stringify({
      context: CONTEXT,
      defaults: { model: 'local/vendor/m-1', max_tokens: 500 },
      providers: { local: { ...providerOn(server, wire), limits: { concurrency: 50 } } },
      tasks: [
        { id: 'row', for_each: { file: 'rows.jsonl', key: 'n' }, prompt: 'row {{ item.n }}' },
      ],
    });
    const cwd = folder({ 'volley.yaml': manifest, 'rows.jsonl': rows });
    const run = await volley(['run', 'volley.yaml', '--summary-file', 'summary.json'], {
      ...WITH_KEY,
      cwd,
    });
    expect(run.code).toBe(0);

    const { requests } = server;
    expect(requests).toHaveLength(TASKS);
    expect(new Set(requests.map(rowOf)).size).toBe(TASKS);
    expect(distinct(requests.map(({ method, path }) => `${method} ${path}`))).toEqual([
      `POST ${PATH_OF[wire]}`,
    ]);
    expect(distinct(requests.map(({ headers }) => headers.authorization))).toEqual([
      `Bearer ${KEY}`,
    ]);
    expect(distinct(requests.map(({ body }) => body['model']))).toEqual(['vendor/m-1']);
    expect(distinct(requests.map(instructionsOf))).toEqual([CONTEXT]);
    expect(server.highestConcurrency()).toBeLessThanOrEqual(50);

    const records = recordsIn(run.stdout).toSorted((a, b) => a.index - b.index);
    expect(records).toHaveLength(TASKS);
    const requestIds = new Map(requests.map((request) => [rowOf(request), `req_${request.n}`]));
    for (const [n, record] of records.entries()) {
      const { input, read, write, output, reasoning } = tokensOf(n);
      expect(record).toMatchObject({
        id: `row@${n}`,
        task: 'row',
        index: n,
        status: 'succeeded',
        output: `answer ${n}`,
        provider: 'local',
        model: 'vendor/m-1',
        attempts: 1,
        retries: 0,
        request_id: requestIds.get(n),
        usage: {
          input_tokens: input,
          output_tokens: output,
          cache_read_tokens: read,
          cache_write_tokens: write,
          reasoning_tokens: reasoning,
          total_tokens: input + output + read + write,
        },
      });
    }
    expect(new Set(records.map(({ fingerprint }) => fingerprint)).size).toBe(TASKS);

    const sums = Array.from({ length: TASKS }, (_, n) => tokensOf(n));
    expect(JSON.parse(readFileSync(join(cwd, 'summary.json'), 'utf8'))).toMatchObject({
      tasks: TASKS,
      succeeded: TASKS,
      attempts: TASKS,
      highest_concurrency: 50,
      usage: {
        input_tokens: sum(sums.map(({ input }) => input)),
        output_tokens: sum(sums.map(({ output }) => output)),
        cache_read_tokens: sum(sums.map(({ read }) => read)),
        cache_write_tokens: sum(sums.map(({ write }) => write)),
        reasoning_tokens: sum(sums.map(({ reasoning }) => reasoning)),
      },
    });
  },
);

function distinct(values: readonly unknown[]): readonly unknown[] {
  return [...new Set(values)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
