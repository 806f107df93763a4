import { createPace } from '../../src/pace/pace.ts';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  loadManifest,
  run,
  VolleyError,
  type LoadedManifest,
  type RunEvent,
  type RunOptions,
} from '../../src/index.ts';
import { prepare } from '../../src/run/library.ts';
import { folder } from '../support/cli.ts';
import { answerBody, promptOf } from '../support/wires.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const environment = {
  TEST_KEY: 'test-key-0123456789abcdef',
  VOLLEY_ALLOW_HOSTS: '127.0.0.1:9=TEST_KEY',
};

function loaded(manifest: Readonly<Record<string, unknown>>): Promise<LoadedManifest> {
  return loadManifest('volley.yaml', {
    text: JSON.stringify({
      defaults: { model: 'local/small', max_retries: 0 },
      providers: {
        local: { type: 'openai', base_url: 'http://127.0.0.1:9/v1', api_key_env: 'TEST_KEY' },
      },
      ...manifest,
    }),
  });
}

/** A `fetch` that answers in the wire's own shape once `before` has finished. */
function answering(
  before: (call: {
    readonly n: number;
    readonly signal: AbortSignal;
  }) => Promise<void> | void = () => undefined,
): { readonly calls: string[]; readonly fetch: typeof fetch } {
  const calls: string[] = [];
  return {
    calls,
    async fetch(_input, init) {
      const body: Record<string, unknown> = JSON.parse(await new Response(init?.body).text());
      const n = calls.push(promptOf({ n: 0, wire: 'chat', body })) - 1;
      await before({ n, signal: init?.signal ?? new AbortController().signal });
      return Response.json(answerBody({ n, wire: 'chat', body }));
    },
  };
}

async function eventsOf(
  manifest: LoadedManifest,
  options: RunOptions = {},
): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run(manifest, { environment, ...options })) events.push(event);
  return events;
}

/** Rejects when its signal aborts, and otherwise never settles. */
function until(signal: AbortSignal): Promise<void> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('bad options are refused before anything is read', () => {
  test.each([
    [{ overrides: { maxConcurrent: 0 } }, '`overrides.maxConcurrent` is `0`'],
    [{ overrides: { maxTokens: 0.5 } }, '`overrides.maxTokens` is `0.5`'],
    [{ overrides: { maxRetries: -1 } }, '`overrides.maxRetries` is `-1`'],
    [{ overrides: { timeoutMs: 0 } }, '`overrides.timeoutMs` is `0`'],
    [{ overrides: { maxCostUsd: NaN } }, '`overrides.maxCostUsd` is `NaN`'],
    [JSON.parse('{"overrides":{"maxCostUsd":"5"}}'), '`overrides.maxCostUsd` is `5`'],
    [JSON.parse('{"overrides":{"mode":"fast"}}'), '`overrides.mode` is `fast`'],
    [{ bounds: { tasks: NaN } }, '`bounds.tasks` is `NaN`'],
  ])('%j', async (options, message) => {
    const refusal = loadManifest('no.yaml', options);
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.toMatchObject({ exitCode: 2, hint: expect.any(String) });
  });

  test('but a bound without a value means the default', async () => {
    const bounds: object = { tasks: undefined };
    const { manifest } = await loadManifest('m.yaml', {
      text: 'tasks: [{ model: mock/echo, prompt: hi }]',
      bounds,
    });
    expect(manifest.bounds?.tasks).toBe(1_000_000);
  });
});

