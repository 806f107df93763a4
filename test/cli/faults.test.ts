import { describe, expect, test } from 'vitest';
import type { ResultRecord } from '../../src/results/record.ts';
import { folder, recordsIn, volley } from '../support/cli.ts';
import type { Behaviour, TestServer } from '../support/server.ts';
import { error, faults, floods, redirects, reply, silences, type Fault } from './fault-table.ts';
import { prompts, providerOn, served, WIRES, WITH_KEY } from './served.ts';

interface Case {
  readonly fault: Fault;
  readonly wire: (typeof WIRES)[number];
  /** `once`: the next request is answered. `always`: no request is answered. */
  readonly lasting: 'once' | 'always';
  /** The model's name, which tells the server what to do. */
  readonly model: string;
}

function casesOf(table: readonly Fault[]): readonly Case[] {
  return table.flatMap((fault) =>
    (fault.wires ?? WIRES).flatMap((wire) =>
      (['always', ...(fault.retries > 0 ? (['once'] as const) : [])] as const).map((lasting) => ({
        fault,
        wire,
        lasting,
        model: `${fault.name}.${wire}.${lasting}`,
      })),
    ),
  );
}

/** Runs one task per case in a single run. Each has its own model, and therefore its own lane. */
async function runCases(
  cases: readonly Case[],
  defaults: Readonly<Record<string, unknown>> = {},
): Promise<{ code: number | null; server: TestServer; records: Map<string, ResultRecord> }> {
  const byModel = new Map(cases.map((each) => [each.model, each]));
  const asked = new Map<string, number>();
  const server = await served({
    respond({ body }) {
      const model = String(body['model']);
      const earlier = asked.get(model) ?? 0;
      asked.set(model, earlier + 1);
      const found = byModel.get(model);
      if (!found || (found.lasting === 'once' && earlier > 0)) return { kind: 'answer' };
      return found.fault.on(found.wire);
    },
  });
  const manifest = JSON.stringify({
    defaults: { max_retries: 3, ...defaults },
    providers: Object.fromEntries(WIRES.map((wire) => [wire, providerOn(server, wire)])),
    tasks: cases.map(({ wire, model }) => ({ id: model, model: `${wire}/${model}`, prompt: 'hi' })),
  });
  const cwd = folder({ 'volley.yaml': manifest });
  const args = ['run', 'volley.yaml', '--retry-delay', '10ms', '--progress', 'none'];
  const run = await volley(args, { ...WITH_KEY, cwd });
  const records = new Map(recordsIn(run.stdout).map((record) => [record.id, record]));
  expect(records.size).toBe(cases.length);
  return { code: run.code, server, records };
}

function requestsFor(server: TestServer, model: string): number {
  return server.requests.filter(({ body }) => body['model'] === model).length;
}

/** What the record and the server's log show, and what they should show. */
function compare(
  { fault, lasting, model }: Case,
  { server, records }: { server: TestServer; records: Map<string, ResultRecord> },
): { seen: unknown; wanted: unknown } {
  const record = records.get(model);
  const requests = requestsFor(server, model);
  if (lasting === 'once') {
    return {
      seen: { model, status: record?.status, attempts: record?.attempts, requests },
      wanted: { model, status: 'succeeded', attempts: 2, requests: 2 },
    };
  }
  return {
    seen: {
      model,
      status: record?.status,
      code: record?.error?.code,
      http: record?.error?.http_status,
      retryable: record?.error?.retryable,
      partial: fault.partial === undefined ? undefined : record?.partial_output,
      output: record?.output,
      attempts: record?.attempts,
      requests,
    },
    wanted: {
      model,
      status: 'failed',
      code: fault.code,
      http: fault.status,
      retryable: fault.retryable ?? fault.retries > 0,
      partial: fault.partial,
      output: undefined,
      attempts: fault.retries + 1,
      requests: fault.retries + 1,
    },
  };
}

async function check(
  table: readonly Fault[],
  defaults?: Readonly<Record<string, unknown>>,
): Promise<TestServer> {
  const cases = casesOf(table);
  const run = await runCases(cases, defaults);
  const compared = cases.map((each) => compare(each, run));
  expect(compared.map(({ seen }) => seen)).toEqual(compared.map(({ wanted }) => wanted));
  expect(run.code).toBe(1);
  return run.server;
}

describe('a fault of the server', () => {
  test('has the right code, status, attempts and requests on each wire, whether once or always', async () => {
    await check(faults);
  });

  test('if no answer arrives, for whatever reason, the attempt ends at its timeout', async () => {
    await check(silences, { timeout: '1s', max_retries: 1 });
  });

  test('an answer above the size limit is refused, compressed or not, and is not requested again', async () => {
    await check(floods);
  });

  test('a redirect is never followed', async () => {
    const server = await check(redirects);
    expect(server.requests.filter(({ path }) => path.includes('evil'))).toEqual([]);
  });

  test('with --max-retries 0 nothing is sent twice', async () => {
    const all = casesOf(faults).filter(({ lasting }) => lasting === 'always');
    const { server } = await runCases(all, { max_retries: 0 });
    expect(server.requests).toHaveLength(all.length);
  });
});

