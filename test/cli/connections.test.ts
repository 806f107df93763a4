import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { folder, recordsIn, volley, type CliResult } from '../support/cli.ts';
import { answerChat, listen, listenAsProxy, type Listener } from '../support/tunnel.ts';

/** An attempt costs at most half a dollar, so the budget of three dollars allows six attempts. */
const MANIFEST = JSON.stringify({
  providers: {
    team: { type: 'openai', base_url: 'https://llm.example.com/v1', api_key_env: 'TEAM_KEY' },
  },
  defaults: { model: 'team/m', max_tokens: 100, max_retries: 2 },
  prices: { 'team/m': { input: 0, output: 5000 } },
  budget: { max_cost_usd: 3 },
  tasks: [{ prompt: 'hi', repeat: 4 }],
});

async function throughProxy(
  cwd: string,
  proxy: Listener,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  return volley(
    [
      'run',
      'volley.yaml',
      '-o',
      'out.jsonl',
      '--summary-file',
      'summary.json',
      '--retry-delay',
      '10ms',
      ...flags,
    ],
    {
      cwd,
      env: {
        TEAM_KEY: 'no-real-key-123456',
        VOLLEY_ALLOW_HOSTS: 'llm.example.com=TEAM_KEY',
        HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
        ...env,
      },
    },
  );
}

function summaryIn(cwd: string): unknown {
  return JSON.parse(readFileSync(join(cwd, 'summary.json'), 'utf8'));
}

function closing(listener: Listener): Listener {
  onTestFinished(() => listener.close());
  return listener;
}

test('a proxy that requires a password is named, stops the run and uses no budget', async () => {
  const cwd = folder({ 'volley.yaml': MANIFEST });
  const refusing = closing(
    await listenAsProxy('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n'),
  );
  const refused = await throughProxy(cwd, refusing);
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain(
    `the proxy 127.0.0.1:${refusing.port} answered 407: it requires a user name and a password`,
  );
  expect(summaryIn(cwd)).toMatchObject({ possibly_paid_attempts: 0 });

  const server = closing(await listen(answerChat, 'good'));
  const working = closing(await listenAsProxy(server.port));
  const resumed = await throughProxy(cwd, working, ['--resume'], {
    NODE_EXTRA_CA_CERTS: resolve('test/fixtures/tls/ca.pem'),
  });
  expect(resumed.stderr).toContain('4/4 succeeded');
  expect(resumed.code).toBe(0);
  expect(server.connections()).toBe(4);
});

test.each([
  ['drops the connection', '', 'closed the connection without an answer'],
  ['cannot reach the host', 'HTTP/1.1 502 Bad Gateway\r\n\r\n', 'answered 502: it cannot reach'],
  ['is not a proxy', 'SSH-2.0-OpenSSH_9.6\r\n', 'does not behave like a proxy'],
])('a proxy that %s gets one request per attempt and is named', async (_name, answer, message) => {
  const cwd = folder({ 'volley.yaml': MANIFEST });
  const proxy = closing(await listenAsProxy(answer));
  const run = await throughProxy(cwd, proxy);
  expect(run.code).toBe(4);
  const records = recordsIn(readFileSync(join(cwd, 'out.jsonl'), 'utf8'));
  for (const record of records) {
    expect(record.error?.code).toBe('NETWORK');
    expect(record.error?.message).toContain(`the proxy 127.0.0.1:${proxy.port} ${message}`);
    expect(record.error?.hint).toContain('`NO_PROXY`');
    expect(record).not.toHaveProperty('possibly_paid_attempts');
  }
  const attempts = records.reduce((sum, each) => sum + each.attempts, 0);
  expect(proxy.connections()).toBe(attempts);
});

test('TLS to a server without TLS costs nothing, and the hint says what to change', async () => {
  const server = closing(await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  const cwd = folder({
    'volley.yaml': MANIFEST.replace('https://llm.example.com', `https://127.0.0.1:${server.port}`),
  });
  const run = await volley(['run', 'volley.yaml', '--summary-file', 'summary.json'], {
    cwd,
    env: { VOLLEY_ALLOW_HOSTS: `127.0.0.1:${server.port}` },
  });
  expect(run.code).toBe(4);
  expect(run.stderr).toContain(`\`127.0.0.1:${server.port}\` does not speak TLS`);
  expect(run.stderr).toContain('begin with `http:`');
  expect(summaryIn(cwd)).toMatchObject({ possibly_paid_attempts: 0 });
});