describe('events', () => {
  test('come in order: the start, each task from its first attempt to its end, the summary', async () => {
    const { fetch } = answering();
    const events = await eventsOf(await loaded({ name: 'three', tasks: ['a', 'b', 'c'] }), {
      fetch,
    });
    expect(events[0]).toEqual({
      type: 'run_started',
      name: 'three',
      tasks: 3,
      kept: 0,
      lanes: [{ lane: 'local/small', tasks: 3 }],
      entries: ['task-1', 'task-2', 'task-3'].map((task) => ({ task, tasks: 1, needs: [] })),
      maxCostUsd: null,
      spentBeforeUsd: 0,
    });
    for (const id of ['task-1', 'task-2', 'task-3']) {
      const own = events.filter(
        (event) =>
          ('id' in event && event.id === id) ||
          (event.type === 'task_finished' && event.record.id === id),
      );
      expect(own.map(({ type }) => type)).toEqual(['attempt_started', 'task_finished']);
    }
    const last = events.at(-1);
    expect(last?.type === 'run_finished' && last.summary).toMatchObject({ tasks: 3, succeeded: 3 });
    expect(events).toHaveLength(8);
  });

  test('report a retry before the next attempt', async () => {
    let failures = 0;
    const answers = answering();
    const flaky: typeof fetch = (input, init) =>
      failures++ === 0
        ? Promise.resolve(new Response('', { status: 500 }))
        : answers.fetch(input, init);
    const manifest = await loaded({ tasks: [{ prompt: 'a', max_retries: 1 }] });
    const events = await eventsOf(manifest, { fetch: flaky, retryDelayMs: 1 });
    expect(events.map(({ type }) => type)).toEqual([
      'run_started',
      'attempt_started',
      'retry_scheduled',
      'attempt_started',
      'task_finished',
      'run_finished',
    ]);
    expect(events[2]).toMatchObject({ attempt: 1, failure: { code: 'SERVER_ERROR' } });
    expect(events[3]).toMatchObject({ attempt: 2 });
  });
});

describe('a run in a program', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  test('prints nothing and ignores signals, whatever the environment says to the SDKs', async () => {
    for (const name of ['OPENAI_LOG', 'ANTHROPIC_LOG', 'DEBUG']) vi.stubEnv(name, 'debug');
    const stdout = vi.spyOn(process.stdout, 'write');
    const stderr = vi.spyOn(process.stderr, 'write');
    const consoles = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
      vi.spyOn(console, name),
    );
    const { fetch } = answering(({ n }) => {
      expect(process.listenerCount('SIGINT')).toBe(listeners);
      if (n === 1) throw new Error('no network today');
    });
    const listeners = process.listenerCount('SIGINT');
    const providers = {
      local: { type: 'openai', base_url: 'http://127.0.0.1:9/v1', api_key_env: 'TEST_KEY' },
      other: { type: 'anthropic', base_url: 'http://127.0.0.1:9', api_key_env: 'TEST_KEY' },
    };
    const tasks = ['a', 'b', { prompt: 'c', model: 'other/claude-sonnet-4-5', max_tokens: 9 }];
    await eventsOf(await loaded({ providers, tasks }), { fetch });
    for (const spy of [stdout, stderr, ...consoles]) expect(spy.mock.calls).toEqual([]);
  });

  test('uses only the fetch and the environment that it is given', async () => {
    vi.stubEnv('TEST_KEY', 'key-of-the-process');
    const seen: unknown[] = [];
    const { fetch } = answering();
    const spying: typeof fetch = (input, init) => {
      seen.push(new Headers(init?.headers).get('authorization'));
      return fetch(input, init);
    };
    await eventsOf(await loaded({ tasks: ['a'] }), { fetch: spying });
    expect(seen).toEqual([`Bearer ${environment.TEST_KEY}`]);
  });

  test('passes hours in an instant with its own clock', async () => {
    const clock = new VirtualClock();
    const manifest = await loadManifest('volley.yaml', {
      text: JSON.stringify({
        defaults: { model: 'mock/slow', timeout: '3h' },
        providers: {
          mock: { mock: { latency: ['1h', '1h'] }, limits: { concurrency: 2 } },
        },
        tasks: ['a', 'b', 'c', 'd', 'e'],
      }),
    });
    const events = await clock.run(eventsOf(manifest, { clock, random: () => 0.5 }));
    const last = events.at(-1);
    expect(last?.type === 'run_finished' && last.summary.duration_ms).toBe(3 * 3_600_000);
    expect(clock.pendingTimers).toBe(0);
  });

  test('does not interfere with another run at the same time', async () => {
    const one = answering();
    const other = answering();
    const [first, second] = await Promise.all([
      eventsOf(await loaded({ tasks: ['a', 'b'] }), { fetch: one.fetch }),
      eventsOf(await loaded({ tasks: ['c', 'd', 'e'] }), { fetch: other.fetch }),
    ]);
    expect([one.calls, other.calls]).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
    expect([first.length, second.length]).toEqual([6, 8]);
  });

  test('can be repeated from one loaded manifest', async () => {
    const manifest = await loaded({ tasks: ['a', 'b'] });
    const { calls, fetch } = answering();
    await eventsOf(manifest, { fetch });
    await eventsOf(manifest, { fetch });
    expect(calls).toEqual(['a', 'b', 'a', 'b']);
  });
});

