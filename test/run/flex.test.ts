import { join } from 'node:path';
import { expect, test } from 'vitest';
import { play } from '../batch/play.ts';
import { served } from '../cli/served.ts';
import { folder, recordsIn } from '../support/cli.ts';
import { readFileSync } from 'node:fs';
import type { Behaviour } from '../support/server.ts';

/**
 * 10 input and 10 output tokens cost 60 millionths of a dollar at the standard tier, 30 at flex.
 */
const PRICE = { input: 1, output: 5, flex: 0.5 };
const FULL: Behaviour = {
  kind: 'error',
  status: 429,
  code: 'resource_unavailable',
  message: 'Resource Unavailable',
};
const NO_SUCH_TIER: Behaviour = {
  kind: 'reply',
  status: 400,
  body: JSON.stringify({
    error: {
      message: 'Invalid service_tier argument',
      type: 'invalid_request_error',
      param: 'service_tier',
    },
  }),
};

function answered(tier?: string): Behaviour {
  const choices = [
    { index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' },
  ];
  const usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 };
  return {
    kind: 'reply',
    status: 200,
    body: JSON.stringify({ choices, usage, ...(tier && { service_tier: tier }) }),
  };
}

interface Case {
  readonly name: string;
  /** How the server treats a request at the flex tier. */
  readonly flex: (n: number) => Behaviour;
  readonly task?: object;
  readonly rows?: number;
  /** The tiers that were requested, in order. */
  readonly tiers: readonly unknown[];
  readonly usd: number;
}

const full = (): Behaviour => FULL;
const CASES: readonly Case[] = [
  {
    name: 'is billed as flex if the answer says so',
    flex: () => answered('flex'),
    tiers: ['flex'],
    usd: 0.00003,
  },
  {
    name: 'is billed as flex if the answer does not say which tier served it',
    flex: () => answered(),
    tiers: ['flex'],
    usd: 0.00003,
  },
  {
    name: 'is billed at the standard tier if the answer says so',
    flex: () => answered('default'),
    tiers: ['flex'],
    usd: 0.00006,
  },
  {
    name: 'is sent again while there is no room',
    flex: (n) => (n < 2 ? FULL : answered('flex')),
    tiers: ['flex', 'flex', 'flex'],
    usd: 0.00003,
  },
  {
    name: 'uses the standard tier after there was no room for a long time',
    flex: full,
    task: { max_retries: 2 },
    tiers: ['flex', 'flex', 'flex', undefined],
    usd: 0.00006,
  },
  {
    name: 'uses the standard tier immediately if there are no retries',
    flex: full,
    task: { max_retries: 0 },
    tiers: ['flex', undefined],
    usd: 0.00006,
  },
  {
    name: 'uses the standard tier if there is no flex tier, and so do the others',
    flex: () => NO_SUCH_TIER,
    rows: 3,
    tiers: ['flex', undefined, undefined, undefined],
    usd: 0.00006,
  },
  {
    name: 'is not sent if the task is in mode realtime',
    flex: full,
    task: { mode: 'realtime' },
    tiers: [undefined],
    usd: 0.00006,
  },
  {
    name: 'is sent in mode auto without a deadline',
    flex: () => answered('flex'),
    task: { mode: 'auto' },
    tiers: ['flex'],
    usd: 0.00003,
  },
  {
    name: 'does not replace the tier that the task sets',
    flex: full,
    task: { params: { service_tier: 'default' } },
    tiers: ['default'],
    usd: 0.00006,
  },
];

test.each(CASES)('a flex request $name', async ({ flex, task = {}, rows = 1, tiers, usd }) => {
  let offers = 0;
  const server = await served({
    respond: ({ body }) => (body['service_tier'] === 'flex' ? flex(offers++) : answered('default')),
  });
  const file = join(folder(), 'out.jsonl');
  const manifest = JSON.stringify({
    providers: { local: { type: 'openai', base_url: server.openaiUrl, flex: true } },
    prices: { 'local/small': PRICE },
    run: { mode: 'flex', max_concurrent: 1 },
    budget: { max_cost_usd: 1 },
    tasks: [
      {
        id: 'q',
        model: 'local/small',
        max_tokens: 50,
        for_each: Array.from({ length: rows }, (_, at) => `row ${at}`),
        prompt: '{{ item }}',
        ...task,
      },
    ],
  });
  const { summary, events } = await play(manifest, file);
  const records = recordsIn(readFileSync(file, 'utf8'));
  expect(records.map(({ status, cost_usd: cost }) => [status, cost])).toEqual(
    Array.from({ length: rows }, () => ['succeeded', usd]),
  );
  expect(server.requests.map(({ body }) => body['service_tier'])).toEqual(tiers);
  // A refusal at the flex tier does not limit what the account may send.
  expect(summary?.rate_limited).toBe(0);
  expect(events.filter(({ type }) => type === 'lane_paused')).toEqual([]);
});
