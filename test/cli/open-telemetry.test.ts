import { expect, test } from 'vitest';
import { openedTelemetry } from '../../src/cli/opened-telemetry.ts';
import { otlpSettings } from '../../src/telemetry/otlp-settings.ts';
import { folder, recordsIn, volley } from '../support/cli.ts';
import { otlpReceiver } from '../support/otlp-receiver.ts';
import { manifestOn, served, WITH_KEY } from './served.ts';

/** A run with a task that is answered on the second attempt, and one that is refused. */
async function world() {
  let asked = 0;
  const server = await served({
    respond: ({ text }) => {
      if (text.includes('refuse')) return { kind: 'error', status: 400, message: 'not the river' };
      asked += 1;
      return asked === 1
        ? { kind: 'error', status: 500, message: 'busy' }
        : { kind: 'answer', text: 'Seine' };
    },
  });
  const cwd = folder({
    'volley.yaml': manifestOn(server, {
      name: 'rivers',
      defaults: { model: 'local/small', max_tokens: 50, system: 'be brief' },
      prices: { 'local/small': { input: 1, output: 2 } },
      run: { max_concurrent: 1 },
      tasks: [
        { id: 'ask', for_each: ['river secret'], prompt: 'name a {{ item }}' },
        { id: 'refused', needs: ['ask'], prompt: 'refuse this' },
      ],
    }),
  });
  const run = (env: Readonly<Record<string, string>>, ...flags: string[]) =>
    volley(['run', 'volley.yaml', '-q', '--otel', '--retry-delay', '1ms', ...flags], {
      cwd,
      env: { ...WITH_KEY.env, ...env },
    });
  return { server, run };
}

test('a run, its tasks and each request are reported, with tokens and cost but no text', async () => {
  const receiver = await otlpReceiver();
  const { server, run } = await world();
  const result = await run({
    OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.origin}/`,
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_SERVICE_NAME: 'nightly',
    OTEL_RESOURCE_ATTRIBUTES: 'team=rivers%20and%20lakes',
  });
  expect(result.code, result.stderr).toBe(1);
  const records = recordsIn(result.stdout);
  const spans = receiver.spans();
  const root = spans.find(({ name }) => name === 'run rivers');
  const tasks = spans.filter(({ name }) => name.startsWith('task '));
  expect(receiver.resource()).toMatchObject({
    'service.name': 'nightly',
    team: 'rivers and lakes',
  });
  expect(root).toMatchObject({
    parentSpanId: '',
    attributes: { 'volley.run.tasks': 2, 'volley.run.succeeded': 1, 'volley.run.failed': 1 },
  });
  expect(tasks.map(({ parentSpanId }) => parentSpanId)).toEqual([root?.spanId, root?.spanId]);
  expect(tasks[0]?.attributes).toEqual({
    'volley.task.name': 'ask',
    'volley.task.index': 0,
    'volley.task.status': 'succeeded',
    'volley.task.attempts': 2,
    'volley.task.fingerprint': records[0]?.fingerprint,
    'volley.cost.usd': records[0]?.cost_usd,
  });
  const calls = spans.filter(({ name }) => name === 'chat small');
  expect(calls.map(({ parentSpanId, kind, status }) => ({ parentSpanId, kind, status }))).toEqual(
    [tasks[0], tasks[0], tasks[1]].map((task, at) => ({
      parentSpanId: task?.spanId,
      kind: 'SPAN_KIND_CLIENT',
      status: at === 1 ? undefined : 'STATUS_CODE_ERROR',
    })),
  );
  expect(calls[1]?.attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'local',
    'gen_ai.request.model': 'small',
    'gen_ai.request.max_tokens': 50,
    'gen_ai.prompt.name': 'ask',
    'gen_ai.output.type': 'text',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': records[0]?.usage?.input_tokens,
    'gen_ai.usage.output_tokens': records[0]?.usage?.output_tokens,
    'gen_ai.usage.cache_read.input_tokens': 0,
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(server.origin).port),
    'volley.attempt': 2,
  });
  expect(calls[2]?.attributes).toMatchObject({
    'error.type': 'BAD_REQUEST',
    'http.response.status_code': 400,
  });
  const lane = { 'gen_ai.provider.name': 'local', 'gen_ai.request.model': 'small' };
  expect(receiver.metrics()).toMatchObject({
    'gen_ai.client.inference.duration': [
      { ...lane, 'error.type': 'SERVER_ERROR', count: 1 },
      { ...lane, count: 1 },
      { ...lane, 'error.type': 'BAD_REQUEST', count: 1 },
    ],
    'gen_ai.client.inference.usage.output_tokens': [
      { ...lane, value: records[0]?.usage?.output_tokens },
    ],
    'gen_ai.client.inference.operation.input_tokens': [{ ...lane, count: 1 }],
    'volley.cost.usd': [{ ...lane, value: records[0]?.cost_usd }],
    'volley.tasks': [
      { 'volley.task.status': 'succeeded', value: 1 },
      { 'volley.task.status': 'failed', value: 1 },
    ],
  });
  const sent = Buffer.concat(receiver.bodies).toString('latin1');
  for (const text of ['river secret', 'be brief', 'Seine', 'not the river', 'refuse this']) {
    expect(sent).not.toContain(text);
  }
});

test('prompts and answers are reported if the standard variable asks for them', async () => {
  const receiver = await otlpReceiver();
  const { run } = await world();
  await run({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.origin}/v1/traces`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'span_only',
  });
  const [, answered] = receiver.spans().filter(({ name }) => name === 'chat small');
  const json = (name: string): unknown => JSON.parse(String(answered?.attributes[name]));
  expect(json('gen_ai.system_instructions')).toEqual([{ type: 'text', content: 'be brief' }]);
  expect(json('gen_ai.input.messages')).toEqual([
    { role: 'user', parts: [{ type: 'text', content: 'name a river secret' }] },
  ]);
  expect(json('gen_ai.output.messages')).toEqual([
    { role: 'assistant', parts: [{ type: 'text', content: 'Seine' }] },
  ]);
  // Only traces were asked for.
  expect(receiver.metrics()).toEqual({});
});