function unasked(): Promise<never> {
  return Promise.reject(new Error('nobody asks'));
}

describe('a reader', () => {
  test('that is slow slows the tasks down: no more start than may be in flight', async () => {
    const { calls, fetch } = answering();
    const tasks = Array.from({ length: 30 }, (_, n) => `prompt ${n}`);
    const manifest = await loaded({ run: { max_concurrent: 4 }, tasks });
    const events = run(manifest, { environment, fetch });
    const first = await events.next();
    expect(first.value?.type).toBe('run_started');
    await settled();
    expect(calls).toHaveLength(4);

    let finished = 0;
    for await (const event of events) {
      if (event.type !== 'task_finished') continue;
      finished += 1;
      await settled();
      // The task that just finished still has its slot until the next step of the loop.
      expect(calls.length).toBeLessThanOrEqual(finished + 3);
    }
    expect([finished, calls.length]).toEqual([30, 30]);
  });

  test('that stops early abandons requests in flight', async () => {
    const aborted: number[] = [];
    const { calls, fetch } = answering(({ n, signal }) => {
      // The request may have been abandoned while its body was being read.
      if (signal.aborted) aborted.push(n);
      signal.addEventListener('abort', () => aborted.push(n));
      return n === 0 ? undefined : until(signal);
    });
    const tasks = Array.from({ length: 30 }, (_, n) => `prompt ${n}`);
    const manifest = await loaded({ run: { max_concurrent: 4 }, tasks });
    for await (const event of run(manifest, { environment, fetch })) {
      if (event.type === 'task_finished') break;
    }
    // The loop ends only once nothing is in flight.
    const sent = calls.length;
    expect(sent).toBeLessThanOrEqual(5);
    expect(aborted.length).toBeGreaterThanOrEqual(sent - 1);
    await settled();
    expect(calls).toHaveLength(sent);
  });

  test('that stops while records cannot be saved leaves no timer behind', async () => {
    const clock = new VirtualClock();
    const { fetch } = answering(({ signal }) => until(signal));
    const events = run(await loaded({ tasks: ['a'] }), {
      environment,
      fetch,
      clock,
      keep: () => Promise.reject(new Error('the disk is full')),
      graceAfterKeepFailureMs: 60_000,
    });
    for await (const event of events) if (event.type === 'attempt_started') break;
    expect(clock.pendingTimers).toBe(0);
  });

  test('sees a run finish if its records are saved on the second try', async () => {
    const { fetch } = answering();
    let refusals = 0;
    const seen: string[] = [];
    const events = run(await loaded({ tasks: ['a', 'b'] }), {
      environment,
      fetch,
      keep: () => Promise.reject(new Error(`no room ${(refusals += 1)}`)),
      graceAfterKeepFailureMs: 60_000,
      keepAgain: async () => [],
    });
    for await (const event of events) {
      if (event.type === 'task_finished') seen.push(event.record.id);
      if (event.type === 'run_finished') {
        expect(event.summary).toMatchObject({ tasks: 2, succeeded: refusals });
      }
    }
    expect(seen).toHaveLength(refusals);
  });

  test('gets the cost before the error about a record that was not saved', async () => {
    const { fetch } = answering();
    const seen: RunEvent[] = [];
    const reading = async (): Promise<void> => {
      const events = run(await loaded({ tasks: ['a'] }), {
        environment,
        fetch,
        keep: () => Promise.reject(new Error('no room')),
        graceAfterKeepFailureMs: 60_000,
      });
      for await (const event of events) seen.push(event);
    };
    await expect(reading()).rejects.toThrow('no room');
    expect(seen.at(-1)).toMatchObject({
      type: 'run_finished',
      summary: { tasks: 1, succeeded: 0, not_started: 1, attempts: 1 },
    });
  });

  test('gets an error instead of waiting forever if the tasks do not add up (a bug)', async () => {
    const { fetch } = answering();
    const resumption = {
      kept: 1,
      left: 0,
      toSend: new Map(),
      toSendOfEntry: new Map(),
      cached: 0,
      sends: () => true,
      hasAnswer: () => false,
      needsNoSending: () => false,
      fateOf: () => 'send' as const,
      recordOf: unasked,
      decide: unasked,
      fromElsewhere: { unsealed: 0, foreign: 0, cached: 0, mayGrow: false },
      coversAll: () => true,
    };
    const reading = eventsOf(await loaded({ tasks: ['a', 'b'] }), { fetch, resumption });
    await expect(reading).rejects.toThrow('2 tasks ended, but only 1 were planned');
  });

  test('that throws gets its own error', async () => {
    const { fetch } = answering();
    const manifest = await loaded({ tasks: ['a', 'b'] });
    const reading = async (): Promise<void> => {
      for await (const event of run(manifest, { environment, fetch })) {
        if (event.type === 'task_finished') throw new Error('mine');
      }
    };
    await expect(reading()).rejects.toThrow('mine');
  });
});