describe('a provider that can no longer answer', () => {
  const billing = 'You have reached your specified API usage limits. You will regain access soon.';
  test.each([
    ['401', 'AUTH', error(401, { type: 'authentication_error' }), 'anthropic'],
    ['402', 'QUOTA_EXHAUSTED', error(402, { type: 'billing_error' }), 'anthropic'],
    [
      '429 for an empty account',
      'QUOTA_EXHAUSTED',
      error(429, { code: 'insufficient_quota', headers: { 'retry-after': '1' } }),
      'responses',
    ],
    [
      '429 at an enforced spend limit',
      'QUOTA_EXHAUSTED',
      error(429, { type: 'rate_limit_error', code: 'enforced_spend_limit_reached' }),
      'anthropic',
    ],
    [
      '400 at a spend limit',
      'QUOTA_EXHAUSTED',
      error(400, { type: 'invalid_request_error', message: billing }),
      'anthropic',
    ],
  ] as const)(
    '%s: exit 4, no more requests than were in flight, the other provider continues',
    async (_name, code, behaviour, wire) => {
      const server = await served({
        respond: ({ body, n }) => {
          if (body['model'] === 'good') return { kind: 'delay', ms: 30, next: { kind: 'answer' } };
          return n < 6 ? { kind: 'answer' } : behaviour();
        },
      });
      const run = await runTwo(server, { bad: providerOn(server, wire) });
      expect(run.code).toBe(4);
      const bad = run.records.filter(({ model }) => model === 'bad');
      const failed = bad.filter(({ status }) => status === 'failed');
      expect(failed.length).toBeGreaterThan(0);
      // The first failed task, and those that were already in flight.
      expect(failed.length).toBeLessThanOrEqual(4);
      expect(new Set(failed.map(({ error: found }) => found?.code))).toEqual(new Set([code]));
      expect(failed.every(({ attempts }) => attempts === 1)).toBe(true);
      expect(requestsFor(server, 'bad')).toBe(bad.length);
      const good = run.records.filter(({ model }) => model === 'good');
      expect(good.filter(({ status }) => status === 'succeeded')).toHaveLength(30);
      expect(run.stderr).toContain(`${30 - bad.length} not started`);
    },
  );

  test.each([
    ['a model nobody knows', error(404), 'NOT_FOUND'],
    ["a proxy's login page", reply(200, '<p>hi', { 'content-type': 'text/html' }), 'BAD_RESPONSE'],
    [
      'a redirect',
      (): Behaviour => ({ kind: 'redirect', status: 307, location: '/' }),
      'BAD_RESPONSE',
    ],
  ] as const)(
    '%s stops the model once its first tasks fail the same way',
    async (_name, behaviour, code) => {
      const server = await served({
        respond: ({ body }) => (body['model'] === 'good' ? { kind: 'answer' } : behaviour()),
      });
      const run = await runTwo(server, { bad: providerOn(server, 'chat') });
      expect(run.code).toBe(4);
      const bad = run.records.filter(({ model }) => model === 'bad');
      expect(new Set(bad.map(({ error: found }) => found?.code))).toEqual(new Set([code]));
      // Three tasks fail the same way while up to three others are in flight.
      expect(requestsFor(server, 'bad')).toBeLessThanOrEqual(6);
      expect(run.records.filter(({ status }) => status === 'succeeded')).toHaveLength(30);
    },
  );

  test('a server that does not exist: NETWORK, exit 4', async () => {
    const gone = await served();
    await gone.close();
    const server = await served();
    // Its address is no longer bound to a key.
    const nowhere = { ...providerOn(gone, 'chat'), api_key_env: 'UNSET_KEY' };
    const run = await runTwo(server, { bad: nowhere });
    expect(run.code).toBe(4);
    const bad = run.records.filter(({ model }) => model === 'bad');
    expect(new Set(bad.map(({ error: found }) => found?.code))).toEqual(new Set(['NETWORK']));
    expect(run.records.filter(({ status }) => status === 'succeeded')).toHaveLength(30);
  });
});

/** The forms in which a server asks to wait for a second. Each has its own provider. */
const WAITS: Readonly<Record<string, () => Record<string, string>>> = {
  seconds: () => ({ 'retry-after': '1' }),
  milliseconds: () => ({ 'retry-after': '30', 'retry-after-ms': '1000' }),
  date: () => ({ date: httpDate(0), 'retry-after': httpDate(1_000) }),
};