test.each([
  ['refuses what it is sent', 400, 'status 400'],
  ['never answers', 'silent', 'no answer in time'],
] as const)('a collector that %s changes nothing about the run', async (_what, status, why) => {
  const receiver = await otlpReceiver(status);
  const { run } = await world();
  const result = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.origin });
  expect(recordsIn(result.stdout).map((record) => record.status)).toEqual(['succeeded', 'failed']);
  expect([result.code, receiver.bodies.length]).toEqual([1, 2]);
  expect(result.stderr).toContain(
    `OpenTelemetry: 6 spans and metrics could not be sent: ${why}; the results are not affected\n`,
  );
});

test('missing packages are named before anything is sent', async () => {
  const { server, run } = await world();
  const hide = `import { registerHooks } from 'node:module';
    registerHooks({ resolve(name, context, next) {
      if (!name.startsWith('@opentelemetry/sdk')) return next(name, context);
      throw Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' });
    } });`;
  const result = await run({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(hide)}`,
  });
  expect([result.code, server.requests]).toEqual([2, []]);
  expect(result.stderr).toMatch(
    /its packages are not installed\n {2}hint: .* npm install @opentelemetry\/api /,
  );
});

test.each([
  ['no collector', {}, 'no collector is set'],
  [
    'a host that is not allowed',
    { ENDPOINT: 'https://otel.corp' },
    '`OTEL_EXPORTER_OTLP_ENDPOINT` points to a server that is not allowed',
  ],
  ['plain http', { ENDPOINT: 'http://otel.allowed' }, 'would send telemetry unencrypted'],
  [
    'this machine in CI',
    { ENDPOINT: 'http://127.0.0.1:4318', CI: '1' },
    'in CI, the command must allow that',
  ],
  [
    'a token that is not bound',
    { ENDPOINT: 'https://otel.allowed', HEADERS: 'authorization=x' },
    '`OTEL_EXPORTER_OTLP_HEADERS` must not be sent to `otel.allowed`',
  ],
  [
    'gRPC',
    { ENDPOINT: 'http://127.0.0.1:4317', PROTOCOL: 'grpc' },
    'asks for an unsupported protocol',
  ],
  ['a password', { ENDPOINT: 'https://a:b@otel.allowed' }, 'is not the address of a collector'],
])(
  '%s is refused before anything is sent',
  async (_what, { CI, ...names }: Record<string, string>, message) => {
    const environment = Object.fromEntries([
      ...Object.entries(names).map(([name, value]) => [`OTEL_EXPORTER_OTLP_${name}`, value]),
      ...(CI === undefined ? [] : [['CI', CI]]),
    ]);
    const prepared = { plan: { manifest: { file: 'm.yaml' } }, lanes: [] };
    const opening = openedTelemetry(prepared, {
      environment,
      allowHosts: ['otel.allowed'],
    });
    await expect(opening).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(message),
    });
  },
);

test('variables for one signal override those for all, and a disabled signal sends nothing', () => {
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://all',
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'https://own/path',
    OTEL_EXPORTER_OTLP_HEADERS: 'A=1%2C2,b=3',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=4',
    OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '50',
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
  };
  const settings = otlpSettings(environment);
  expect(settings).toMatchObject({
    sampledShare: 0.25,
    isDelta: true,
    capturesContent: false,
    targets: {
      traces: { headers: { a: '1,2', b: '4' }, timeoutMs: 10_000 },
      metrics: { headers: { a: '1,2', b: '3' }, timeoutMs: 50 },
    },
  });
  const urls = Object.values(settings && 'targets' in settings ? settings.targets : {});
  expect(urls.map(({ url }) => url.href)).toEqual(['https://all/v1/traces', 'https://own/path']);
  const off = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };
  expect(otlpSettings({ ...environment, ...off })).toBeUndefined();
  expect(otlpSettings({ ...environment, OTEL_SDK_DISABLED: 'true' })).toBeUndefined();
});