describe('signals', () => {
  const tasks = Array.from({ length: 10 }, (_, n) => `prompt ${n}`);

  test('`signal` abandons requests in flight; the summary still arrives', async () => {
    const stop = new AbortController();
    const { calls, fetch } = answering(({ n, signal }) => {
      if (n === 2) stop.abort(new Error('enough'));
      return until(signal);
    });
    const manifest = await loaded({ run: { max_concurrent: 3 }, tasks });
    const events = await eventsOf(manifest, { fetch, signal: stop.signal });
    const last = events.at(-1);
    expect(calls).toHaveLength(3);
    expect(last?.type === 'run_finished' && last.summary).toMatchObject({
      canceled: 3,
      not_started: 7,
      stopped_by: 'interrupted',
    });
  });

  test('`drain` lets requests in flight finish', async () => {
    const stop = new AbortController();
    const { calls, fetch } = answering(({ n }) => {
      if (n === 2) stop.abort(new Error('enough'));
    });
    const manifest = await loaded({ run: { max_concurrent: 3 }, tasks });
    const events = await eventsOf(manifest, { fetch, drain: stop.signal });
    expect(calls).toHaveLength(3);
    expect(events.find(({ type }) => type === 'draining')).toEqual({
      type: 'draining',
      reason: 'enough',
    });
    const last = events.at(-1);
    expect(last?.type === 'run_finished' && last.summary).toMatchObject({
      succeeded: 3,
      not_started: 7,
    });
  });

  test('one that is already aborted prevents all requests', async () => {
    const { calls, fetch } = answering();
    const events = await eventsOf(await loaded({ tasks }), { fetch, signal: AbortSignal.abort() });
    expect(calls).toEqual([]);
    const last = events.at(-1);
    expect(last?.type === 'run_finished' && last.summary.not_started).toBe(10);
  });
});

test('nothing is sent if the controller allows nothing, whatever the manifest allows', async () => {
  const { calls, fetch } = answering();
  const drain = new AbortController();
  const tasks = ['a', 'b', 'c'].map((prompt) => ({ prompt }));
  const events = eventsOf(await loaded({ tasks }), {
    fetch,
    drain: drain.signal,
    makePace: (options) => ({
      ...createPace(options),
      room: (_, nowMs) => ({
        kind: 'wait',
        untilMs: nowMs + 20,
        by: 'rate_limited',
      }),
    }),
  });
  setTimeout(() => drain.abort(), 200);
  const last = (await events).at(-1);
  expect(calls).toEqual([]);
  expect(last?.type === 'run_finished' && last.summary.not_started).toBe(3);
});