describe('a 429', () => {
  test('with retry-after in any form: nothing is sent until then, and all succeed', async () => {
    const asked: Record<string, number> = {};
    const server = await served({
      respond({ body }): Behaviour {
        const form = String(body['model']);
        const n = asked[form] ?? 0;
        asked[form] = n + 1;
        return n === 0
          ? {
              kind: 'error',
              status: 429,
              code: 'rate_limit_exceeded',
              headers: WAITS[form]?.() ?? {},
            }
          : // Still in flight when the refusal arrives. When they end, nothing else may be sent.
            { kind: 'delay', ms: n < 3 ? 300 : 0, next: { kind: 'answer' } };
      },
    });
    const run = await runTen(server, Object.keys(WAITS));
    expect(run.code).toBe(0);
    for (const form of Object.keys(WAITS)) {
      const sent = server.requests.filter(({ body }) => body['model'] === form);
      const [first, ...others] = sent.map(({ atMs }) => atMs);
      expect([form, others.length]).toEqual([form, 10]);
      const nextMs = Math.min(...others.slice(2)) - (first ?? 0);
      expect(nextMs, form).toBeGreaterThanOrEqual(1_000);
      const attempts = run.records
        .filter(({ model }) => model === form)
        .map((record) => record.attempts);
      expect(attempts.toSorted((a, b) => a - b)).toEqual([...Array(9).fill(1), 2]);
    }
    expect(run.stderr).toContain('429: 3');
  });

  test('with an invalid retry-after waits as it would without one', async () => {
    const values = ['0', '-5', '1e300', 'soon', '2 seconds', 'NaN'];
    const senseless = values.map((value, at): Fault => ({
      name: `retry-after-${at}`,
      on: error(429, { headers: { 'retry-after': value } }),
      code: 'RATE_LIMITED',
      status: 429,
      retries: 10,
    }));
    const cases = casesOf(senseless).filter(({ lasting }) => lasting === 'once');
    const run = await runCases(cases);
    expect(run.code).toBe(0);
    const compared = cases.map((each) => compare(each, run));
    expect(compared.map(({ seen }) => seen)).toEqual(compared.map(({ wanted }) => wanted));
  });

  test("with an hour's retry-after ends the lane immediately and says so", async () => {
    const server = await served({
      respond: () => ({ kind: 'error', status: 429, headers: { 'retry-after': '3600' } }),
    });
    const run = await runTen(server, ['small']);
    expect(run.code).toBe(4);
    expect(server.requests.length).toBeLessThanOrEqual(3);
    const [record] = run.records;
    expect(record).toMatchObject({ status: 'failed', attempts: 1 });
    expect(record?.error).toMatchObject({
      code: 'RATE_LIMITED',
      hint: 'the server asks to wait 3600 s, longer than a task waits (60 s): run it again later, or raise the timeout',
    });
  });
});

function httpDate(inMs: number): string {
  return new Date(Date.UTC(2026, 0, 1) + inMs).toUTCString();
}

/** Runs 30 tasks for the model `bad`, four at a time, and 30 for `good` from another provider. */
async function runTwo(
  server: TestServer,
  providers: { readonly bad: Record<string, unknown> },
): Promise<{ code: number | null; stderr: string; records: readonly ResultRecord[] }> {
  const manifest = JSON.stringify({
    defaults: { max_retries: 1 },
    providers: {
      bad: { ...providers.bad, limits: { concurrency: 4 } },
      good: providerOn(server, 'chat'),
    },
    tasks: [
      { id: 'bad', model: 'bad/bad', for_each: prompts(30), prompt: '{{ item }}' },
      { id: 'good', model: 'good/good', for_each: prompts(30), prompt: '{{ item }}' },
    ],
  });
  const cwd = folder({ 'volley.yaml': manifest });
  const args = ['run', 'volley.yaml', '--retry-delay', '10ms'];
  const run = await volley(args, { ...WITH_KEY, cwd });
  return { code: run.code, stderr: run.stderr, records: recordsIn(run.stdout) };
}

/** Runs ten tasks for each of these models, three at a time. Each model has its own provider. */
async function runTen(
  server: TestServer,
  models: readonly string[],
): Promise<{ code: number | null; stderr: string; records: readonly ResultRecord[] }> {
  const provider = { ...providerOn(server, 'chat'), limits: { concurrency: 3 } };
  const manifest = JSON.stringify({
    defaults: { timeout: '10s' },
    providers: Object.fromEntries(models.map((model) => [model, provider])),
    tasks: models.map((model) => ({
      id: model,
      model: `${model}/${model}`,
      for_each: prompts(10),
      prompt: '{{ item }}',
    })),
  });
  const cwd = folder({ 'volley.yaml': manifest });
  const args = ['run', 'volley.yaml', '--retry-delay', '10ms'];
  const run = await volley(args, { ...WITH_KEY, cwd });
  return { code: run.code, stderr: run.stderr, records: recordsIn(run.stdout) };
}