describe('an expected failure is a VolleyError', () => {
  test('for a broken price file or prompt file, and its message names the file', async () => {
    const cwd = folder({
      'prices.yaml': 'openai/x: { input: -1, output: text }',
      'prompt.md': '{{ vars.x | shout }}',
    });
    const text = 'tasks:\n  - prompt: hi\n    model: mock/x\n';
    const prices = `${cwd}/prices.yaml`;
    const ofPrices = await errorOf(
      loadManifest(`${cwd}/m.yaml`, { text, overrides: { pricesFile: prices } }),
    );
    expect(ofPrices.message).toBe(`2 errors in \`${prices}\``);
    const ofPrompt = await errorOf(
      loadManifest(`${cwd}/m.yaml`, { text: text.replace('hi', '{ file: prompt.md }') }),
    );
    expect(ofPrompt.message).toBe(`1 error in \`${cwd}/prompt.md\``);
  });

  test('for a manifest with mistakes, and it lists all of them with their places', async () => {
    const text =
      'tasks:\n  - promt: hi\n    model: mock/x\n  - prompt: "{{ vars.x }}"\n    model: mock/x\n';
    const error = await errorOf(loadManifest('m.yaml', { text }));
    expect(error.message).toBe('2 errors in the manifest');
    expect(error.exitCode).toBe(2);
    expect(error.findings.map(({ code, place }) => [code, place.line, place.column])).toEqual([
      ['UNKNOWN_KEY', 2, 5],
      ['UNKNOWN_VARIABLE', 4, 17],
    ]);
  });

  test('for a bad row, before anything is sent', async () => {
    const file = `${folder({ 'rows.csv': 'a,b\n1,2\n3\n' })}/m.yaml`;
    const tasks = [{ for_each: { file: 'rows.csv' }, prompt: '{{ item.a }}', model: 'mock/x' }];
    const manifest = await loadManifest(file, { text: JSON.stringify({ tasks }) });
    const { calls, fetch } = answering();
    const error = await errorOf(eventsOf(manifest, { fetch }));
    expect(error.findings.map(({ code, place }) => [code, place.line])).toEqual([['BAD_ROW', 3]]);
    expect(calls).toEqual([]);
  });

  test('for a missing key, with exit code 4 and the name of the variable', async () => {
    const tasks = [{ prompt: 'a', model: 'openai/x' }];
    const error = await errorOf(eventsOf(await loaded({ tasks }), { environment: {} }));
    expect(error).toMatchObject({
      exitCode: 4,
      message: 'no key for `openai`: `OPENAI_API_KEY` is not set',
    });
  });

  test('but an unset key for a host that works without one is just a warning', async () => {
    const local = { type: 'openai', base_url: 'https://llm.example/v1', api_key_env: 'TEST_KEY' };
    const manifest = await loaded({ providers: { local }, tasks: ['a'] });
    const options = { environment: {}, allowHosts: ['llm.example'] };
    const { warnings } = await prepare(manifest, options);
    expect(warnings).toMatchObject([
      {
        code: 'NO_KEY',
        severity: 'warning',
        message: 'no key is sent to `llm.example`',
        hint: expect.stringContaining('add --allow-host llm.example=TEST_KEY'),
      },
    ]);
    expect((await prepare(manifest, { ...options, purpose: 'plan' })).warnings).toEqual([]);
  });

  test('for a missing file', async () => {
    const error = await errorOf(loadManifest('no-such-folder/volley.yaml'));
    expect(error.findings.map(({ code }) => code)).toEqual(['FILE_NOT_FOUND']);
  });
});

async function errorOf(work: Promise<unknown>): Promise<VolleyError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof VolleyError)) throw new Error('no VolleyError', { cause: error });
  return error;
}
